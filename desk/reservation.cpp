#include "desk/reservation.h"

#include "base/text.h"
#include "cmdb/class_catalog.h"
#include "cmdb/impact.h"
#include "cmdb/item_query.h"
#include "cmdb/merge.h"
#include "cmdb/tenant.h"
#include "desk/desk_role.h"
#include "desk/desk_window.h"
#include "desk/guards.h"
#include "desk/request_item.h"
#include "desk/tenant.h"
#include "desk/ticket_note.h"
#include "desk/ticket_store.h"

#include <algorithm>
#include <optional>

namespace censo::desk {
namespace {

using base::Errc;

constexpr std::size_t most_looked_at = 5'000;  // of one class in stock

bool is_licence(const Operation& operation, std::string_view class_name) {
  return operation.impact && operation.impact->catalog.is_a(class_name, "licence");
}

// Who asks, as far as what he holds himself is not in his way.
struct Asker {
  TicketId ticket;
  std::string_view name;
};

// With what was merged into it.
std::int64_t held(store::Transaction& tx, cmdb::CiId root, const Asker& but) {
  std::int64_t sum = 0;
  for (const auto member : cmdb::members_of(tx, root))
    sum += tx.query_one(
                 "select count(*) from reservation where ci_id = $1 and ended_at = 0 and not (ticket_id = $2 "
                 "and name = $3)",
                 member.value, but.ticket.value, but.name)
               ->integer(0);
  return sum;
}

// Entitlements that nobody is covered by or holds.
bool has_entitlement(store::Transaction& tx, cmdb::CiId ci, const Asker& asker) {
  const auto row =
      tx.query_one("select coalesce(attributes ->> 'entitlements', '0') from ci where id = $1", ci.value);
  const auto* number = std::get_if<std::int64_t>(&row->cell(0));
  const auto all = number ? *number : base::parse_integer(row->text(0)).value_or(0);
  const auto covered = tx.query_one(
      "select count(distinct from_ci) from relationship where to_ci = $1 and type = 'covered_by' "
      "and ended_at is null",
      ci.value);
  return covered->integer(0) + held(tx, ci, asker) < all;
}

bool is_in_stock(store::Transaction& tx, cmdb::CiId ci, const Asker& asker) {
  const auto row = tx.query_one(
      "select stage, coalesce(attributes ->> 'lifecycle_status', '') from ci where id = $1", ci.value);
  if (!row || row->text(0) != "stock") return false;
  const auto status = row->text(1);
  return status != "reserved" && status != "in_repair" && held(tx, ci, asker) == 0;
}

bool is_free(const Operation& operation, cmdb::CiId ci, std::string_view class_name, const Asker& asker) {
  return is_licence(operation, class_name) ? has_entitlement(operation.tx, ci, asker)
                                           : is_in_stock(operation.tx, ci, asker);
}

void tell(const Operation& operation, const Ticket& request, const char* event, const Reservation& one) {
  auto entry = entry_of(request, event, operation.act);
  FieldValues after{{"reservation", one.name}};
  // Rule 75: a tenant reads the history of its tickets, and what is shared is not told by name.
  const auto& tenant = request.field("tenant");
  if (tenant.empty() || cmdb::tenant_of(operation.tx, one.ci) == tenant) {
    after["ci"] = base::to_text(one.ci);
    entry.reason = one.ci_name;
  }
  entry.after = fields_to_json(after);
  add_history(operation.tx, request, entry, operation.act.clock);
}

void keep(const Operation& operation, const Ticket& request, const Reservation& one) {
  operation.tx.execute(
      "insert into reservation (ticket_id, name, ci_id, person, at, ended_at, outcome) "
      "values ($1, $2, $3, $4, $5, 0, '') on conflict (ticket_id, name) do update set ci_id = "
      "excluded.ci_id, "
      "person = excluded.person, at = excluded.at, ended_at = 0, outcome = ''",
      request.id.value, one.name, one.ci.value, operation.act.actor, operation.act.clock.now());
  tell(operation, request, "reserve", one);
}

void end(const Operation& operation, const Ticket& request, const Reservation& one, const char* outcome) {
  operation.tx.execute(
      "update reservation set ended_at = $3, outcome = $4 where ticket_id = $1 and name = $2",
      request.id.value, one.name, operation.act.clock.now(), outcome);
  tell(operation, request, outcome, one);
}

// The first by name that is free, fits and may be the request's.
class Stock {
 public:
  Stock(const Operation& operation, const Ticket& request) : operation_(operation), request_(request) {}

  std::optional<Reservation> find(const ReservedItem& wanted) const {
    const auto& catalog = operation_.impact->catalog;
    const auto parsed = cmdb::parse_query(wanted.query);
    if (!parsed) return {};
    const auto query = cmdb::bind_query(catalog, *parsed, operation_.act.clock.now());
    if (!query) return {};
    for (const auto* one : catalog.classes()) {
      if (one->abstract || !catalog.is_a(one->name, wanted.class_name)) continue;
      if (auto found = first_of(one->name, *query, wanted.name)) {
        return found;
      }
    }
    return {};
  }

 private:
  // Licences are few; of all else those in stock, along an index.
  std::vector<store::Row> candidates(const std::string& class_name) const {
    if (is_licence(operation_, class_name))
      return operation_.tx.query(
          "select id, name from ci where class = $1 and stage <> 'retired' and merged_into is null "
          "order by name, id limit $2",
          class_name, static_cast<std::int64_t>(most_looked_at));
    return operation_.tx.query(
        "select id, name from ci where class = $1 and stage = 'stock' and merged_into is null "
        "order by name, id limit $2",
        class_name, static_cast<std::int64_t>(most_looked_at));
  }

