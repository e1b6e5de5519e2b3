#include "cmdb/attribute_value.h"

#include "base/clock.h"
#include "base/id.h"
#include "base/text.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace censo::cmdb {
namespace {

using inventory::TextList;

std::string shown(const inventory::Value& value) {
  struct Shower {
    std::string operator()(const std::string& text) const {
      return "\"" + base::sanitize_utf8(text, 60) + "\"";
    }
    std::string operator()(std::int64_t number) const { return "the integer " + std::to_string(number); }
    std::string operator()(double number) const { return "the decimal " + std::to_string(number); }
    std::string operator()(bool flag) const { return flag ? "true" : "false"; }
    std::string operator()(const TextList& list) const { return "a list of " + std::to_string(list.size()); }
  };
  return std::visit(Shower{}, value);
}

bool fits_type(const AttributeDefinition& definition, const inventory::Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  switch (definition.type) {
    case AttributeType::string: return text != nullptr;
    case AttributeType::integer: return std::holds_alternative<std::int64_t>(value);
    case AttributeType::decimal:
      return std::holds_alternative<double>(value) || std::holds_alternative<std::int64_t>(value);
    case AttributeType::boolean: return std::holds_alternative<bool>(value);
    case AttributeType::date: return text && base::parse_iso8601(*text);
    case AttributeType::enumeration:
      return text && std::ranges::find(definition.values, *text) != definition.values.end();
    case AttributeType::list: return std::holds_alternative<TextList>(value);
    case AttributeType::reference: return text && base::id_from_text(*text);
  }
  return false;
}

std::string expected_of(const AttributeDefinition& definition) {
  switch (definition.type) {
    case AttributeType::date: return "date (ISO 8601)";
    case AttributeType::enumeration: return "one of " + base::join(definition.values, ", ");
    case AttributeType::reference: return "the id of a " + definition.to_class;
    default: return std::string(name_of(definition.type));
  }
}

std::string number_text(double number) {
  std::string text = std::to_string(number);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

std::string fault_of_number(const AttributeDefinition& definition, double number) {
  if (definition.min && number < *definition.min) return "expected at least " + number_text(*definition.min);
  if (definition.max && number > *definition.max) return "expected at most " + number_text(*definition.max);
  return {};
}

std::string fault_of_text(const AttributeDefinition& definition, const std::string& text) {
  if (definition.max_length && text.size() > *definition.max_length)
    return "expected at most " + std::to_string(*definition.max_length) + " bytes, found " +
           std::to_string(text.size());
  if (!definition.pattern.empty() && !matches_pattern(definition.pattern, text))
    return "expected the form " + definition.pattern;
  return {};
}

bool matches_one(char pattern, char c) {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  switch (pattern) {
    case '#': return c >= '0' && c <= '9';
    case '@': return letter;
    case '?': return true;
    default: return pattern == c;
  }
}

inventory::Value decimal_of(const std::string& text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size()) return number;
  return text;
}

inventory::Value boolean_of(const std::string& text) {
  constexpr std::array<std::string_view, 5> yes{"true", "yes", "sí", "si", "1"};
  constexpr std::array<std::string_view, 3> no{"false", "no", "0"};
  const std::string word = base::to_lower(text);
  if (std::ranges::find(yes, word) != yes.end()) return true;
  if (std::ranges::find(no, word) != no.end()) return false;
  return text;
}

}  // namespace

// Only the last '*' is ever tried again: a run that an earlier one took more of would not match better.
bool matches_pattern(std::string_view pattern, std::string_view text) {
  std::size_t at = 0, place = 0, star = std::string_view::npos, resume = 0;
  while (at < text.size()) {
    if (place < pattern.size() && pattern[place] == '*') {
      star = place++;
      resume = at;
    } else if (place < pattern.size() && matches_one(pattern[place], text[at])) {
      ++place;
      ++at;
    } else if (star != std::string_view::npos) {
      place = star + 1;
      at = ++resume;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', place) == std::string_view::npos;
}

std::string fault_of(const AttributeDefinition& definition, const inventory::Value& value) {
  std::string fault;
  if (!fits_type(definition, value)) {
    fault = "expected " + expected_of(definition);
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    fault = fault_of_text(definition, *text);
  } else if (const auto* list = std::get_if<TextList>(&value)) {
    for (const auto& one : *list) {
      if (fault.empty()) fault = fault_of_text(definition, one);
    }
  } else if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    fault = fault_of_number(definition, static_cast<double>(*integer));
  } else if (const auto* decimal = std::get_if<double>(&value)) {
    fault = fault_of_number(definition, *decimal);
  }
  return fault.empty() ? "" : fault + ", found " + shown(value);
}

inventory::Value value_of_text(const AttributeDefinition& definition, const std::string& text) {
  switch (definition.type) {
    case AttributeType::integer:
      if (const auto number = base::parse_integer(text)) return *number;
      return text;
    case AttributeType::decimal: return decimal_of(text);
    case AttributeType::boolean: return boolean_of(text);
    case AttributeType::enumeration: return base::to_lower(text);
    case AttributeType::list: {
      TextList list;
      for (const auto piece : base::split(text, ',')) list.emplace_back(base::trim(piece));
      return list;
    }
    default: return text;
  }
}

}  // namespace censo::cmdb
