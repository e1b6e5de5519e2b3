#include "inventory/report.h"

#include "base/text.h"
#include "inventory/report_codec.h"

#include <algorithm>
#include <cmath>

namespace censo::inventory {
namespace {

bool named_before(const Attribute& attribute, std::string_view name) {
  return attribute.name < name;
}

void clean(std::string& text, std::size_t max_bytes) {
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < '\x7f'; });
  if (!plain || text.size() > max_bytes) text = base::sanitize_utf8(text, max_bytes);
}

// Makes the value fit for a report; false when nothing is known.
bool is_known(Value& value) {
  const ReportLimits limits;
  if (auto* text = std::get_if<std::string>(&value)) {
    clean(*text, limits.max_text_bytes);
    return !text->empty();
  }
  if (auto* list = std::get_if<TextList>(&value)) {
    for (auto& text : *list) clean(text, limits.max_name_bytes);
    std::erase(*list, std::string());
    return !list->empty();
  }
  const auto* number = std::get_if<double>(&value);
  return number == nullptr || std::isfinite(*number);
}

}  // namespace

Attributes::Attributes(std::vector<Attribute> entries) : entries_(std::move(entries)) {
  const auto by_name = [](const Attribute& a, const Attribute& b) { return a.name < b.name; };
  if (!std::is_sorted(entries_.begin(), entries_.end(), by_name)) {
    std::sort(entries_.begin(), entries_.end(), by_name);
  }
}

void Attributes::set(std::string_view name, Value value) {
  const bool known = is_known(value);
  const auto place = std::lower_bound(entries_.begin(), entries_.end(), name, named_before);
  const bool present = place != entries_.end() && place->name == name;
  if (present && known) {
    place->value = std::move(value);
  } else if (present) {
    entries_.erase(place);
  } else if (known) {
    entries_.insert(place, {std::string(name), std::move(value)});
  }
}

const Value* Attributes::find(std::string_view name) const {
  const auto place = std::lower_bound(entries_.begin(), entries_.end(), name, named_before);
  return place != entries_.end() && place->name == name ? &place->value : nullptr;
}

std::string Attributes::text(std::string_view name) const {
  const Value* value = find(name);
  const auto* text = value == nullptr ? nullptr : std::get_if<std::string>(value);
  return text == nullptr ? std::string() : *text;
}

std::int64_t Attributes::integer(std::string_view name) const {
  const Value* value = find(name);
  const auto* number = value == nullptr ? nullptr : std::get_if<std::int64_t>(value);
  return number == nullptr ? 0 : *number;
}

std::string subject_text(const Report& report, std::string_view attribute) {
  for (const auto& section : report.sections) {
    if (section.attributes.find(attribute) != nullptr) return section.attributes.text(attribute);
  }
  return {};
}

}  // namespace censo::inventory
