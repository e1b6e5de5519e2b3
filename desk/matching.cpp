#include "base/text.h"
#include "cmdb/merge.h"
#include "desk/change.h"
#include "desk/detected_store.h"
#include "desk/detection.h"
#include "desk/detection_rules.h"
#include "desk/ticket_store.h"

#include <algorithm>
#include <array>

namespace censo::desk {
namespace {

constexpr std::array<std::string_view, 4> verdicts{"exact", "partial", "late", "early"};  // the best first

// Under way, or done less than a scan interval ago (rule 43).
bool is_current(const DetectionRules& rules, const Ticket& change, base::TimeMs now) {
  if (change.state == "implementing" || change.state == "review") return true;
  return change.state == "closed" && now - change.state_since < rules.scan_interval_ms;
}

// Of an interval that overlaps the window with its grace; "": it does not.
std::string_view verdict_of_time(const DetectionRules& rules, const Ticket& change,
                                 const DetectedChange& detected) {
  const auto window = actual_window(change);
  if (window.start == 0) return "";
  const auto from = detected.not_before != 0 ? detected.not_before : detected.at;
  const bool open = window.end == 0;
  if (detected.at < window.start - rules.grace_ms) return "";
  if (!open && from > window.end + rules.grace_ms) return "";
  if (detected.at < window.start) return "early";
  return !open && from > window.end ? "late" : "exact";
}

// The word is the subject's name, or of a group that has it.
bool covers(const DetectionRules& rules, std::string_view word, std::string_view name) {
  const auto group = rules.groups.find(word);
  if (group == rules.groups.end()) return word == name;
  return std::ranges::find(group->second, name) != group->second.end();
}

// It says once more what is planned.
bool is_told(const DetectionRules& rules, const Modification& modification, const DetectedChange& detected) {
  const auto name = subject_of(detected.what, detected.subject).name;
  return std::ranges::any_of(rules.tells, [&](const auto& one) {
    const auto& [said, telling] = one;
    return std::ranges::find(telling, name) != telling.end() && covers(rules, modification.subject, said);
  });
}

std::string verdict_of(const Operation& operation, const Ticket& change, const DetectedChange& detected) {
  const auto& rules = *operation.detection;
  const auto time = verdict_of_time(rules, change, detected);
  if (time.empty()) return "";
  std::string best;
  for (const auto& modification : modifications_of(operation.tx, change)) {
    if (modification.ci &&
        cmdb::root_of(operation.tx, modification.ci) != cmdb::root_of(operation.tx, detected.ci))
      continue;
    if (is_told(rules, modification, detected)) return std::string(time);
    if (!is_meant(rules, modification, detected)) continue;
    if (has_value(modification, detected)) return std::string(time);
    best = time == "exact" ? "partial" : std::string(time);
  }
  return best;
}

std::size_t rank(std::string_view verdict) {
  return static_cast<std::size_t>(std::find(verdicts.begin(), verdicts.end(), verdict) - verdicts.begin());
}

}  // namespace

bool is_meant(const DetectionRules& rules, const Modification& modification, const DetectedChange& detected) {
  const auto subject = subject_of(detected.what, detected.subject);
  const auto words = base::split_words(modification.subject);
  if (words.empty()) return false;
  if (words.size() == 1) return covers(rules, words.front(), subject.name);
  if (words.front() != subject.name) return false;
  const auto key = base::split_words(subject.key);
  return std::all_of(words.begin() + 1, words.end(), [&](std::string_view word) {
    return std::find(key.begin(), key.end(), word) != key.end();
  });
}

bool has_value(const Modification& modification, const DetectedChange& detected) {
  const auto& wanted = modification.new_value;
  if (wanted.empty() || base::equal_ignoring_case(wanted, detected.new_value)) return true;
  for (const auto part : base::split(detected.new_value, ',')) {  // "version: 3.0.15, ..." of a component
    const auto colon = part.find(':');
    if (colon != part.npos && base::equal_ignoring_case(base::trim(part.substr(colon + 1)), wanted))
      return true;
  }
  return false;
}

std::optional<Explained> explanation_of(const Operation& operation, const DetectedChange& detected) {
  std::optional<Explained> best;
  const auto now = operation.act.clock.now();
  const auto sql = tickets_where(
      "kind = 'change' and state in ('implementing', 'review', 'closed') and id in (select ticket_id from "
      "ticket_link where ci_id = $1 and role = 'changed') order by id desc limit 100");
  for (const auto member : cmdb::members_of(operation.tx, cmdb::root_of(operation.tx, detected.ci))) {
    for (const auto& row : operation.tx.query(sql, member.value)) {
      const auto change = ticket_of(row);
      if (!is_current(*operation.detection, change, now)) continue;
      auto verdict = verdict_of(operation, change, detected);
      if (!verdict.empty() && (!best || rank(verdict) < rank(best->verdict)))
        best = Explained{change.number, std::move(verdict)};
    }
  }
  return best;
}

void match_again(const Operation& operation, const Ticket& change) {
  if (!operation.detection) return;
  const auto since = actual_window(change).start - operation.detection->grace_ms;
  const auto sql =
      detected_where("d.ci_id = $1 and d.at >= $2 and d.state in ('new', 'unauthorised') limit 10000");
  for (const auto ci : scope_of(operation.tx, change)) {
    for (const auto& row : operation.tx.query(sql, ci.value, since)) {
      auto detected = detected_of(row);
      const auto explained = explanation_of(operation, detected);
      if (!explained) continue;
      detected.state = "matched";
      detected.ticket = explained->ticket;
      detected.verdict = explained->verdict;
      detected.decided_at = operation.act.clock.now();
      save_decision(operation.tx, detected);
    }
  }
}

}  // namespace censo::desk
