#include "desk/detection.h"

#include "base/log.h"
#include "base/text.h"
#include "cmdb/class_catalog.h"
#include "cmdb/impact.h"
#include "desk/change.h"
#include "desk/desk_window.h"
#include "desk/detected_store.h"
#include "desk/detection_rules.h"
#include "desk/unauthorised_report.h"

#include <algorithm>
#include <array>
#include <map>

namespace censo::desk {
namespace {

constexpr std::array<std::string_view, 6> watched{"attribute",          "component_added",
                                                  "component_removed",  "component_changed",
                                                  "relationship_added", "relationship_removed"};

// One entry of the history, with what its item is.
struct Told {
  DetectedChange change;
  std::int64_t times = 1;
};

bool any_is(const std::vector<std::string>& list, std::string_view one) {
  return std::find(list.begin(), list.end(), one) != list.end();
}

bool key_begins(const std::vector<std::string>& beginnings, const std::string& key) {
  for (const auto word : base::split_words(key))
    for (const auto& beginning : beginnings)
      if (word.starts_with(beginning)) return true;
  return false;
}

class Detection {
 public:
  Detection(const Operation& operation)
      : operation_(operation), tx_(operation.tx), rules_(*operation.detection) {}

  void take(Told told) {
    auto& change = told.change;
    change.state = "new";
    if (settle_reversal(change) || settle_by_rule(told) || settle_by_person(change) ||
        settle_by_change(change) || settle_by_window(change)) {
      // decided
    } else if (is_monitored(change)) {
      call_unauthorised(change);
    }
    if (change.state != "new") change.decided_at = operation_.act.clock.now();
    insert_detected(tx_, change);
  }

 private:
  bool is_of(const DetectedChange& change, const std::vector<std::string>& classes) const {
    return operation_.impact->catalog.is_any_of(change.class_name, classes);
  }

  bool is_monitored(const DetectedChange& change) const { return is_of(change, rules_.monitored); }

  // Rule 45: it takes back one that nobody had agreed to; both are done with.
  bool settle_reversal(DetectedChange& change) {
    const auto what = change.what == "component_added"        ? "component_removed"
                      : change.what == "component_removed"    ? "component_added"
                      : change.what == "relationship_added"   ? "relationship_removed"
                      : change.what == "relationship_removed" ? "relationship_added"
                                                              : std::string_view(change.what);
    const auto sql = detected_where(
        "d.ci_id = $1 and d.what = $2 and d.subject = $3 and d.state in ('new', "
        "'unauthorised') and d.at < $4 order by d.at desc limit 1");
    const auto row = tx_.query_one(sql, change.ci.value, std::string(what), change.subject, change.at);
    if (!row) return false;
    auto earlier = detected_of(*row);
    if (earlier.old_value != change.new_value || earlier.new_value != change.old_value) return false;
    earlier.state = "reverted";
    earlier.decided_at = operation_.act.clock.now();
    earlier.reason = "the old value returned";
    save_decision(tx_, earlier);
    change.state = "reverted";
    change.reason = "takes back " + base::to_text(earlier.id);
    return true;
  }

  bool rule_fits(const DetectionRule& rule, const Told& told, const DifferenceSubject& subject) const {
    const auto& change = told.change;
    if (!rule.classes.empty() && !is_of(change, rule.classes)) return false;
    if (!rule.subjects.empty() && !any_is(rule.subjects, subject.name)) return false;
    if (!rule.keys.empty() && !key_begins(rule.keys, subject.key)) return false;
    if (rule.spelling && !same_but_spelling(change.old_value, change.new_value)) return false;
    return !rule.flips || told.times >= rules_.flips;
  }

  // Rules 41 and 42.
  bool settle_by_rule(Told& told) {
    const auto subject = subject_of(told.change.what, told.change.subject);
    for (const auto& rule : rules_.rules) {
      if (!rule_fits(rule, told, subject)) continue;
      told.change.state = rule.state;
      told.change.rule = rule.name;
      return true;
    }
    return false;
  }

