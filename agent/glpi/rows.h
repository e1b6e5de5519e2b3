// How items of a report become rows of GLPI's sections.
#pragma once

#include "inventory/report.h"

#include <boost/json.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace censo::agent::glpi {

namespace json = boost::json;
using inventory::Attributes;
using inventory::Item;
using inventory::Report;

// "text" also of numbers; bytes become MB as the format counts them (1024 x 1024).
enum class Form { text, integer, megabytes, date, time, boolean };

struct Field {
  std::string_view theirs, ours;
  Form form = Form::text;
};

struct SectionRule {
  std::string_view section, class_name;
  std::span<const Field> fields;
  std::string_view required;  // of ours: a row without it is left out
};

// The sections that are nothing but renamed items.
std::span<const SectionRule> plain_sections();

void set_field(json::object& row, const Field& field, const Attributes& attributes);
json::object row_of(const Attributes& attributes, std::span<const Field> fields);
void set_text(json::object& row, std::string_view name, std::string_view text);

std::int64_t integer_of(const Attributes& attributes, std::string_view name);  // 0: not known
bool flag_of(const Attributes& attributes, std::string_view name);
inventory::TextList list_of(const Attributes& attributes, std::string_view name);

// All items of one class, in the report's order.
std::vector<const Item*> items_of(const Report& report, std::string_view class_name);
// The subject's attributes of all sections; of one that several have, the first.
Attributes subject_of(const Report& report);

// The sections that need more than names.
void add_machine(const Report& report, json::object& content);
void add_storage(const Report& report, json::object& content);
void add_network(const Report& report, json::object& content);
void add_software(const Report& report, json::object& content);

}  // namespace censo::agent::glpi
