#include "desk/breach_excuse.h"

#include "base/text.h"
#include "desk/desk_role.h"
#include "desk/ticket_kind.h"
#include "desk/ticket_store.h"
#include "desk/ticket_target.h"

#include <algorithm>

namespace censo::desk {
namespace {

using base::Errc;

constexpr std::size_t longest_reason = 4'000;

base::Result<void> check_role(const Operation& operation) {
  return needs_role(operation.act.roles, {"desk_manager"}, "a breach is excused by a desk_manager");
}

base::Result<TicketTarget> target_of(const Operation& operation, const Ticket& ticket,
                                     std::string_view name) {
  const auto* kind = operation.kinds.find(ticket.kind);
  if (kind) {
    auto targets = targets_of(operation.tx, *kind, ticket, operation.act.clock.now());
    const auto found = std::ranges::find(targets, name, &TicketTarget::name);
    if (found != targets.end()) return std::move(*found);
  }
  return base::fail(Errc::not_found,
                    ticket.number + " has no target \"" + base::sanitize_utf8(name, 60) + "\"");
}

void tell(const Operation& operation, const Ticket& ticket, const char* event, const FieldValues& before,
          const FieldValues& after) {
  auto entry = entry_of(ticket, event, operation.act);
  entry.before = fields_to_json(before);
  entry.after = fields_to_json(after);
  const auto reason = after.find("excuse");
  if (reason != after.end()) entry.reason = reason->second;
  add_history(operation.tx, ticket, entry, operation.act.clock);
}

}  // namespace

std::optional<BreachExcuse> excuse_of(store::Transaction& tx, TicketId ticket, std::string_view target) {
  const auto row = tx.query_one(
      "select excused_by, excuse, excused_at from ticket_target where ticket_id = $1 and target = $2 "
      "and excused_by <> ''",
      ticket.value, target);
  if (!row) return {};
  return BreachExcuse{row->text(0), row->text(1), row->integer(2)};
}

base::Result<void> excuse_breach(const Operation& operation, const Ticket& ticket, std::string_view target,
                                 std::string_view reason) {
  const auto found = target_of(operation, ticket, target);
  if (!found) return found.error();
  if (const auto may = check_role(operation); !may) return may;
  const std::string why(base::trim(reason));
  if (why.empty() || why.size() > longest_reason || !base::is_valid_utf8(why))
    return base::fail(Errc::invalid_argument, "expected a reason of 1 to 4000 bytes", "reason");
  if (found->breached_at == 0)
    return base::fail(Errc::conflict, found->name + " is not breached", {}, "NOT_BREACHED");
  operation.tx.execute(
      "update ticket_target set excused_by = $3, excused_at = $4, excuse = $5 "
      "where ticket_id = $1 and target = $2",
      ticket.id.value, found->name, operation.act.actor, operation.act.clock.now(), why);
  tell(operation, ticket, "excuse", {}, {{"excused", found->name}, {"excuse", why}});
  return {};
}

base::Result<void> withdraw_excuse(const Operation& operation, const Ticket& ticket,
                                   std::string_view target) {
  const auto excuse = excuse_of(operation.tx, ticket.id, target);
  if (!excuse)
    return base::fail(Errc::not_found,
                      ticket.number + ": \"" + base::sanitize_utf8(target, 60) + "\" is not excused");
  if (const auto may = check_role(operation); !may) return may;
  operation.tx.execute(
      "update ticket_target set excused_by = '', excused_at = 0, excuse = '' "
      "where ticket_id = $1 and target = $2",
      ticket.id.value, target);
  tell(operation, ticket, "withdraw_excuse", {{"excused", std::string(target)}, {"excuse", excuse->reason}},
       {});
  return {};
}

}  // namespace censo::desk
