#include "desk/sight.h"

#include "base/text.h"
#include "desk/change.h"
#include "desk/deputy.h"
#include "desk/desk_role.h"
#include "desk/tenant.h"
#include "desk/ticket.h"
#include "desk/ticket_store.h"
#include "desk/transition.h"

#include <algorithm>

namespace censo::desk {
namespace {

using base::Errc;

base::Result<void> check_role(const Operation& operation) {
  return needs_role(operation.act.roles, {"desk_manager"},
                    "people's departments are written by a desk_manager");
}

bool is_text(std::string_view text) {
  return !base::trim(text).empty() && text.size() <= 200 && base::is_valid_utf8(text);
}

base::Result<void> check_texts(const DeskPerson& one) {
  const auto unfit = [](const char* field) {
    return base::fail(Errc::invalid_argument, "expected 1 to 200 bytes", field);
  };
  if (!is_text(one.person)) return unfit("/person");
  if (!one.department.empty() && !is_text(one.department)) return unfit("/department");
  if (!one.tenant.empty() && (!is_text(one.tenant) || one.tenant.size() > 128)) return unfit("/tenant");
  if (one.department.empty() && one.sees_department) return unfit("/department");
  return {};
}

// Who may take somebody out of his tenant may let him see everything.
base::Result<void> check_tenant_role(const Operation& operation, const DeskPerson& wanted) {
  if (tenant_of_person(operation.tx, wanted.person) == wanted.tenant) return {};
  return needs_role(operation.act.roles, {"admin"}, "people's tenants are written by an admin", "tenant");
}

// Of those who see their department's tickets.
std::string department_seen_by(store::Transaction& tx, std::string_view person) {
  const auto row =
      tx.query_one("select department from desk_person where person = $1 and sees_department = 1", person);
  return row ? row->text(0) : "";
}

// None: he is no supplier's contact.
std::vector<std::string> supplier_names(store::Transaction& tx, const Act& act) {
  if (std::ranges::find(act.roles, "supplier") == act.roles.end()) return {};
  std::vector<std::string> names{std::string(act.actor)};
  const auto department = find_desk_person(tx, act.actor).department;
  if (!department.empty()) names.push_back(department);
  return names;
}

// For somebody who named him his deputy and was granted a role that this change's approvals name.
bool votes_as_deputy(const Operation& operation, const Ticket& ticket) {
  if (ticket.kind != "change" || ticket.state != "authorise") return false;
  const auto wanted = votes_of(operation, ticket).roles;
  const auto& act = operation.act;
  return std::ranges::any_of(
      stands_in_for(operation.tx, act.actor, act.clock.now()), [&](const std::string& person) {
        return std::ranges::any_of(
            roles_of(operation.tx, person, Standing::reader),
            [&](const std::string& role) { return std::ranges::find(wanted, role) != wanted.end(); });
      });
}

}  // namespace

bool is_handed_to(store::Transaction& tx, const Act& act, const Ticket& ticket) {
  const auto& supplier = ticket.field("supplier");
  const auto names = supplier_names(tx, act);
  return !supplier.empty() && std::ranges::find(names, supplier) != names.end();
}

Sight sight_of(store::Transaction& tx, const Act& act) {
  const std::string person(act.actor);
  if (is_of_desk(act.roles)) return {true, person, {}, {}, {}, act.tenant, {}};
  return {false,
          person,
          department_seen_by(tx, person),
          supplier_names(tx, act),
          stands_in_for(tx, person, act.clock.now()),
          act.tenant,
          {}};
}

Sight sight_of(const Operation& operation) {
  auto sight = sight_of(operation.tx, operation.act);
  if (sight.everything || sight.stands_in_for.empty()) return sight;
  const auto sql = tickets_where("state = 'authorise' and kind = 'change' order by id desc limit 1000");
  for (const auto& row : operation.tx.query(sql)) {
    const auto change = ticket_of(row);
    if (votes_as_deputy(operation, change)) sight.votes_on.push_back(change.id.value);
  }
  return sight;
}

bool is_in_sight(store::Transaction& tx, const Sight& sight, const Ticket& ticket) {
  if (!sight.tenant.empty() && sight.tenant != ticket.field("tenant")) return false;
  if (sight.everything || sight.person == ticket.requester || sight.person == ticket.field("assignee"))
    return true;
  const auto& supplier = ticket.field("supplier");
  if (!supplier.empty() && std::ranges::find(sight.supplies_as, supplier) != sight.supplies_as.end())
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
  if (!is_of_tenant(act, ticket)) return false;
  if (is_in_sight(operation.tx, sight_of(operation.tx, act), ticket)) return true;
  return roles_towards(operation.tx, ticket, act).contains("decider") || votes_as_deputy(operation, ticket);
}

std::vector<DeskPerson> desk_people(store::Transaction& tx) {
  std::vector<DeskPerson> people;
  for (const auto& row :
       tx.query("select person, department, sees_department, vip, tenant from desk_person order by person"))
    people.push_back({row.text(0), row.text(1), row.integer(2) != 0, row.integer(3) != 0, row.text(4)});
  return people;
}

DeskPerson find_desk_person(store::Transaction& tx, std::string_view person) {
  const auto row =
      tx.query_one("select department, sees_department, vip, tenant from desk_person where person = $1",
                   base::trim(person));
  if (!row) return {std::string(person), {}};
  return {std::string(person), row->text(0), row->integer(1) != 0, row->integer(2) != 0, row->text(3)};
}

base::Result<DeskPerson> put_desk_person(const Operation& operation, const DeskPerson& wanted) {
  if (const auto may = check_role(operation); !may) return may.error();
  const auto made =
      DeskPerson{std::string(base::trim(wanted.person)), std::string(base::trim(wanted.department)),
                 wanted.sees_department, wanted.vip, std::string(base::trim(wanted.tenant))};
  if (const auto fits = check_texts(made); !fits) return fits.error();
  if (const auto may = check_tenant_role(operation, made); !may) return may.error();
  operation.tx.execute(
      "insert into desk_person (person, department, sees_department, vip, tenant) values ($1, $2, $3, $4, "
      "$5) "
      "on conflict (person) do update set department = excluded.department, "
      "sees_department = excluded.sees_department, vip = excluded.vip, tenant = excluded.tenant",
      made.person, made.department, made.sees_department, made.vip, made.tenant);
  return made;
}

base::Result<void> remove_desk_person(const Operation& operation, std::string_view person) {
  const auto known = operation.tx.query_one("select 1 from desk_person where person = $1", person);
  if (!known) return base::fail(Errc::not_found, "no department of " + base::sanitize_utf8(person, 60));
  if (const auto may = check_role(operation); !may) return may;
  if (const auto may = check_tenant_role(operation, {std::string(person), {}}); !may) return may;
  operation.tx.execute("delete from desk_person where person = $1", person);
  return {};
}

}  // namespace censo::desk
