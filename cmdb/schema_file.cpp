#include "cmdb/schema_file.h"

#include "base/text.h"

#include <algorithm>

namespace censo::cmdb {
namespace {

using base::YamlValue;
using Kind = YamlValue::Kind;

std::string quoted(std::string_view text) {
  return "\"" + std::string(text) + "\"";
}

std::string listed(std::span<const std::string_view> words) {
  std::string list;
  for (const auto word : words) list += (list.empty() ? "" : ", ") + std::string(word);
  return list;
}

}  // namespace

bool is_schema_name(std::string_view text) {
  const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto later = [&](char c) { return lower(c) || (c >= '0' && c <= '9') || c == '_'; };
  return !text.empty() && text.size() <= 64 && lower(text.front()) &&
         std::all_of(text.begin(), text.end(), later);
}

SchemaFile::SchemaFile(std::string_view path, std::string_view content) : path_(path) {
  auto parsed = base::parse_yaml(content, path);
  if (parsed) {
    root_ = std::move(*parsed);
  } else {
    fault_ = parsed.error();
  }
}

void SchemaFile::refuse(const YamlValue& at, std::string message) {
  if (fault_) return;
  fault_ = base::fail(base::Errc::malformed, std::move(message),
                      path_ + ":" + std::to_string(std::max(at.line, 1)));
}

void SchemaFile::refuse(std::string_view key, std::string message) {
  const auto* value = root_.find(key);
  refuse(value ? *value : root_, std::string(key) + ": " + std::move(message));
}

std::string SchemaFile::stem() const {
  const auto from = path_.rfind('/') + 1;  // npos + 1 = 0: no folder
  return path_.substr(from, path_.rfind('.') - from);
}

SchemaMapping::SchemaMapping(SchemaFile& file, const YamlValue& node,
                             std::initializer_list<std::string_view> known_keys)
    : file_(file), node_(node) {
  if (node.kind != Kind::mapping)
    refuse("expected a mapping with " + listed({known_keys.begin(), known_keys.size()}));
  for (const auto& [key, value] : node.mapping) {
    if (std::find(known_keys.begin(), known_keys.end(), key) == known_keys.end()) {
      file_.refuse(value, "unknown key " + quoted(key) + ", expected one of " +
                              listed({known_keys.begin(), known_keys.size()}));
    }
  }
}

void SchemaMapping::refuse(std::string_view key, std::string message) {
  const auto* value = node_.find(key);
  file_.refuse(value ? *value : node_, std::string(key) + ": " + std::move(message));
}

bool SchemaMapping::is_sequence(std::string_view key) const {
  const auto* value = node_.find(key);
  return value && value->kind == Kind::sequence;
}

const YamlValue* SchemaMapping::required(std::string_view key) {
  const auto* value = node_.find(key);
  if (!value) refuse("missing key " + quoted(key));
  return value;
}

std::string SchemaMapping::scalar(std::string_view key, const YamlValue* value) {
  if (!value) return {};
  if (value->kind == Kind::scalar && !value->scalar.empty()) return value->scalar;
  refuse(key, "expected a text");
  return {};
}

std::string SchemaMapping::text(std::string_view key) {
  return scalar(key, required(key));
}

std::string SchemaMapping::optional_text(std::string_view key) {
  return scalar(key, node_.find(key));
}

std::string SchemaMapping::optional_name(std::string_view key) {
  auto found = optional_text(key);
  if (found.empty() || is_schema_name(found)) return found;
  refuse(key, "expected a name of lower-case letters, digits and \"_\", found " + quoted(found));
  return {};
}

std::string SchemaMapping::name(std::string_view key) {
  required(key);
  return optional_name(key);
}

Label SchemaMapping::label(std::string_view key) {
  const auto* value = required(key);
  if (!value) return {};
  SchemaMapping languages(file_, *value, {"en", "es"});
  return {languages.text("en"), languages.text("es")};
}

bool SchemaMapping::flag(std::string_view key) {
  const auto* value = node_.find(key);
  if (!value) return false;
  const bool plain = value->kind == Kind::scalar && !value->quoted;
  if (plain && value->scalar == "true") return true;
  if (!plain || value->scalar != "false") refuse(key, "expected true or false");
  return false;
}

std::vector<const YamlValue*> SchemaMapping::optional_sequence(std::string_view key) {
  std::vector<const YamlValue*> members;
  const auto* value = node_.find(key);
  if (!value) return members;
  if (value->kind != Kind::sequence || value->sequence.empty()) refuse(key, "expected a list, not empty");
  for (const auto& member : value->sequence) members.push_back(&member);
  return members;
}

std::vector<std::string> SchemaMapping::optional_names(std::string_view key) {
  std::vector<std::string> names;
  for (const auto* member : optional_sequence(key)) {
    if (!is_schema_name(member->scalar)) {
      refuse(key, "expected names of lower-case letters, digits and \"_\", found " + quoted(member->scalar));
    } else if (std::find(names.begin(), names.end(), member->scalar) != names.end()) {
      refuse(key, quoted(member->scalar) + " stands twice");
    }
    names.push_back(member->scalar);
  }
  return names;
}

std::vector<std::string> SchemaMapping::optional_texts(std::string_view key) {
  std::vector<std::string> texts;
  for (const auto* member : optional_sequence(key)) {
    if (member->scalar.empty()) refuse(key, "expected texts");
    texts.push_back(member->scalar);
  }
  return texts;
}

base::TimeMs SchemaMapping::length(std::string_view key) {
  const auto length = parse_length(text(key));
  if (length && *length) return **length;
  refuse(key, "expected a length such as 30m");
  return 0;
}

std::int64_t SchemaMapping::count(std::string_view key, std::int64_t min, std::int64_t max) {
  const auto number = base::parse_integer(text(key));
  if (number && *number >= min && *number <= max) return *number;
  refuse(key, "expected " + std::to_string(min) + " to " + std::to_string(max));
  return min;
}

std::vector<std::pair<std::string, const YamlValue*>> SchemaMapping::optional_members(std::string_view key) {
  std::vector<std::pair<std::string, const YamlValue*>> members;
  const auto* value = node_.find(key);
  if (!value) return members;
  if (value->kind != Kind::mapping || value->mapping.empty()) refuse(key, "expected a mapping, not empty");
  for (const auto& [name, member] : value->mapping) {
    if (!is_schema_name(name))
      file_.refuse(member, "expected a name of lower-case letters, digits and \"_\", found " + quoted(name));
    members.emplace_back(name, &member);
  }
  return members;
}

std::size_t SchemaMapping::choice(std::string_view key, std::span<const std::string_view> words,
                                  std::optional<std::size_t> otherwise) {
  if (otherwise && !has(key)) return *otherwise;
  const auto found = text(key);
  const auto place = std::find(words.begin(), words.end(), found);
  if (place != words.end()) return static_cast<std::size_t>(place - words.begin());
  refuse(key, "expected one of " + listed(words) + ", found " + quoted(found));
  return 0;
}

}  // namespace censo::cmdb