  // Rule 46.
  bool settle_by_person(DetectedChange& change) {
    for (const auto& row : tx_.query("select ci_id, class, value, state, person from detection_verdict where "
                                     "subject = $1 and until > $2",
                                     change.subject, operation_.act.clock.now())) {
      const bool item = row.integer(0) == 0 || row.integer(0) == change.ci.value;
      const bool of_class = row.text(1).empty() || is_of(change, {row.text(1)});
      if (!item || !of_class || (!row.text(2).empty() && row.text(2) != change.new_value)) continue;
      change.state = row.text(3);
      change.rule = "verdict of " + row.text(4);
      return true;
    }
    return false;
  }

  bool settle_by_change(DetectedChange& change) {
    const auto explained = explanation_of(operation_, change);
    if (!explained) return false;
    change.state = "matched";
    change.ticket = explained->ticket;
    change.verdict = explained->verdict;
    return true;
  }

  // Rule 42: work on the item is expected then.
  bool settle_by_window(DetectedChange& change) {
    const auto over = maintenance_for(operation_, change);
    if (!over) return false;
    change.state = "expected";
    change.rule = "maintenance " + over->window.name;
    return true;
  }

  // Rule 44.
  void call_unauthorised(DetectedChange& change) {
    change.state = "unauthorised";
    const auto first = tx_.query_one(
        "select group_id from detected_change where ci_id = $1 and at >= $2 and at <= $3 and state = "
        "'unauthorised' "
        "and group_id <> 0 order by at desc limit 1",
        change.ci.value, change.at - rules_.group_within_ms, change.at);
    change.group = first ? DetectedId(first->integer(0)) : change.id;
    if (first) return;
    report_later(tx_, change.group);
    base::log(
        base::LogLevel::info, "desk.unauthorised_change",
        change.ci_name + ": " + change.what + " " + change.subject + ", group " + base::to_text(change.id));
  }

  const Operation& operation_;
  store::Transaction& tx_;
  const DetectionRules& rules_;
};

Told told_of(const store::Row& row, const base::Clock& clock) {
  Told told;
  auto& change = told.change;
  change.id = DetectedId(base::next_id(clock));
  change.ci = cmdb::CiId(row.integer(1));
  change.at = row.integer(2);
  change.not_before = row.integer(3);
  change.origin = row.text(4);
  change.what = row.text(5);
  change.subject = row.text(6);
  change.old_value = row.text(7);
  change.new_value = row.text(8);
  told.times = row.integer(9);
  change.class_name = row.text(10);
  change.ci_name = row.text(11);
  return told;
}

}  // namespace

bool detect(const Operation& operation, std::size_t limit) {
  auto& tx = operation.tx;
  const auto& clock = operation.act.clock;
  const auto cursor = tx.query_one("select history_id from detection_cursor where id = 1");
  const auto rows = tx.query(
      "select h.id, h.ci_id, h.at, h.not_before, h.origin, h.what, h.subject, h.old_value, h.new_value, "
      "h.times, "
      "c.class, c.name from history h join ci c on c.id = h.ci_id where h.id > $1 and h.id < $2 order by "
      "h.id limit $3",
      cursor->integer(0), base::lowest_id_at(clock.now() - settled_after_ms),
      static_cast<std::int64_t>(limit));
  if (rows.empty()) return false;
  Detection detection(operation);
  for (const auto& row : rows) {
    const bool by_person = row.text(4).starts_with("person ");
    if (by_person || std::find(watched.begin(), watched.end(), row.text(5)) == watched.end()) continue;
    detection.take(told_of(row, clock));
  }
  tx.execute("update detection_cursor set history_id = $1 where id = 1", rows.back().integer(0));
  return rows.size() == limit;
}

}  // namespace censo::desk
