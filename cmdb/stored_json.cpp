#include "cmdb/stored_json.h"

#include "base/text.h"

#include <boost/json.hpp>

#include <array>
#include <charconv>
#include <stdexcept>

namespace censo::cmdb {
namespace {

namespace json = boost::json;
using inventory::Attributes;
using inventory::Value;

template <class Number>
std::string_view digits(std::array<char, 32>& buffer, Number number) {
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
  return {buffer.data(), static_cast<std::size_t>(end - buffer.data())};
}

struct ValueWriter {
  std::string& out;

  void operator()(const std::string& text) const { base::append_json_string(out, text); }
  void operator()(bool flag) const { out += flag ? "true" : "false"; }
  void operator()(std::int64_t number) const {
    std::array<char, 32> buffer{};
    out += digits(buffer, number);
  }
  void operator()(double number) const {
    std::array<char, 32> buffer{};
    const std::string_view text = digits(buffer, number);
    out += text;
    if (text.find_first_of(".e") == std::string_view::npos) out += ".0";  // stays a decimal when read again
  }
  void operator()(const inventory::TextList& list) const {
    out += '[';
    for (const std::string& text : list) {
      if (&text != &list.front()) out += ',';
      base::append_json_string(out, text);
    }
    out += ']';
  }
};

void append_member(std::string& out, const inventory::Attribute& attribute) {
  if (out.back() != '{') out += ',';
  base::append_json_string(out, attribute.name);
  out += ':';
  std::visit(ValueWriter{out}, attribute.value);
}

void append(std::string& out, const Attributes& attributes) {
  out += '{';
  for (const inventory::Attribute& attribute : attributes) append_member(out, attribute);
  out += '}';
}

Value value_from(const json::value& value) {
  if (value.is_string()) return std::string(value.get_string());
  if (value.is_int64()) return value.get_int64();
  if (value.is_double()) return value.get_double();
  if (value.is_bool()) return value.get_bool();
  inventory::TextList list;
  for (const json::value& text : value.as_array()) list.emplace_back(text.as_string());
  return list;
}

Attributes attributes_from(const json::value& value) {
  std::vector<inventory::Attribute> entries;
  for (const auto& [name, member] : value.as_object())
    entries.push_back({std::string(name), value_from(member)});
  return Attributes(std::move(entries));
}

json::value parse(std::string_view text) {
  return json::parse(json::string_view(text.data(), text.size()));
}

std::string text_at(const json::value& object, std::string_view name) {
  return std::string(object.at(json::string_view(name.data(), name.size())).as_string());
}

// Behind the closing character of the JSON value that begins at `at`.
std::size_t end_of_value(std::string_view json, std::size_t at) {
  bool in_text = false;
  for (int depth = 0; at < json.size(); ++at) {
    const char c = json[at];
    if (in_text) {
      if (c == '\\')
        ++at;
      else
        in_text = c != '"';
    } else if (c == '"') {
      in_text = true;
    } else if (c == '[' || c == '{') {
      ++depth;
    } else if (depth == 0 && (c == ',' || c == '}')) {
      return at;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return at;
}

}  // namespace

std::string to_json(const Attributes& attributes) {
  std::string out;
  append(out, attributes);
  return out;
}

std::string to_lasting_json(const Attributes& attributes, const ClassDefinition& definition,
                            Attributes& operational) {
  std::string out;
  out.reserve(256);
  out += '{';
  for (const inventory::Attribute& attribute : attributes) {
    if (definition.find_attribute(attribute.name)->operational) {
      operational.set(attribute.name, attribute.value);
    } else {
      append_member(out, attribute);
    }
  }
  out += '}';
  return out;
}

std::string to_json(const AttributesByName& by_name) {
  std::string out = "{";
  for (const auto& [name, attributes] : by_name) {
    if (out.size() > 1) out += ',';
    base::append_json_string(out, name);
    out += ':';
    append(out, attributes);
  }
  return out + "}";
}

std::string to_json(const Value& value) {
  std::string out;
  std::visit(ValueWriter{out}, value);
  return out;
}

std::string to_json(const Component& component) {
  std::string out = "{\"class\":";
  base::append_json_string(out, component.class_name);
  out += ",\"attributes\":";
  append(out, component.attributes);
  return out + "}";
}

std::string to_json(std::span<const inventory::Problem> problems) {
  json::array all;
  for (const inventory::Problem& problem : problems) {
    all.push_back({{"source", problem.source},
                   {"code", problem.code},
                   {"message", problem.message},
                   {"where", problem.where}});
  }
  return json::serialize(all);
}

Attributes attributes_from_json(std::string_view text) {
  return attributes_from(parse(text));
}

// A quote within a text is written \", so an unescaped one before a colon ends a member's name.
std::optional<inventory::Value> value_in_json(std::string_view json, std::string_view name) {
  const std::string key = "\"" + std::string(name) + "\":";
  for (auto at = json.find(key); at != json.npos; at = json.find(key, at + 1)) {
    if (at == 0 || (json[at - 1] != '{' && json[at - 1] != ',')) continue;
    const auto begin = at + key.size();
    const auto member = json.substr(at, end_of_value(json, begin) - at);
    const auto parsed = attributes_from_json("{" + std::string(member) + "}");
    const inventory::Value* value = parsed.find(name);
    return value ? std::optional(*value) : std::nullopt;
  }
  return std::nullopt;
}

AttributesByName attributes_by_name_from_json(std::string_view text) {
  AttributesByName by_name;
  const json::value all = parse(text);  // named: a temporary would not outlive the loop's head
  for (const auto& [name, value] : all.as_object()) by_name.emplace(name, attributes_from(value));
  return by_name;
}

std::vector<std::optional<Value>> values_from_json(std::string_view text) {
  std::vector<std::optional<Value>> values;
  const json::value all = parse(text);
  for (const json::value& value : all.as_array())
    values.push_back(value.is_null() ? std::nullopt : std::optional(value_from(value)));
  return values;
}

AttributesById columns_from_json(std::string_view text, std::span<const std::int64_t> ids) {
  AttributesById by_id;
  const json::value all = parse(text);
  for (const auto& [name, column] : all.as_object()) {
    const auto id = column.is_object() ? base::parse_integer(name) : std::nullopt;
    if (id) {
      by_id.emplace(*id, attributes_from(column));
      continue;
    }
    const bool times = column.is_object();
    const auto& values = times ? column.at("ms").as_array() : column.as_array();
    if (values.size() != ids.size()) throw std::runtime_error("the stored operational values are broken");
    base::TimeMs time = 0;
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (values[i].is_null()) continue;
      if (times) time += values[i].as_int64();
      by_id[ids[i]].set(name, times ? Value(base::to_iso8601(time)) : value_from(values[i]));
    }
  }
  return by_id;
}

std::vector<Component> components_from_json(std::string_view text) {
  std::vector<Component> components;
  const json::value all = parse(text);
  for (const json::value& value : all.as_array()) {
    components.push_back({"", text_at(value, "class"), attributes_from(value.at("attributes"))});
  }
  return components;
}

std::vector<inventory::Problem> problems_from_json(std::string_view text) {
  std::vector<inventory::Problem> problems;
  const json::value all = parse(text);
  for (const json::value& value : all.as_array()) {
    problems.push_back({text_at(value, "source"), text_at(value, "code"), text_at(value, "message"),
                        text_at(value, "where")});
  }
  return problems;
}

std::string to_text(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* list = std::get_if<inventory::TextList>(&value)) return base::join(*list, ", ");
  return to_json(value);
}

}  // namespace censo::cmdb
