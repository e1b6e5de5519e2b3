#include "desk/assignment.h"

#include "base/log.h"
#include "base/text.h"
#include "cmdb/impact.h"
#include "cmdb/item_query.h"
#include "cmdb/merge.h"
#include "cmdb/tenant.h"
#include "desk/desk_group.h"
#include "desk/effects.h"
#include "desk/guards.h"
#include "desk/tenant.h"
#include "desk/ticket_kind.h"
#include "desk/transition.h"

#include <algorithm>
#include <optional>

namespace censo::desk {
namespace {

constexpr std::size_t longest_reason = 2'000, longest_group = 200;  // as schemas/tickets says

bool can_be_assigned(const Operation& operation, const Ticket& ticket) {
  const auto* kind = operation.kinds.find(ticket.kind);
  if (!kind) return false;
  return std::ranges::any_of(kind->transitions, [&](const Transition& one) {
    return one.event == "assign" && one.leads_from(ticket.state) &&
           std::ranges::find(one.roles, "rule") != one.roles.end();
  });
}

// Items that suffer; of a change those that it changes.
std::vector<TicketLink> items_of(const Operation& operation, const Ticket& ticket) {
  auto links = links_of(operation.tx, ticket.id);
  std::erase_if(links, [](const TicketLink& link) { return link.role == LinkRole::excluded; });
  return links;
}

// An item's may be longer.
bool fits_ticket(const std::string& group) {
  return group.size() <= longest_group && group == base::sanitize_utf8(group, longest_group);
}

class Choice {
 public:
  Choice(const Operation& operation, const Ticket& ticket)
      : operation_(operation), ticket_(ticket), items_(items_of(operation, ticket)) {}

  // Nothing: the rule does not fit, or its item has no support group.
  std::optional<Assignment> by(const AssignmentRule& rule) const {
    const auto matters = [](const std::string& wanted, const std::string& found) {
      return wanted.empty() || base::equal_ignoring_case(wanted, found);
    };
    if (!matters(rule.kind, ticket_.kind) || !matters(rule.category, ticket_.field("category"))) return {};
    if (!rule.tenant.empty() && rule.tenant != ticket_.field("tenant")) return {};
    auto made = group_by(rule);
    if (!made) return {};
    made->because = "rule " + rule.name + ": " + made->because;
    if (rule.picks) pick(rule, *made);
    return made;
  }

 private:
  std::string support_group(cmdb::CiId ci) const {
    const auto row =
        operation_.tx.query_one("select attributes ->> 'support_group' from ci where id = $1", ci.value);
    const auto group = row && !row->is_null(0) ? std::string(base::trim(row->text(0))) : "";
    return fits_ticket(group) ? group : "";
  }

  // Rule 75: those of a tenant's ticket are not told the names of shared items.
  std::string told(const TicketLink& item) const {
    const auto& tenant = ticket_.field("tenant");
    return tenant.empty() || cmdb::tenant_of(operation_.tx, item.ci) == tenant ? item.name : "an item";
  }

  std::optional<cmdb::BoundQuery> bound(const AssignmentRule& rule) const {
    const auto parsed = cmdb::parse_query(rule.query);
    if (!parsed || !operation_.impact) return {};
    auto query = cmdb::bind_query(operation_.impact->catalog, *parsed, operation_.act.clock.now());
    if (!query) return {};
    return std::move(*query);
  }

  std::optional<Assignment> group_by(const AssignmentRule& rule) const {
    const auto query = rule.query.empty() ? std::nullopt : bound(rule);
    if (!rule.query.empty() && !query) return {};
    if (!query && !rule.group.empty()) return Assignment{rule.group, "", "given to " + rule.group};
    for (const auto& item : items_) {
      if (query && !cmdb::fits_item(operation_.tx, *query, item.ci)) continue;
      if (!rule.group.empty()) return Assignment{rule.group, "", told(item) + " is given to " + rule.group};
      const auto group = support_group(item.ci);
      if (!group.empty()) return Assignment{group, "", group + " is the support group of " + told(item)};
    }
    return {};
  }

  void pick(const AssignmentRule& rule, Assignment& made) const {
    std::optional<GroupMember> best;
    std::size_t able = 0;
    for (const auto& one : members_of(operation_.tx, made.group, operation_.act.clock.now())) {
      const bool skilled = std::ranges::includes(one.skills, rule.skills);
      if (one.away || !skilled || !may_hear(operation_.tx, one.person, ticket_)) continue;
      ++able;
      if (!best || one.in_hand < best->in_hand) best = one;
    }
    const auto skills = rule.skills.empty() ? "" : " with " + base::join(rule.skills, ", ");
    if (!best) {
      made.because += "; nobody of it" + skills + " is there";
      return;
    }
    made.assignee = best->person;
    made.because += "; " + best->person + " has least in hand (" + std::to_string(best->in_hand) + ") of " +
                    std::to_string(able) + skills;
  }

  const Operation& operation_;
  const Ticket& ticket_;
  const std::vector<TicketLink> items_;
};

base::Result<void> assign(const Operation& operation, const Ticket& ticket, const Assignment& made) {
  const auto because = base::sanitize_utf8(made.because, longest_reason);
  FieldValues fields{{"group", made.group}, {"assigned_because", because}, {"reason", because}};
  if (!made.assignee.empty()) fields["assignee"] = made.assignee;
  return move_by_rule(operation, ticket.number, {"assign", fields, 0});
}

}  // namespace

Assignment assignment_of(const Operation& operation, const Ticket& ticket) {
  const auto rules = assignment_rules(operation.tx);
  if (rules.empty()) return {};
  const Choice choice(operation, ticket);
  for (const auto& rule : rules)
    if (auto made = choice.by(rule)) return *made;
  return {};
}

base::Result<Ticket> open_and_assign(const Operation& operation, const NewTicket& wanted) {
  auto opened = open_ticket(operation.tx, operation.kinds, wanted, operation.act);
  if (!opened || !opened->field("group").empty() || !can_be_assigned(operation, *opened)) return opened;
  const auto made = assignment_of(operation, *opened);
  if (made.group.empty()) return opened;
  // The ticket stands: what opens it has been taken in.
  if (const auto done = assign(operation, *opened, made); !done) {
    base::log(base::LogLevel::warning, "desk.assignment",
              opened->number + " is nobody's: " + base::sanitize_utf8(done.error().message, 500));
  }
  return find_ticket(operation.tx, opened->number);
}

base::Result<void> assign_by_rule(const Operation& operation, const Ticket& ticket) {
  const auto made = assignment_of(operation, ticket);
  if (made.group.empty()) return in_the_way("no rule of assignment fits it", "NO_RULE_FITS");
  return assign(operation, ticket, made);
}

}  // namespace censo::desk
