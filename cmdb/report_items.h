// The configuration items of a report other than its subject (services, neighbours): each found by its keys
// or made, and what the report says of it saved.
#pragma once

#include "cmdb/changed_section.h"
#include "cmdb/configuration_item.h"
#include "inventory/report.h"

#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace censo::cmdb {

struct Identity;  // cmdb/identification.h
struct Surroundings;
struct IngestRun;     // cmdb/ingest_run.h
struct SourceValues;  // cmdb/reconciliation.h

class ReportItems {
 public:
  // `values` is what the source said before; it is kept up to date.
  ReportItems(IngestRun& run, std::span<const inventory::Section* const> sections,
              std::span<const ChangedSection> changed, std::map<CiId, SourceValues>& values);

  // Finds or makes every item of the report; saves those of changed sections. Items that such a section names
  // no more stay, with their last values.
  void save();

  // "self" or "" is the subject. Only refs that check_report() accepted.
  CiId of_ref(std::string_view ref);
  // Items that another agent reports, or that are known better from their own report: this one may point to
  // them, but changes nothing of theirs.
  const std::set<CiId>& untouched() const { return untouched_; }
  std::size_t count() const { return others_.size(); }

 private:
  struct Place {
    const inventory::Section* section;
    const inventory::Item* item;
  };

  CiId of_item(const Place& place);
  Surroundings surroundings_of(const inventory::Item& item);
  CiId find_or_add(const Identity& identity);
  void save_item(CiId ci, const Place& place, const Identity& identity);
  void forget_missing(const ChangedSection& changed);

  IngestRun& run_;
  const std::span<const ChangedSection> changed_;
  std::map<CiId, SourceValues>& values_;
  std::vector<Place> places_;
  std::map<std::string_view, Place> by_ref_;
  std::multimap<std::string_view, const inventory::Relationship*> from_ref_;
  std::map<const inventory::Item*, CiId> found_;
  std::set<const inventory::Item*> on_the_way_;  // being identified: guards against items within each other
  std::set<std::pair<std::string_view, CiId>> named_;  // section and item
  std::set<CiId> known_better_;                        // from their own reports than from this one
  std::set<CiId> others_, untouched_;
};

}  // namespace censo::cmdb
