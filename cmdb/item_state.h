// What an item is at one moment, and the one way to change it: whatever it was before goes to ci_past, so
// that every question can be asked as of any moment.
#pragma once

#include "base/clock.h"
#include "cmdb/class_catalog.h"
#include "cmdb/configuration_item.h"
#include "cmdb/store/transaction.h"
#include "cmdb/time_spans.h"

#include <optional>
#include <string>

namespace censo::cmdb {

class FeedWriter;  // cmdb/change_feed.h

struct ItemState {
  std::string class_name, name, stage;
  inventory::Attributes attributes;  // the values shown
  CiId merged_into;                  // none: it stands for itself
  friend bool operator==(const ItemState&, const ItemState&) = default;
};

// Nothing: no such item.
std::optional<ItemState> state_of(store::Transaction& tx, CiId ci);
// As of a moment (collector's time); nothing: it was not known then, or its past is no longer kept.
// Operational attributes have no past: past states lack them, the present one has those of now.
std::optional<ItemState> state_of(store::Transaction& tx, CiId ci, base::TimeMs at);

// Only those that have a past.
inventory::Attributes lasting(const ClassCatalog& catalog, const ItemState& state);
// The intervals of a row of ci_past, whose columns since, until, again begin at `since`.
TimeSpans spans_of_past(const store::Row& row, std::size_t since);

struct StateChange {
  const ClassCatalog& catalog;
  base::TimeMs now = 0;
  FeedWriter& feed;
};
// Writes `after` if it differs. A difference in operational attributes alone leaves no past state.
void change_state(store::Transaction& tx, const StateChange& change, CiId ci, const ItemState& after);

}  // namespace censo::cmdb
