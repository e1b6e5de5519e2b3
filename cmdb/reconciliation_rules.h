// Which source is believed, by class and attribute: schemas/reconciliation/*.yaml. Data, not code.
#pragma once

#include "base/clock.h"
#include "base/embedded.h"
#include "base/result.h"
#include "cmdb/class_catalog.h"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace censo::cmdb {

struct ReconciliationRule {
  std::string class_name, attribute;  // where it stands; attribute "" = all of the class
  std::vector<std::string> ranks;     // kinds of sources, best first
  // The place of a kind of source; those that are not named come last.
  std::size_t rank_of(std::string_view kind) const;
};

// Immutable after loading; safe to read from any thread.
class ReconciliationRules {
 public:
  // Takes reconciliation/*.yaml of `files`. Errc::malformed with file and line.
  static base::Result<ReconciliationRules> load(std::span<const base::EmbeddedFile> files);
  static const ReconciliationRules& built_in();  // the ones that ship

  // Of the class or its nearest ancestor: the attribute's line, else the class's.
  const ReconciliationRule& of(const ClassCatalog& catalog, std::string_view class_name,
                               std::string_view attribute) const;
  // Silence after which this kind of source is believed no more than others; 0: never.
  base::TimeMs stale_after_ms(std::string_view kind) const;

 private:
  std::map<std::pair<std::string, std::string>, ReconciliationRule> rules_;  // class and attribute
  std::map<std::string, base::TimeMs, std::less<>> stale_after_ms_;
  ReconciliationRule otherwise_{"", "", {"person", "agent", "scanner", "import"}};
};

}  // namespace censo::cmdb
