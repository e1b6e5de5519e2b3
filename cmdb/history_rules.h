// How long the past is kept and when changes are folded, by class: schemas/history.yaml.
#pragma once

#include "base/clock.h"
#include "base/embedded.h"
#include "base/result.h"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace censo::cmdb {

struct HistoryRule {
  base::TimeMs fold_within_ms = base::TimeMs{7} * 24 * 60 * 60 * 1000;
  std::optional<base::TimeMs> keep_ms;             // nothing: for ever
  std::optional<base::TimeMs> keep_components_ms;  // nothing: for ever
  friend bool operator==(const HistoryRule&, const HistoryRule&) = default;
};

struct HistoryRules {
  HistoryRule otherwise;
  std::map<std::string, HistoryRule, std::less<>> by_class;  // complete: what a class leaves out is filled in
};

// "history.yaml" among the files; without it the defaults above. Errc::malformed with file and line.
base::Result<HistoryRules> load_history_rules(std::span<const base::EmbeddedFile> files);

// "7d", "90m", "2y"; "forever" is nothing. Errc::malformed.
base::Result<std::optional<base::TimeMs>> parse_length(std::string_view text);

}  // namespace censo::cmdb
