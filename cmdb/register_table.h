// Asset registers as people keep them in spreadsheets: a CSV table whose header names attributes, of which
// each row becomes an import's report on one item.
#pragma once

#include "base/clock.h"
#include "cmdb/class_catalog.h"
#include "inventory/report.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace censo::cmdb {

struct RegisterSettings {
  std::string source;          // the register's name: the origin of its reports
  std::string class_name;      // of rows without a class of their own; "": each has to have one
  std::size_t first_line = 2;  // of the first row in the file that this is a piece of
  base::TimeMs now = 0;
};

struct RegisterRow {
  std::size_t line = 0;
  inventory::Report report;
};
// Columns count from 1; 0 is the whole row.
struct RegisterFault {
  std::size_t line = 0, column = 0;
  std::string message;
};
struct RegisterTable {
  std::vector<RegisterRow> rows;      // those without fault
  std::vector<RegisterFault> faults;  // at most 100
};

// The header has `class`, `name` and attributes, each by its name, its label in English or Spanish, or
// "serial", "mac", "ip"; case and spaces do not matter. The separator is that of the header: comma, semicolon
// or tab. An empty cell says nothing. At most 1,000 rows, 64 columns, 4,096 bytes a cell.
RegisterTable read_register(const ClassCatalog& catalog, std::string_view csv,
                            const RegisterSettings& settings);

}  // namespace censo::cmdb
