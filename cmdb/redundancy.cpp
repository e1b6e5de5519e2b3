#include "cmdb/redundancy.h"

#include "base/text.h"
#include "cmdb/history.h"
#include "cmdb/merge.h"

#include <algorithm>
#include <optional>
#include <set>

namespace censo::cmdb {
namespace {

bool needs_by_from(const RelationDefinition& relation) {
  return relation.impact == ImpactDirection::to_from;
}

// The end that harm comes to.
base::Result<void> check_class(store::Transaction& tx, const ClassCatalog& catalog, CiId ci,
                               const RelationDefinition& relation) {
  const auto& needy = needs_by_from(relation) ? relation.from_classes : relation.to_classes;
  const auto row = tx.query_one("select class, name from ci where id = $1", ci.value);
  if (!row || catalog.is_any_of(row->text(0), needy)) return {};
  return base::fail(base::Errc::invalid_argument,
                    "nothing supplies a " + row->text(0) + " by " + relation.name + ": expected a " +
                        base::join(needy, " or ") + ", found " + row->text(1),
                    "relation", "NO_SUPPLIER");
}

base::Result<void> check(store::Transaction& tx, const ClassCatalog& catalog, const RedundancyRule& rule) {
  const RelationDefinition* relation = catalog.find_relation(rule.relation);
  if (!relation) {
    return base::fail(base::Errc::not_found, "no relation type \"" + rule.relation.substr(0, 64) + "\"",
                      "relation");
  }
  if (relation->impact == ImpactDirection::none) {
    return base::fail(
        base::Errc::invalid_argument,
        "expected a relation type through which harm passes, " + rule.relation + " has impact: none",
        "relation", "NO_IMPACT");
  }
  if (rule.min_up < 0 || rule.min_up > highest_min_up) {
    return base::fail(
        base::Errc::invalid_argument,
        "expected 0 to " + std::to_string(highest_min_up) + ", found " + std::to_string(rule.min_up),
        "/min_up");
  }
  return check_class(tx, catalog, rule.ci, *relation);
}

std::optional<RedundancyRule> present_rule(store::Transaction& tx, CiId ci, std::string_view relation) {
  const auto row = tx.query_one(
      "select min_up, since, set_by from redundancy_rule where ci_id = $1 and relation = $2 and until is "
      "null",
      ci.value, relation);
  if (!row) return std::nullopt;
  return RedundancyRule{ci, std::string(relation), row->integer(0), row->integer(1), row->text(2)};
}

// A rule that was set in this very millisecond never held.
void end(store::Transaction& tx, const RedundancyRule& rule, base::TimeMs now) {
  if (rule.since >= now) {
    tx.execute("delete from redundancy_rule where ci_id = $1 and relation = $2 and since = $3", rule.ci.value,
               rule.relation, rule.since);
  } else {
    tx.execute("update redundancy_rule set until = $4 where ci_id = $1 and relation = $2 and since = $3",
               rule.ci.value, rule.relation, rule.since, now);
  }
}

// Whoever keeps the graph reads the item again.
void tell(store::Transaction& tx, const RuleChange& change, const Change& what) {
  const base::TimeMs now = change.clock.now();
  HistoryWriter(tx, change.clock, {"person " + change.by, now, now}).add(what);
  FeedWriter feed;
  feed.add(FeedTopic::item, what.ci.value);
  feed.write(tx, change.clock);
}

}  // namespace

std::vector<RedundancyRule> redundancy_of(store::Transaction& tx, CiId root, Moment at) {
  std::vector<RedundancyRule> rules;
  for (const CiId member : members_of(tx, root)) {
    for (const store::Row& row :
         tx.query("select relation, min_up, since, set_by from redundancy_rule where ci_id = $1"
                  " and ($2 = 0 and until is null or since <= $2 and (until is null or until > $2))",
                  member.value, at.value_or(0))) {
      if (std::ranges::find(rules, row.text(0), &RedundancyRule::relation) != rules.end()) continue;
      rules.push_back({member, row.text(0), row.integer(1), row.integer(2), row.text(3)});
    }
  }
  std::ranges::sort(rules, {}, &RedundancyRule::relation);
  return rules;
}

std::size_t suppliers_now(store::Transaction& tx, const ClassCatalog& catalog, CiId root,
                          std::string_view relation) {
  const RelationDefinition* definition = catalog.find_relation(relation);
  if (!definition) return 0;
  const std::string_view sql =
      needs_by_from(*definition)
          ? "select distinct to_ci from relationship where from_ci = $1 and type = $2 and ended_at is null"
          : "select distinct from_ci from relationship where to_ci = $1 and type = $2 and ended_at is null";
  std::set<CiId> suppliers;
  for (const CiId member : members_of(tx, root)) {
    for (const store::Row& row : tx.query(sql, member.value, relation)) {
      const CiId supplier = root_of(tx, CiId(row.integer(0)));
      if (supplier != root) suppliers.insert(supplier);
    }
  }
  return suppliers.size();
}

std::string effect_of(const RedundancyRule& rule, std::size_t suppliers) {
  if (suppliers == 0)
    return "nothing supplies it by " + rule.relation + " now: the rule has no effect until something does";
  if (rule.min_up <= static_cast<std::int64_t>(suppliers)) return {};
  return "only " + std::to_string(suppliers) + " supply it by " + rule.relation +
         " now: all of them are needed";
}

base::Result<void> set_redundancy(store::Transaction& tx, const RuleChange& change,
                                  const RedundancyRule& rule) {
  if (const auto checked = check(tx, change.catalog, rule); !checked) return checked.error();
  const auto before = present_rule(tx, rule.ci, rule.relation);
  if (before && before->min_up == rule.min_up) return {};
  const base::TimeMs now = change.clock.now();
  if (before) end(tx, *before, now);
  tx.execute(
      "insert into redundancy_rule (ci_id, relation, since, min_up, set_by) values ($1, $2, $3, $4, $5)",
      rule.ci.value, rule.relation, now, rule.min_up, change.by);
  tell(tx, change,
       {rule.ci, "redundancy", rule.relation, before ? std::to_string(before->min_up) : "",
        std::to_string(rule.min_up)});
  return {};
}

base::Result<void> remove_redundancy(store::Transaction& tx, const RuleChange& change, CiId ci,
                                     std::string_view relation) {
  const auto before = present_rule(tx, ci, relation);
  if (!before) {
    return base::fail(base::Errc::not_found,
                      "no redundancy rule for \"" + std::string(relation.substr(0, 64)) + "\"", "relation");
  }
  end(tx, *before, change.clock.now());
  tell(tx, change, {ci, "redundancy", std::string(relation), std::to_string(before->min_up), ""});
  return {};
}

}  // namespace censo::cmdb
