// What people say of an item goes the way of a report: they are one more source of it, ranked before all
// others.
#pragma once

#include "base/clock.h"
#include "cmdb/configuration_item.h"

#include <string>
#include <string_view>

namespace censo::cmdb {

class ClassCatalog;   // cmdb/class_catalog.h
struct IngestRun;     // cmdb/ingest_run.h
struct SourceValues;  // cmdb/reconciliation.h

// Who edits, with what. Made for one request.
struct Editor {
  const ClassCatalog& catalog;
  const base::Clock& clock;
  std::string person;  // the token's name
};

// Brings the catalogue up to date; the run has no source yet.
IngestRun run_of(store::Transaction& tx, const Editor& editor);

// Puts the stream of what people say of the item into the run, made where it is not there yet: one for all of
// them, in which each person's values are a section.
void enter_source_of_people(IngestRun& run, CiId ci);
// What people say of the item now; empty when nobody does.
SourceValues values_of_people(store::Transaction& tx, CiId ci);

// `name` is an attribute.
void erase_value(SourceValues& values, std::string_view name);
// People say this attribute of the item no more; what is shown is not chosen anew.
void forget_value_of_people(store::Transaction& tx, CiId ci, std::string_view name);

// The next report of every source that speaks of the item is looked at as a whole, even if it says the same.
void expect_reports_anew(store::Transaction& tx, CiId ci);

}  // namespace censo::cmdb
