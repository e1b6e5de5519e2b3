#include "collector/json_body.h"

#include "base/text.h"

#include <boost/json/basic_parser_impl.hpp>

#include <algorithm>
#include <cmath>
#include <set>

namespace censo::collector {
namespace {

namespace json = boost::json;
using base::Errc;

constexpr std::size_t max_depth = 16;

// Boost's value parser keeps the last of two equal keys; other readers keep the first. So none may stand
// twice.
struct DuplicateKeyFinder {
  constexpr static std::size_t max_object_size = json::object::max_size();
  constexpr static std::size_t max_array_size = json::array::max_size();
  constexpr static std::size_t max_key_size = json::string::max_size();
  constexpr static std::size_t max_string_size = json::string::max_size();
  using Code = boost::system::error_code;
  using View = json::string_view;

  std::vector<std::set<std::string>> open_objects;
  std::string key, duplicate;

  bool on_key_part(View part, std::size_t, Code&) {
    key += std::string_view(part);
    return true;
  }
  bool on_key(View part, std::size_t, Code&) {
    key += std::string_view(part);
    if (!open_objects.back().insert(key).second) duplicate = key;
    key.clear();
    return true;
  }
  bool on_object_begin(Code&) {
    open_objects.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t, Code&) {
    open_objects.pop_back();
    return true;
  }
  bool on_document_begin(Code&) { return true; }
  bool on_document_end(Code&) { return true; }
  bool on_array_begin(Code&) { return true; }
  bool on_array_end(std::size_t, Code&) { return true; }
  bool on_string_part(View, std::size_t, Code&) { return true; }
  bool on_string(View, std::size_t, Code&) { return true; }
  bool on_number_part(View, Code&) { return true; }
  bool on_int64(std::int64_t, View, Code&) { return true; }
  bool on_uint64(std::uint64_t, View, Code&) { return true; }
  bool on_double(double, View, Code&) { return true; }
  bool on_bool(bool, Code&) { return true; }
  bool on_null(Code&) { return true; }
  bool on_comment_part(View, Code&) { return true; }
  bool on_comment(View, Code&) { return true; }
};

json::parse_options strict_options() {
  json::parse_options options;
  options.max_depth = max_depth;
  return options;
}

std::string duplicate_key_of(std::string_view text) {
  json::basic_parser<DuplicateKeyFinder> parser(strict_options());
  boost::system::error_code ignored;  // the text was parsed before
  parser.write_some(false, text.data(), text.size(), ignored);
  return parser.handler().duplicate;
}

// A field as part of a JSON pointer (RFC 6901).
std::string escaped(std::string_view field) {
  std::string pointer;
  for (const char c : field.substr(0, 100)) {
    if (c == '~')
      pointer += "~0";
    else if (c == '/')
      pointer += "~1";
    else
      pointer += c;
  }
  return pointer;
}

bool has_control_characters(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' && c != '\r') || c == 0x7f;
  });
}

base::Result<json::object> parse_object(std::string_view text) {
  boost::system::error_code code;
  auto value = json::parse(text, code, {}, strict_options());
  if (code == json::error::too_deep) {
    return base::fail(Errc::malformed, "expected at most " + std::to_string(max_depth) + " levels", "",
                      "TOO_DEEP");
  }
  if (code)
    return base::fail(Errc::malformed, "expected JSON, found a fault: " + code.message(), "", "JSON_SYNTAX");
  if (!value.is_object()) return base::fail(Errc::malformed, "expected a JSON object", "", "WRONG_TYPE");
  const auto duplicate = duplicate_key_of(text);
  if (!duplicate.empty())
    return base::fail(Errc::malformed, "a field stands twice", "/" + escaped(duplicate), "DUPLICATE_KEY");
  return std::move(value.as_object());
}

}  // namespace

JsonBody::JsonBody(const Request& request, std::initializer_list<std::string_view> known_fields) {
  auto parsed = parse_object(request.body);
  if (!parsed) {
    fault_ = parsed.error();
    return;
  }
  object_ = std::move(*parsed);
  const std::vector<std::string> known(known_fields.begin(), known_fields.end());
  for (const auto& member : object_) {
    const std::string_view name = member.key();
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    refuse(escaped(name), "unknown field, expected one of " + base::join(known, ", "), "UNKNOWN_FIELD");
  }
}

void JsonBody::refuse(std::string_view place, std::string message, std::string reason) {
  if (!fault_)
    fault_ = base::fail(Errc::malformed, std::move(message), "/" + std::string(place), std::move(reason));
}

std::string JsonBody::checked_text(std::string_view field, const json::value& value, std::size_t max_bytes) {
  if (!value.is_string()) {
    refuse(field, "expected a text", "WRONG_TYPE");
    return {};
  }
  const std::string_view text = value.get_string();
  if (text.size() > max_bytes)
    refuse(field,
           "expected at most " + std::to_string(max_bytes) + " bytes, found " + std::to_string(text.size()),
           "FIELD_TOO_LONG");
  if (has_control_characters(text)) refuse(field, "expected no control characters");
  return std::string(base::trim(text));
}

