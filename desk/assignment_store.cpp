#include "base/text.h"
#include "cmdb/impact.h"
#include "cmdb/item_query.h"
#include "desk/assignment.h"
#include "desk/desk_group.h"
#include "desk/desk_role.h"
#include "desk/desk_window.h"
#include "desk/ticket_kind.h"

#include <algorithm>

namespace censo::desk {
namespace {

using base::Errc;

constexpr std::int64_t most_rules = 500, highest_place = 10'000;

base::Error unfit(std::string message, std::string field) {
  return base::fail(Errc::invalid_argument, std::move(message), std::move(field));
}

base::Result<void> check_role(const Operation& operation) {
  return needs_role(operation.act.roles, {"desk_manager"},
                    "rules of assignment are written by a desk_manager");
}

base::Result<void> check_query(const Operation& operation, const std::string& text) {
  if (text.empty()) return {};
  if (text.size() > 2'000) return unfit("expected at most 2000 bytes", "query");
  const auto parsed = cmdb::parse_query(text);
  if (!parsed) return unfit(parsed.error().message, "query");
  const auto bound = cmdb::bind_query(operation.impact->catalog, *parsed, operation.act.clock.now());
  if (!bound) return unfit(bound.error().message, "query");
  const auto own = cmdb::check_own_terms(*bound);
  return own ? own : unfit(own.error().message, "query");
}

base::Result<AssignmentRule> checked(const Operation& operation, AssignmentRule rule) {
  if (!is_window_name(rule.name))
    return unfit("expected a name of lower-case letters, digits, - and _, at most 64 bytes", "name");
  if (rule.place < 1 || rule.place > highest_place) return unfit("expected 1 to 10000", "place");
  if (!rule.kind.empty() && !operation.kinds.find(rule.kind))
    return unfit("no kind of ticket \"" + base::sanitize_utf8(rule.kind, 40) + "\"", "kind");
  for (auto* text : {&rule.category, &rule.tenant, &rule.group, &rule.query}) *text = base::trim(*text);
  for (const auto& [text, field] : {std::pair(&rule.category, "category"), std::pair(&rule.tenant, "tenant"),
                                    std::pair(&rule.group, "group")})
    if (text->size() > 200 || !base::is_valid_utf8(*text)) return unfit("expected at most 200 bytes", field);
  if (rule.group != base::sanitize_utf8(rule.group) || rule.group.find_first_of("\t\n") != rule.group.npos)
    return unfit("expected no control characters", "group");
  if (const auto query = check_query(operation, rule.query); !query) return query.error();
  auto skills = checked_skills(rule.skills);
  if (!skills) return skills.error();
  rule.skills = std::move(*skills);
  if (!rule.skills.empty() && !rule.picks)
    return unfit("skills are asked of somebody: the rule picks nobody", "skills");
  return rule;
}

std::vector<std::string> lines_of(std::string_view text) {
  if (text.empty()) return {};
  const auto lines = base::split(text, '\n');
  return {lines.begin(), lines.end()};
}

}  // namespace

std::vector<AssignmentRule> assignment_rules(store::Transaction& tx) {
  std::vector<AssignmentRule> rules;
  for (const auto& row :
       tx.query("select name, place, kind, category, tenant, query, group_name, skills, picks, person, at "
                "from assignment_rule order by place, name"))
    rules.push_back({row.text(0), row.integer(1), row.text(2), row.text(3), row.text(4), row.text(5),
                     row.text(6), lines_of(row.text(7)), row.integer(8) != 0, row.text(9), row.integer(10)});
  return rules;
}

base::Result<AssignmentRule> put_assignment_rule(const Operation& operation, const AssignmentRule& wanted) {
  if (const auto may = check_role(operation); !may) return may.error();
  auto rule = checked(operation, wanted);
  if (!rule) return rule;
  auto& tx = operation.tx;
  const auto others = tx.query_one("select count(*) from assignment_rule where name <> $1", rule->name);
  if (others->integer(0) >= most_rules)
    return base::fail(Errc::limit_exceeded, "there are " + std::to_string(most_rules) + " rules");
  rule->person = operation.act.actor;
  rule->at = operation.act.clock.now();
  tx.execute("delete from assignment_rule where name = $1", rule->name);
  tx.execute(
      "insert into assignment_rule (name, place, kind, category, tenant, query, group_name, skills, picks, "
      "person, at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
      rule->name, rule->place, rule->kind, rule->category, rule->tenant, rule->query, rule->group,
      base::join(rule->skills, "\n"), rule->picks, rule->person, rule->at);
  return rule;
}

base::Result<void> remove_assignment_rule(const Operation& operation, std::string_view name) {
  const auto known = operation.tx.query_one("select 1 from assignment_rule where name = $1", name);
  if (!known) return base::fail(Errc::not_found, "no rule \"" + base::sanitize_utf8(name, 64) + "\"");
  if (const auto may = check_role(operation); !may) return may;
  operation.tx.execute("delete from assignment_rule where name = $1", name);
  return {};
}

}  // namespace censo::desk
