// How good the data are, as figures with the list behind each: what is missing, stale, unrelated, twice
// there, or told differently by two sources. What is good stands in schemas/data_health.yaml.
#pragma once

#include "cmdb/class_catalog.h"
#include "cmdb/configuration_item.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace censo::cmdb {

class SearchMemory;  // cmdb/search_memory.h

struct HealthFigure {
  std::string name;   // "missing.computer_system.os_name", "duplicates"
  std::string kind;   // "required", "recommended", "stale", "orphan", "duplicate", "conflict"
  std::string query;  // the search behind it; empty: health_list() gives the list
  std::size_t items = 0;
  std::size_t of = 0;  // items of the class
};

// Reads every item once.
std::vector<HealthFigure> health_figures(store::Transaction& tx, const ClassCatalog& catalog,
                                         const SearchMemory& memory, base::TimeMs now);

// The query of a figure. Errc::not_found. "": it is none of searches.
base::Result<std::string> query_of_figure(const ClassCatalog& catalog, std::string_view name);

// One thing that is wrong with one or more items.
struct HealthFinding {
  std::string subject;  // "serial_number czj91200f7", "os_version"
  std::vector<CiId> items;
  std::vector<std::pair<std::string, std::string>> values;  // "agent <id>", what it says
};
// Of "duplicates", "open_reviews" and "conflicting_values". Errc::not_found, Errc::malformed: a bad cursor.
base::Result<Page<HealthFinding>> health_list(store::Transaction& tx, const ClassCatalog& catalog,
                                              std::string_view name, const PageRequest& page);

}  // namespace censo::cmdb