std::string JsonBody::text(std::string_view field, std::size_t max_bytes) {
  const auto* value = object_.if_contains(field);
  if (!value) {
    refuse(field, "missing field", "MISSING_FIELD");
    return {};
  }
  auto text = checked_text(field, *value, max_bytes);
  if (text.empty()) refuse(field, "expected a text, not empty");
  return text;
}

std::string JsonBody::text_or(std::string_view field, std::size_t max_bytes, std::string_view otherwise) {
  const auto* value = object_.if_contains(field);
  return value ? checked_text(field, *value, max_bytes) : std::string(otherwise);
}

std::int64_t JsonBody::integer_or(std::string_view field, std::int64_t least, std::int64_t most,
                                  std::int64_t otherwise) {
  const auto* value = object_.if_contains(field);
  if (!value) return otherwise;
  const auto* number = value->if_int64();
  if (number && *number >= least && *number <= most) return *number;
  refuse(field, "expected an integer from " + std::to_string(least) + " to " + std::to_string(most),
         number || value->is_uint64() ? "BAD_VALUE" : "WRONG_TYPE");
  return otherwise;
}

bool JsonBody::flag_or(std::string_view field, bool otherwise) {
  const auto* value = object_.if_contains(field);
  if (!value) return otherwise;
  if (!value->is_bool()) refuse(field, "expected true or false", "WRONG_TYPE");
  return value->is_bool() ? value->get_bool() : otherwise;
}

namespace {

// Nothing: no value of an attribute.
std::optional<inventory::Value> attribute_value(const json::value& value) {
  if (value.is_string() && !value.get_string().empty()) return std::string(value.get_string());
  if (value.is_int64()) return value.get_int64();
  if (value.is_double()) return value.get_double();
  if (value.is_bool()) return value.get_bool();
  if (!value.is_array() || value.get_array().empty()) return std::nullopt;
  inventory::TextList list;
  for (const auto& member : value.get_array()) {
    if (!member.is_string()) return std::nullopt;
    list.emplace_back(member.get_string());
  }
  return list;
}

}  // namespace

inventory::Attributes JsonBody::attributes(std::string_view field) {
  inventory::Attributes attributes;
  const auto* value = object_.if_contains(field);
  if (!value) return attributes;
  if (!value->is_object()) {
    refuse(field, "expected an object of names and values", "WRONG_TYPE");
    return attributes;
  }
  for (const auto& [name, member] : value->get_object()) {
    const auto place = std::string(field) + "/" + escaped(name);
    auto found = attribute_value(member);
    if (!found)
      refuse(place, "expected a text, number, flag or list of texts, not empty", "WRONG_TYPE");
    else
      attributes.set(std::string_view(name), std::move(*found));
    if (found && !attributes.find(std::string_view(name)))
      refuse(place, "expected a value, found an empty one");
  }
  return attributes;
}

std::vector<std::string> JsonBody::text_list(std::string_view field, std::size_t max_members,
                                             std::size_t max_bytes) {
  std::vector<std::string> list;
  const auto* value = object_.if_contains(field);
  if (!value) return list;
  if (!value->is_array()) {
    refuse(field, "expected a list of texts", "WRONG_TYPE");
    return list;
  }
  const auto& members = value->get_array();
  if (members.size() > max_members) {
    refuse(field, "expected at most " + std::to_string(max_members) + " members", "TOO_MANY");
    return list;
  }
  for (const auto& member : members) {
    const auto place = std::string(field) + "/" + std::to_string(list.size());
    list.push_back(checked_text(place, member, max_bytes));
    if (list.back().empty()) refuse(place, "expected a text, not empty");
  }
  return list;
}

base::Result<cmdb::PageRequest> page_of(const Request& request) {
  cmdb::PageRequest page;
  page.after = request.query_or("after", "");
  const auto limit = request.query_or("limit", "50");
  const auto number = base::parse_integer(limit);
  if (!number || *number < 1 || *number > 1000) {
    return base::fail(Errc::invalid_argument,
                      "expected a limit from 1 to 1000, found \"" + limit.substr(0, 20) + "\"", "limit");
  }
  page.limit = static_cast<std::size_t>(*number);
  return page;
}

base::Result<cmdb::Moment> moment_of(const Request& request, const base::Clock& clock) {
  const auto text = request.query_or("at", "");
  if (text.empty()) return cmdb::Moment();
  const auto at = base::parse_iso8601(text);
  if (!at) {
    return base::fail(Errc::invalid_argument,
                      "expected a time such as 2026-10-01T12:00Z, found \"" + text.substr(0, 40) + "\"",
                      "at");
  }
  if (*at > clock.now()) {
    return base::fail(Errc::invalid_argument,
                      "expected a moment that has passed, found " + base::to_iso8601(*at), "at");
  }
  return cmdb::Moment(*at);
}

json::value json_time(base::TimeMs time) {
  if (time == 0) return nullptr;
  return json::value(base::to_iso8601(time));
}

json::object json_attributes(const inventory::Attributes& attributes) {
  json::object object;
  for (const auto& [name, value] : attributes) {
    object[name] = std::visit([](const auto& held) { return json::value_from(held); }, value);
  }
  return object;
}

json::object json_ci(cmdb::CiId id, std::string_view class_name, std::string_view name) {
  return {{"id", base::to_text(id)}, {"class", class_name}, {"name", name}};
}

}  // namespace censo::collector
