// The values of an item that are shown, chosen from what all its sources say, and why each.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "cmdb/class_catalog.h"
#include "cmdb/configuration_item.h"
#include "cmdb/reporting_source.h"
#include "cmdb/stored_json.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace censo::cmdb {

// One source of an item, with all that it says of it.
struct SourceView {
  SourceId id;
  CiId ci;  // of which of the merged items
  std::string kind, origin_id;
  bool own = false;          // the item is its subject; else it speaks of it beside its own
  bool ended = false;        // it names the item no more
  base::TimeMs said_at = 0;  // last said so
  base::TimeMs running_since = 0;
  std::string class_name, name;
  inventory::Attributes attributes;
};
std::vector<SourceView> sources_of(store::Transaction& tx, std::span<const CiId> members);

// What they say together, in the order of their names: the first that knows an attribute says it.
inventory::Attributes merged_sections(const AttributesByName& sections);

struct ShownValues {
  std::string class_name, name;
  inventory::Attributes attributes;
  friend bool operator==(const ShownValues&, const ShownValues&) = default;
};
// Best first: a person; the item's own source before others; one that is not stale; the better rank for this
// class and attribute; the system that started last; the newer source.
ShownValues chosen_values(const ClassCatalog& catalog, std::span<const SourceView> sources, base::TimeMs now);

struct ValueReason {
  const SourceView* source = nullptr;
  std::string value;
  std::size_t rank = 0;
  bool stale = false;
  std::string lost_by;  // what decided against it; empty for the one that is shown
};
struct ValueExplanation {
  CiId ci;
  std::string attribute, shown;  // "" when no source knows it
  std::string rule;              // "network_device sys_location: person, scanner, import, agent"
  std::vector<SourceView> sources;
  std::vector<ValueReason> values;  // best first
};
// `attribute` may be "class" or "name". Errc::not_found: the item's class has no such attribute and no source
// says it.
base::Result<ValueExplanation> explain_value(store::Transaction& tx, const ClassCatalog& catalog, CiId ci,
                                             std::string_view attribute, base::TimeMs now);

}  // namespace censo::cmdb
