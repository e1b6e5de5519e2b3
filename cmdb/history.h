// What changed, when, and who said so: written while a report is taken in.
#pragma once

#include "base/clock.h"
#include "cmdb/configuration_item.h"
#include "cmdb/store/transaction.h"

#include <cstddef>
#include <set>
#include <string>
#include <string_view>

namespace censo::cmdb {

// One change of an item; the words of `what` are those of HistoryEntry.
struct Change {
  CiId ci;
  std::string_view what;
  std::string subject, old_value, new_value;
};

// Of one report. An item that the report itself creates has the one entry "created": what it is made of is no
// change.
class HistoryWriter {
 public:
  struct Moment {
    std::string origin;  // "agent <id>"
    base::TimeMs at = 0;
    base::TimeMs not_before = 0;
  };
  HistoryWriter(store::Transaction& tx, const base::Clock& clock, Moment moment);

  void created(CiId ci, std::string_view class_name);
  void add(const Change& change);
  // Also for an item that is new: a conflict is always told.
  void conflict(const Change& change);
  bool is_new(CiId ci) const { return created_.contains(ci); }
  std::size_t written() const { return written_; }

 private:
  void write(const Change& change);

  store::Transaction& tx_;
  const base::Clock& clock_;
  Moment moment_;
  std::set<CiId> created_;
  std::size_t written_ = 0;
};

}  // namespace censo::cmdb
