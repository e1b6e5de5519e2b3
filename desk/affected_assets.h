// What a ticket affects: the items that it names, and what their failure harms (docs/impact.md).
#pragma once

#include "cmdb/impact.h"
#include "desk/ticket.h"

#include <string>
#include <vector>

namespace censo::desk {

struct AffectedAsset {
  cmdb::CiId id;
  std::string class_name, name;
  LinkRole role = LinkRole::affected;
  std::size_t depth = 0;                                // 0: linked by hand
  cmdb::Verdict verdict = cmdb::Verdict::not_affected;  // of a computed one
  std::string reason;                                   // "named in the ticket", "runs on web01"
  base::TimeMs last_seen = 0;
  base::TimeMs last_changed = 0;  // newest history entry; 0 when none
};
struct AssetScope {
  cmdb::WalkLimits limits = {};
  std::size_t most = 200;
  std::string tenant = {};  // whose items alone are told of; "": all
};
struct AffectedAssets {
  std::vector<AffectedAsset> assets;  // linked ones first, then by depth and name
  std::size_t total = 0;              // with those beyond the most
  bool truncated = false;             // there are more than those in `assets`
};

// The linked items, and downstream of those with role cause or affected whatever is harmed. An excluded item
// is taken as sound: it is not listed, and no harm passes through it. All linked ones are listed, and of the
// others so many that `scope.most` are; each costs some look-ups. `tx` is a read transaction.
AffectedAssets affected_assets(store::Transaction& tx, const cmdb::ImpactSource& source, const Ticket& ticket,
                               const AssetScope& scope = {});

}  // namespace censo::desk
