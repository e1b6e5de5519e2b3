#include "desk/sight.h"

#include "base/text.h"
#include "desk/ticket.h"
#include "desk/transition.h"

#include <algorithm>

namespace censo::desk {
namespace {

using base::Errc;

base::Result<void> check_role(const Operation& operation) {
  const auto& roles = operation.act.roles;
  if (std::ranges::find(roles, "desk_manager") != roles.end()) return {};
  return base::fail(Errc::permission_denied, "people's departments are written by a desk_manager", {},
                    "ROLE_NEEDED");
}

bool is_text(std::string_view text) {
  return !base::trim(text).empty() && text.size() <= 200 && base::is_valid_utf8(text);
}

// Of those who see their department's tickets.
std::string department_seen_by(store::Transaction& tx, std::string_view person) {
  const auto row =
      tx.query_one("select department from desk_person where person = $1 and sees_department = 1", person);
  return row ? row->text(0) : "";
}

}  // namespace

Sight sight_of(store::Transaction& tx, const Act& act) {
  const std::string person(act.actor);
  if (!act.roles.empty()) return {true, person};
  return {false, person, department_seen_by(tx, person)};
}

bool is_in_sight(store::Transaction& tx, const Sight& sight, const Ticket& ticket) {
  if (sight.everything || sight.person == ticket.requester || sight.person == ticket.field("assignee"))
    return true;
  return tx
      .query_one(
          "select 1 from ticket_watcher where ticket_id = $1 and person = $2 union all "
          "select 1 from desk_person where person = $3 and department <> '' and department = $4 limit 1",
          ticket.id.value, sight.person, ticket.requester, sight.department)
      .has_value();
}

bool sees(const Operation& operation, const Ticket& ticket) {
  const auto& act = operation.act;
  if (is_in_sight(operation.tx, sight_of(operation.tx, act), ticket)) return true;
  const auto roles = roles_towards(operation.tx, ticket, act);
  return roles.contains("decider") || (roles.contains("deputy") && ticket.kind == "change");
}

std::vector<DeskPerson> desk_people(store::Transaction& tx) {
  std::vector<DeskPerson> people;
  for (const auto& row :
       tx.query("select person, department, sees_department from desk_person order by person"))
    people.push_back({row.text(0), row.text(1), row.integer(2) != 0});
  return people;
}

base::Result<DeskPerson> put_desk_person(const Operation& operation, const DeskPerson& wanted) {
  if (const auto may = check_role(operation); !may) return may.error();
  const auto made = DeskPerson{std::string(base::trim(wanted.person)),
                               std::string(base::trim(wanted.department)), wanted.sees_department};
  for (const auto& [text, field] :
       {std::pair(&made.person, "person"), std::pair(&made.department, "department")})
    if (!is_text(*text)) return base::fail(Errc::invalid_argument, "expected 1 to 200 bytes", field);
  operation.tx.execute(
      "insert into desk_person (person, department, sees_department) values ($1, $2, $3) "
      "on conflict (person) do update set department = excluded.department, "
      "sees_department = excluded.sees_department",
      made.person, made.department, made.sees_department);
  return made;
}

base::Result<void> remove_desk_person(const Operation& operation, std::string_view person) {
  const auto known = operation.tx.query_one("select 1 from desk_person where person = $1", person);
  if (!known) return base::fail(Errc::not_found, "no department of " + base::sanitize_utf8(person, 60));
  if (const auto may = check_role(operation); !may) return may;
  operation.tx.execute("delete from desk_person where person = $1", person);
  return {};
}

}  // namespace censo::desk
