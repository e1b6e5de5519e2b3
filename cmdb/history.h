// What changed, when, and who said so: written while a report is taken in, read newest first.
#pragma once

#include "base/clock.h"
#include "cmdb/class_catalog.h"
#include "cmdb/configuration_item.h"
#include "cmdb/store/transaction.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>

namespace censo::cmdb {

// One change of an item; the words of `what` are those of HistoryEntry.
struct Change {
  CiId ci;
  std::string_view what;
  std::string subject, old_value, new_value;
};

// Of one report. An item that the report itself creates has the one entry "created": what it is made of is no
// change. A change that comes again within the class's fold window (A to B, back to A, to B again) is counted
// on its entry, which moves to the new time: what flips all day has one entry for each way.
class HistoryWriter {
 public:
  struct Moment {
    std::string origin;  // "agent <id>"
    base::TimeMs at = 0;
    base::TimeMs not_before = 0;
    const ClassCatalog* catalog = nullptr;  // its rules say what is folded; null: the default ones
  };
  HistoryWriter(store::Transaction& tx, const base::Clock& clock, Moment moment);

  void created(CiId ci, std::string_view class_name);
  void add(const Change& change);
  // Also for an item that is new: a conflict is always told.
  void conflict(const Change& change);
  bool is_new(CiId ci) const { return created_.contains(ci); }
  std::size_t written() const { return written_; }

 private:
  using Changed = std::tuple<std::string, std::string, std::string, std::string>;
  using Recent = std::map<Changed, std::int64_t>;

  void write(const Change& change);
  bool fold(const Change& change);
  Recent& recent_of(CiId ci);

  store::Transaction& tx_;
  const base::Clock& clock_;
  Moment moment_;
  std::set<CiId> created_;
  std::map<CiId, Recent> recent_;  // entries of the fold window, by what changed
  std::size_t written_ = 0;
};

// Which entries; what is empty does not matter.
struct HistoryFilter {
  std::string what = {};  // one of HistoryEntry's words, or "component" or "relationship" for all of theirs
  std::string subject = {};       // contained in the entry's, whatever the case
  std::string attribute = {};     // of the item: entries of this one alone
  std::string origin = {};        // "agent", or "agent <id>"
  Moment since = {}, until = {};  // a folded entry counts from its first time to its last
  std::string class_name = {};    // of the items now, with its subclasses; changes_of() alone
};
// Newest first.
base::Result<Page<HistoryEntry>> history_of(store::Transaction& tx, CiId id, const HistoryFilter& filter,
                                            const PageRequest& page);

struct ChangeOfItem {
  HistoryEntry entry;
  std::string class_name, name;  // of the item now
};
// Of all items, newest first. A page looks at 20,000 entries at most: a rare class may give short pages with
// a next one.
base::Result<Page<ChangeOfItem>> changes_of(store::Transaction& tx, const ClassCatalog& catalog,
                                            const HistoryFilter& filter, const PageRequest& page);

}  // namespace censo::cmdb
