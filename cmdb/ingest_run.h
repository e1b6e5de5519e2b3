// What the steps of taking in one report share.
#pragma once

#include "base/clock.h"
#include "cmdb/change_feed.h"
#include "cmdb/class_catalog.h"
#include "cmdb/configuration_item.h"
#include "cmdb/history.h"
#include "cmdb/identification.h"
#include "cmdb/reporting_source.h"
#include "cmdb/store/transaction.h"
#include "inventory/item_text.h"
#include "inventory/report.h"

#include <string>

namespace censo::cmdb {

class RowMemory;      // cmdb/row_memory.h
struct ReadSections;  // cmdb/read_sections.h

// Look-ups of classes for many items in a row, which are mostly of one class.
class ClassMemory {
 public:
  explicit ClassMemory(const ClassCatalog& catalog) : catalog_(catalog) {}
  const ClassDefinition* find(std::string_view name) {
    if (!last_ || last_->name != name) last_ = catalog_.find_class(name);
    return last_;
  }

 private:
  const ClassCatalog& catalog_;
  const ClassDefinition* last_ = nullptr;
};

struct IngestRun {
  store::Transaction& tx;
  const ClassCatalog& catalog;
  const base::Clock& clock;
  base::TimeMs now = 0;
  ReportingSource source;  // as it was before this report; first_seen == now: it is new
  bool from_agent = false;
  HistoryWriter history;
  FeedWriter feed;
  std::string conflict;  // the first one, for the receipt
  bool by_person = false;
  bool came_back = false;  // something that it speaks of was retired before this report
  bool recheck = false;  // something was refused that the next report may bring about: it is looked at again
  AllowedValues allowed = {};                     // listed junk that people took out of the lists
  RowMemory* rows = nullptr;                      // nullptr: every row is looked up
  const inventory::ReportTexts* texts = nullptr;  // nullptr: all sections are there, with items
  ReadSections* read = nullptr;                   // of the sections in `texts`
};

// An item of its own, and its history entry. `attributes` are what it will probably show; its values are
// saved afterwards, and decide.
CiId add_ci(IngestRun& run, const ClassDefinition& definition, std::string_view name,
            const inventory::Attributes& attributes = {});

}  // namespace censo::cmdb
