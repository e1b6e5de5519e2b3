// Items and what hangs on them as they were at a moment of the past (collector's time: when it knew). The
// functions without a moment, in configuration_item.h, answer for now. Operational attributes and transient
// classes have no past: they are left out. Errc::not_found: not known then. Errc::expired, reason NOT_KEPT:
// it was, but its past is not kept that far back; the message says since when it is.
#pragma once

#include "cmdb/class_catalog.h"
#include "cmdb/configuration_item.h"
#include "cmdb/item_state.h"

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace censo::cmdb {

struct AsOf {
  const ClassCatalog& catalog;
  base::TimeMs at = 0;
};

// The item that was shown for `ci` then: itself, or the end of its merge edges of then.
CiId root_at(store::Transaction& tx, CiId ci, base::TimeMs at);
// `root` first, then all that was merged into it then.
std::vector<CiId> members_at(store::Transaction& tx, CiId root, base::TimeMs at);

// The item that was shown for `id`. last_seen is 0 where a source has reported since: that is not kept.
base::Result<ConfigurationItem> find_ci(store::Transaction& tx, CiId id, const AsOf& as_of);
// By id's text, by the name that one item had then, or as it is found now.
base::Result<ConfigurationItem> resolve_ci(store::Transaction& tx, std::string_view id_or_name,
                                           const AsOf& as_of);
// Class, name and stage of then; `filter.text` is looked for in the name and in the values of attributes. A
// page costs as much as the items and past states that it passes.
base::Result<Page<ConfigurationItem>> list_cis(store::Transaction& tx, const CiFilter& filter,
                                               const PageRequest& page, const AsOf& as_of);
// Of those that are this tenant's now. Cost: what the tenant has.
base::Result<Page<ConfigurationItem>> list_cis_of(store::Transaction& tx, std::string_view tenant,
                                                  const CiFilter& filter, const PageRequest& page,
                                                  const AsOf& as_of);
base::Result<std::vector<Component>> components_of(store::Transaction& tx, CiId id,
                                                   std::string_view class_name, const AsOf& as_of);
// Evidence is that of now, or of its end: it has no past.
base::Result<std::vector<Relationship>> relationships_of(store::Transaction& tx, CiId id, const AsOf& as_of);

// A relationship as it is stored, its ends not yet those that were shown.
struct RelationshipThen {
  std::int64_t id = 0;
  std::string type;
  CiId from, to;
};
// Of this item's own row, without those merged into it; for walks. Two index searches.
std::vector<RelationshipThen> relationships_then(store::Transaction& tx, CiId member, base::TimeMs at);

// The items, as shown then, that the failure of this one harmed then (downstream), or whose failure harmed
// it.
std::vector<CiId> harmed_then(store::Transaction& tx, CiId root, const AsOf& as_of, bool downstream);

struct ItemThen {
  CiId id;
  ItemState state;
  base::TimeMs first_seen = 0;
};
// Nothing: it did not stand for itself then.
std::optional<ItemThen> item_then(store::Transaction& tx, CiId ci, base::TimeMs at);

// Every item of one class (empty: of all) that stood for itself then, by name and id.
class ItemsThen {
 public:
  // After this name and id.
  ItemsThen(store::Transaction& tx, base::TimeMs at, std::string class_name, std::string name = {},
            CiId id = {});
  // Nothing: that was the last. Those that are not `wanted` are passed over unread.
  std::optional<ItemThen> next(const std::function<bool(CiId)>& wanted = {});

 private:
  struct Candidate {
    std::string name;
    std::int64_t id = 0, until = 0;  // until: key of the row in ci_past; 0 for the state of now
    bool fits = false;
  };
  // Rows of one table in the order of the list, read ahead a few at a time.
  struct Stream {
    std::deque<Candidate> rows;
    Candidate last;
    std::int64_t chunk = 64;
    bool ended = false;
  };
  void fill_current();
  void fill_past();
  std::optional<ItemThen> load(const Candidate& candidate);

  store::Transaction& tx_;
  const base::TimeMs at_;
  const std::string class_name_;
  Stream current_, past_;
};

// Before which moment the past of items of a class is not kept, where that is after `at`.
struct NotKept {
  std::string class_name;
  std::string what;  // "items" or "components"
  base::TimeMs before = 0;
};
std::vector<NotKept> not_kept_at(store::Transaction& tx, base::TimeMs at);

}  // namespace censo::cmdb
