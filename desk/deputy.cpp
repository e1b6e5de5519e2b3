#include "desk/deputy.h"

#include "base/text.h"
#include "desk/desk_role.h"

#include <algorithm>

namespace censo::desk {
namespace {

using base::Errc;

constexpr base::TimeMs longest_ms = base::TimeMs{366} * 24 * 60 * 60 * 1'000;

Deputy deputy_in(const store::Row& row) {
  return {row.text(0), row.text(1), row.integer(2), row.integer(3), row.text(4), row.integer(5)};
}

bool is_person(std::string_view name) {
  return !name.empty() && name.size() <= 200 && base::is_valid_utf8(name) && name.find(',') == name.npos;
}

base::Result<void> check_role(const Operation& operation, std::string_view person) {
  if (person == operation.act.actor) return {};
  return needs_role(operation.act.roles, {"desk_manager"},
                    "each names his own deputy; a desk_manager names anybody's");
}

base::Result<void> check_time(const Deputy& wanted, base::TimeMs now) {
  if (wanted.from == 0 && wanted.until == 0) return {};
  const bool in_order = wanted.from != 0 && wanted.from < wanted.until && now < wanted.until;
  if (in_order && wanted.until - wanted.from <= longest_ms) return {};
  return base::fail(Errc::invalid_argument,
                    "expected a beginning and an end that is still to come, at most a year apart", "until");
}

}  // namespace

std::vector<Deputy> deputies(store::Transaction& tx) {
  std::vector<Deputy> found;
  for (const auto& row :
       tx.query("select person, deputy, from_at, until_at, named_by, at from desk_deputy order by person"))
    found.push_back(deputy_in(row));
  return found;
}

std::optional<Deputy> deputy_of(store::Transaction& tx, std::string_view person) {
  const auto row = tx.query_one(
      "select person, deputy, from_at, until_at, named_by, at from desk_deputy where person = $1", person);
  if (!row) return {};
  return deputy_in(*row);
}

base::Result<Deputy> name_deputy(const Operation& operation, const Deputy& wanted) {
  auto made = wanted;
  made.person = base::trim(wanted.person);
  made.deputy = base::trim(wanted.deputy);
  if (const auto may = check_role(operation, made.person); !may) return may.error();
  for (const auto* name : {&made.person, &made.deputy})
    if (!is_person(*name))
      return base::fail(Errc::invalid_argument, "expected a name of 1 to 200 bytes without a comma",
                        "deputy");
  if (made.person == made.deputy)
    return base::fail(Errc::invalid_argument, "nobody is his own deputy", "deputy");
  made.named_by = operation.act.actor;
  made.at = operation.act.clock.now();
  if (const auto checked = check_time(made, made.at); !checked) return checked.error();
  operation.tx.execute(
      "insert into desk_deputy (person, deputy, from_at, until_at, named_by, at) values ($1, $2, $3, $4, $5, "
      "$6) on conflict (person) do update set deputy = excluded.deputy, from_at = excluded.from_at, until_at "
      "= excluded.until_at, named_by = excluded.named_by, at = excluded.at",
      made.person, made.deputy, made.from, made.until, made.named_by, made.at);
  return made;
}

base::Result<void> remove_deputy(const Operation& operation, std::string_view person) {
  if (!deputy_of(operation.tx, person))
    return base::fail(Errc::not_found, "\"" + base::sanitize_utf8(person, 60) + "\" has no deputy");
  if (const auto may = check_role(operation, person); !may) return may;
  operation.tx.execute("delete from desk_deputy where person = $1", person);
  return {};
}

bool decides_at_once(const Deputy& deputy, base::TimeMs now) {
  return deputy.from != 0 && deputy.from <= now && now < deputy.until;
}

std::vector<std::string> stands_in_for(store::Transaction& tx, std::string_view deputy, base::TimeMs now) {
  std::vector<std::string> people;
  for (const auto& row :
       tx.query("select person, deputy, from_at, until_at, named_by, at from desk_deputy where deputy = $1 "
                "order by person",
                deputy)) {
    if (decides_at_once(deputy_in(row), now)) people.push_back(row.text(0));
  }
  return people;
}

}  // namespace censo::desk
