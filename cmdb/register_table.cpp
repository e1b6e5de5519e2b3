#include "cmdb/register_table.h"

#include "base/csv.h"
#include "base/text.h"
#include "cmdb/attribute_value.h"
#include "cmdb/query_terms.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

namespace censo::cmdb {
namespace {

constexpr base::CsvLimits limits{1'001, 64, 4'096};
constexpr std::size_t most_faults = 100;
constexpr std::string_view section_name = "register";

// "Serial Number" -> "serial_number".
std::string plain(std::string_view text) {
  std::string name = base::to_lower(base::trim(text));
  for (char& one : name) {
    if (one == ' ' || one == '-') one = '_';
  }
  return name;
}

bool is_called(const Label& label, const std::string& name) {
  return plain(label.en) == name || plain(label.es) == name;
}

std::string short_form(const std::string& name) {
  if (name == "serial") return "serial_number";
  if (name == "mac") return "mac_addresses";
  if (name == "ip") return "ip_addresses";
  if (name == "clase") return "class";
  if (name == "nombre") return "name";
  return name;
}

class RegisterReader {
 public:
  RegisterReader(const ClassCatalog& catalog, const RegisterSettings& settings)
      : catalog_(catalog), settings_(settings) {}

  RegisterTable read(std::string_view csv) {
    const auto rows = base::parse_csv(csv, base::csv_separator(csv), limits);
    if (!rows) {
      refuse(0, 0, base::to_string(rows.error()));
    } else if (rows->empty()) {
      refuse(1, 0, "expected a line that names the columns");
    } else {
      read_header(rows->front());
      for (std::size_t i = 1; header_is_good_ && i < rows->size(); ++i) {
        // A piece of a file has the file's header before its own rows.
        const std::size_t line = (*rows)[i].line - (*rows)[1].line + settings_.first_line;
        read_row((*rows)[i].cells, line);
      }
    }
    return std::move(table_);
  }

 private:
  void read_header(const base::CsvRow& header) {
    std::set<std::string> seen;
    for (const std::string& cell : header.cells) {
      const std::string name = column_named(plain(cell));
      columns_.push_back(name);
      if (name.empty()) refuse_unknown(header.line, cell);
      if (!name.empty() && !seen.insert(name).second)
        refuse(header.line, columns_.size(), "\"" + name + "\" stands twice");
    }
    if (!seen.contains("class") && settings_.class_name.empty())
      refuse(header.line, 0, "expected a column \"class\", or the class of all rows beside the table");
    header_is_good_ = table_.faults.empty();
  }

  // "": there is none.
  std::string column_named(const std::string& written) const {
    const std::string name = short_form(written);
    if (name == "class" || name == "name") return name;
    for (const auto by_label : {false, true}) {
      for (const ClassDefinition* one : catalog_.classes()) {
        if (one->kind != ClassKind::configuration_item) continue;
        for (const AttributeDefinition& attribute : one->attributes) {
          if (by_label ? is_called(attribute.label, name) : attribute.name == name) return attribute.name;
        }
      }
    }
    return {};
  }

  void refuse_unknown(std::size_t line, const std::string& cell) {
    std::vector<std::string> known{"class", "name"};
    for (const ClassDefinition* one : catalog_.classes()) {
      if (one->kind != ClassKind::configuration_item) continue;
      for (const AttributeDefinition& attribute : one->attributes) known.push_back(attribute.name);
    }
    const std::string near = nearest(plain(cell), known);
    refuse(line, columns_.size(),
           "no class has the attribute \"" + base::sanitize_utf8(cell, 64) + "\"" +
               (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
  }

  void read_row(const std::vector<std::string>& cells, std::size_t line) {
    const std::size_t faults_before = table_.faults.size() + faults_left_out_;
    if (cells.size() != columns_.size()) {
      return refuse(
          line, 0,
          "expected " + std::to_string(columns_.size()) + " cells, found " + std::to_string(cells.size()));
    }
    const ClassDefinition* definition = class_of(cells, line);
    if (!definition) return;
    std::string name;
    inventory::Attributes attributes;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::string text(base::trim(cells[i]));
      if (text.empty() || columns_[i] == "class") continue;
      if (columns_[i] == "name") {
        name = base::sanitize_utf8(text);
      } else {
        add(*definition, columns_[i], text, {line, i + 1, ""}, attributes);
      }
    }
    if (name.empty() && attributes.empty()) return refuse(line, 0, "expected a name or a value");
    if (table_.faults.size() + faults_left_out_ == faults_before)
      table_.rows.push_back({line, report_of(*definition, std::move(name), std::move(attributes))});
  }

  // By its name or label.
  const ClassDefinition* class_of(const std::vector<std::string>& cells, std::size_t line) {
    const auto place = std::ranges::find(columns_, "class");
    const auto column = static_cast<std::size_t>(place - columns_.begin());
    const std::string written = place == columns_.end() ? "" : std::string(base::trim(cells[column]));
    const std::string wanted = plain(written.empty() ? settings_.class_name : written);
    for (const ClassDefinition* one : catalog_.classes()) {
      const bool fits = one->kind == ClassKind::configuration_item && !one->abstract;
      if (fits && (one->name == wanted || is_called(one->label, wanted))) return one;
    }
    refuse(line, place == columns_.end() ? 0 : column + 1,
           wanted.empty()
               ? "expected a class"
               : "there is no class \"" + base::sanitize_utf8(wanted, 64) + "\" that an item can be of");
    return nullptr;
  }

  void add(const ClassDefinition& definition, const std::string& name, const std::string& text,
           const RegisterFault& place, inventory::Attributes& attributes) {
    const AttributeDefinition* attribute = definition.find_attribute(name);
    if (!attribute) return refuse(place.line, place.column, "a " + definition.name + " has no " + name);
    const inventory::Value value = value_of_text(*attribute, text);
    if (const std::string fault = fault_of(*attribute, value); !fault.empty())
      return refuse(place.line, place.column, name + ": " + fault);
    attributes.set(name, value);
  }

  inventory::Report report_of(const ClassDefinition& definition, std::string name,
                              inventory::Attributes attributes) const {
    inventory::Report report;
    report.origin = {inventory::OriginKind::import, settings_.source, ""};
    report.taken_at = settings_.now;
    report.subject_class = definition.name;
    report.subject_name = std::move(name);
    report.sections.push_back({std::string(section_name), true, "", std::move(attributes), {}, {}});
    inventory::seal(report);
    return report;
  }

  void refuse(std::size_t line, std::size_t column, std::string message) {
    if (table_.faults.size() < most_faults)
      table_.faults.push_back({line, column, std::move(message)});
    else
      ++faults_left_out_;
  }

  const ClassCatalog& catalog_;
  const RegisterSettings& settings_;
  std::vector<std::string> columns_;  // "class", "name", or an attribute
  RegisterTable table_;
  std::size_t faults_left_out_ = 0;
  bool header_is_good_ = false;
};

}  // namespace

RegisterTable read_register(const ClassCatalog& catalog, std::string_view csv,
                            const RegisterSettings& settings) {
  return RegisterReader(catalog, settings).read(csv);
}

}  // namespace censo::cmdb