  std::optional<Reservation> first_of(const std::string& class_name, const cmdb::BoundQuery& query,
                                      const std::string& name) const {
    for (const auto& row : candidates(class_name)) {
      const cmdb::CiId ci(row.integer(0));
      if (!is_free(operation_, ci, class_name, {request_.id, name})) continue;
      if (!cmdb::fits_item(operation_.tx, query, ci)) continue;
      const auto theirs = cmdb::tenant_of(operation_.tx, ci);
      if (!theirs.empty() && theirs != request_.field("tenant")) continue;
      if (!check_item(operation_.tx, request_.field("tenant"), ci, operation_.act)) continue;
      Reservation found;
      found.name = name;
      found.ci = ci;
      found.ci_name = row.text(1);
      return found;
    }
    return {};
  }

  const Operation& operation_;
  const Ticket& request_;
};

base::Result<void> check_desk_role(const Operation& operation) {
  return needs_role(operation.act.roles, {"desk_agent", "specialist", "desk_manager"},
                    "what a request holds is the desk's to say");
}

}  // namespace

std::vector<Reservation> reservations_of(store::Transaction& tx, TicketId ticket) {
  std::vector<Reservation> found;
  for (const auto& row :
       tx.query("select name, ci_id, person, at, ended_at, outcome from reservation where ticket_id = $1 "
                "order by name",
                ticket.value)) {
    Reservation one;
    one.name = row.text(0);
    one.ci = cmdb::root_of(tx, cmdb::CiId(row.integer(1)));
    one.person = row.text(2);
    one.at = row.integer(3);
    one.ended_at = row.integer(4);
    one.outcome = row.text(5);
    const auto item = tx.query_one("select class, name from ci where id = $1", one.ci.value);
    one.class_name = item->text(0);
    one.ci_name = item->text(1);
    found.push_back(std::move(one));
  }
  return found;
}

base::Result<void> reserve_items(const Operation& operation, const Ticket& request) {
  const auto* item = RequestItems::built_in().find(request.field("item"));
  if (!item || !operation.impact) return {};
  return reserve_what_is_asked(operation, request, item->reserves);
}

base::Result<void> reserve_what_is_asked(const Operation& operation, const Ticket& request,
                                         const std::vector<ReservedItem>& wanted) {
  const auto known = reservations_of(operation.tx, request.id);
  for (const auto& one : wanted) {
    const bool is_held = std::ranges::any_of(
        known, [&](const Reservation& held) { return held.name == one.name && held.ended_at == 0; });
    if (is_held) continue;
    const auto found = Stock(operation, request).find(one);
    if (found) {
      keep(operation, request, *found);
      continue;
    }
    const auto told = "nothing is free of " + one.name + " (" + one.class_name +
                      (one.query.empty() ? "" : ": " + one.query) + ")";
    if (one.needed) return in_the_way(told, "NOT_IN_STOCK");
    keep_note(operation, request, {NoteKind::internal, told, 0});
  }
  return {};
}

base::Result<void> reserve(const Operation& operation, const Ticket& request, std::string_view name,
                           cmdb::CiId ci) {
  if (const auto may = check_desk_role(operation); !may) return may;
  if (!is_window_name(name))
    return base::fail(Errc::invalid_argument, "expected a name of lower-case letters, digits, - and _",
                      "name");
  const auto& state = request.state;
  if (request.kind != "request" || (state != "approved" && state != "in_fulfilment" && state != "on_hold"))
    return in_the_way(
        request.number + " is " + state + ": a request holds something from approval to fulfilment",
        "NOT_ALLOWED_NOW");
  const auto item = cmdb::find_ci(operation.tx, ci);
  if (!item) return item.error();
  if (const auto fits = check_item(operation.tx, request.field("tenant"), item->id, operation.act); !fits)
    return fits;
  if (!is_free(operation, item->id, item->class_name, {request.id, name}))
    return in_the_way(item->name + " is not free: not in stock, in repair or held already", "NOT_IN_STOCK");
  Reservation one;
  one.name = name;
  one.ci = item->id;
  one.ci_name = item->name;
  keep(operation, request, one);
  return {};
}

base::Result<void> release(const Operation& operation, const Ticket& request, std::string_view name) {
  for (const auto& one : reservations_of(operation.tx, request.id)) {
    if (one.name != name || one.ended_at != 0) continue;
    if (const auto may = check_desk_role(operation); !may) return may;
    end(operation, request, one, "released");
    return {};
  }
  return base::fail(Errc::not_found, request.number + " holds no \"" + base::sanitize_utf8(name, 64) + "\"");
}

namespace {

void end_all(const Operation& operation, const Ticket& request, const char* outcome) {
  for (const auto& one : reservations_of(operation.tx, request.id))
    if (one.ended_at == 0) end(operation, request, one, outcome);
}

}  // namespace

base::Result<void> use_reservations(const Operation& operation, const Ticket& request) {
  end_all(operation, request, "used");
  return {};
}

base::Result<void> release_reservations(const Operation& operation, const Ticket& request) {
  end_all(operation, request, "released");
  return {};
}

}  // namespace censo::desk
