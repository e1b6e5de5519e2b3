#include "desk/ticket_watcher.h"

#include "base/text.h"
#include "desk/desk_role.h"
#include "desk/tenant.h"
#include "desk/ticket_store.h"

namespace censo::desk {
namespace {

using base::Errc;

base::Result<std::string> checked_person(const Operation& operation, std::string_view given) {
  const std::string person(base::trim(given));
  if (person.empty() || person.size() > 200 || !base::is_valid_utf8(person))
    return base::fail(Errc::invalid_argument, "expected a name of 1 to 200 bytes", "person");
  if (person == operation.act.actor || is_of_desk(operation.act.roles)) return person;
  return base::fail(Errc::permission_denied, "only the desk names others", {}, "ROLE_NEEDED");
}

}  // namespace

std::vector<std::string> watchers_of(store::Transaction& tx, TicketId ticket) {
  std::vector<std::string> people;
  for (const auto& row :
       tx.query("select person from ticket_watcher where ticket_id = $1 order by person", ticket.value))
    people.push_back(row.text(0));
  return people;
}

void keep_watcher(store::Transaction& tx, const Ticket& ticket, const std::string& person) {
  tx.execute(
      "insert into ticket_watcher (ticket_id, person) values ($1, $2) on conflict (ticket_id, person) do "
      "nothing",
      ticket.id.value, person);
}

base::Result<void> watch(const Operation& operation, const Ticket& ticket, std::string_view given) {
  const auto person = checked_person(operation, given);
  if (!person) return person.error();
  if (!may_hear(operation.tx, *person, ticket))
    return base::fail(Errc::conflict, base::sanitize_utf8(*person, 60) + " belongs to another tenant",
                      "person", "OTHER_TENANT");
  keep_watcher(operation.tx, ticket, *person);
  return {};
}

base::Result<void> unwatch(const Operation& operation, const Ticket& ticket, std::string_view given) {
  const auto person = checked_person(operation, given);
  if (!person) return person.error();
  const auto gone = operation.tx.execute("delete from ticket_watcher where ticket_id = $1 and person = $2",
                                         ticket.id.value, *person);
  if (gone > 0) return {};
  return base::fail(Errc::not_found, base::sanitize_utf8(*person, 60) + " does not watch " + ticket.number);
}

}  // namespace censo::desk
