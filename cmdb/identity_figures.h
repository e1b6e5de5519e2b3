// Figures of identification (service-desk rule 78): what made links, what waits for people, what was taken
// back, and how often a link is right, as people say of a sample. All functions run inside a caller's
// transaction.
#pragma once

#include "cmdb/configuration_item.h"
#include "cmdb/figure.h"
#include "cmdb/store/transaction.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace censo::cmdb {

// One decision in the list behind a figure: a link, a review, a merge that was taken back.
struct CountedDecision {
  std::int64_t id = 0;
  CiId ci, other;  // other: of pairs
  std::string class_name, name, other_name;
  base::TimeMs at = 0;
  std::string by;    // "rule", "score", "person"; of a review its state; who took a merge back
  std::string rule;  // that decided; a review's kind
  double score = 0;
  std::string verdict, reason;  // of the audit; why a merge was taken back
};

std::vector<Figure> identity_figures(store::Transaction& tx, const FigureTime& time, base::TimeMs now);
// Newest first. Errc::not_found: no such figure; Errc::malformed: a bad cursor.
base::Result<Page<CountedDecision>> decisions_of_figure(store::Transaction& tx, std::string_view figure,
                                                        const FigureTime& time, const PageRequest& page);

struct AuditAct {
  std::string actor;
  base::TimeMs now = 0;
};
// Draws up to so many links that rules or scores made in that time, each with the same chance, leaving out
// those that were drawn before. The number drawn.
std::size_t draw_audit_sample(store::Transaction& tx, const FigureTime& time, std::size_t size,
                              const AuditAct& act);
// Whether a drawn link is right; may be corrected. Errc::not_found: it was not drawn;
// Errc::invalid_argument: neither "right" nor "wrong", or wrong without a reason.
base::Result<CountedDecision> judge_link(store::Transaction& tx, std::string_view id,
                                         std::string_view verdict, const std::string& reason,
                                         const AuditAct& act);

}  // namespace censo::cmdb
