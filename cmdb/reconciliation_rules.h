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
  bool only = false;                  // what kinds that are not named say is never shown
  bool shows(std::string_view kind) const { return !only || rank_of(kind) < ranks.size(); }
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
  // Attributes that some kinds of sources are never believed for.
  const std::vector<std::string>& restricted() const { return restricted_; }
  // Silence after which this kind of source is believed no more than others; 0: never.
  base::TimeMs stale_after_ms(std::string_view kind) const;

 private:
  std::map<std::pair<std::string, std::string>, ReconciliationRule> rules_;  // class and attribute
  std::vector<std::string> restricted_;
  std::map<std::string, base::TimeMs, std::less<>> stale_after_ms_;
  ReconciliationRule otherwise_{"", "", {"person", "agent", "scanner", "import"}};
};

}  // namespace censo::cmdb
