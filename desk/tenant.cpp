#include "desk/tenant.h"

#include "base/text.h"
#include "cmdb/tenant.h"
#include "desk/ticket_kind.h"

namespace censo::desk {
namespace {

using base::Errc;

base::Error of_another(const std::string& what, std::string where = {}) {
  return base::fail(Errc::conflict, what + " belongs to another tenant", std::move(where), "OTHER_TENANT");
}

base::Error no_item(const std::string& text, std::string where = {}) {
  return base::fail(Errc::invalid_argument,
                    "no configuration item has the id, name or identifier \"" + text + "\"", std::move(where),
                    "CI_NOT_FOUND");
}

// A ticket of a tenant is told of by tickets of its own alone, and by nobody's.
base::Result<void> check_ticket(const FieldDefinition& field, const Ticket& other, const Ticket& ticket,
                                const Act& act) {
  const auto where = "/fields/" + field.name;
  if (!is_of_tenant(act, other))
    return base::fail(Errc::invalid_argument,
                      field.name + ": expected the number of a ticket, found \"" + other.number + "\"", where,
                      "BAD_VALUE");
  const auto &theirs = other.field("tenant"), &ours = ticket.field("tenant");
  const bool tells = field.name == "duplicate_of" || !ours.empty();
  if (theirs.empty() || theirs == ours || !tells) return {};
  return of_another(other.number, where);
}

}  // namespace

std::string tenant_of_person(store::Transaction& tx, std::string_view person) {
  const auto row = tx.query_one("select tenant from desk_person where person = $1", person);
  return row ? row->text(0) : "";
}

bool is_of_tenant(const Act& act, const Ticket& ticket) {
  return act.tenant.empty() || act.tenant == ticket.field("tenant");
}

bool may_hear(store::Transaction& tx, std::string_view person, const Ticket& ticket) {
  const auto tenant = tenant_of_person(tx, person);
  return tenant.empty() || tenant == ticket.field("tenant");
}

base::Result<std::string> tenant_of_new(store::Transaction& tx, const NewTicket& wanted, const Act& act) {
  const auto given = wanted.fields.find("tenant");
  std::string tenant = given == wanted.fields.end() ? "" : std::string(base::trim(given->second));
  if (!act.tenant.empty() && !tenant.empty() && tenant != act.tenant)
    return base::fail(Errc::permission_denied, "expected a ticket of your own tenant", "/fields/tenant",
                      "ROLE_NEEDED");
  const auto requesters = tenant_of_person(tx, wanted.requester);
  if (tenant.empty()) tenant = act.tenant.empty() ? requesters : act.tenant;
  if (tenant.empty() && act.source == "event" && wanted.affected.size() == 1)
    tenant = cmdb::tenant_of(tx, wanted.affected.front());
  if (!requesters.empty() && requesters != tenant) return of_another("the requester", "requester");
  for (const auto ci : wanted.affected)
    if (const auto fits = check_item(tx, tenant, ci, act); !fits) return fits.error();
  return tenant;
}

base::Result<void> check_item(store::Transaction& tx, std::string_view tenant, cmdb::CiId ci,
                              const Act& act) {
  const auto theirs = cmdb::tenant_of(tx, ci);
  if (!act.tenant.empty() && theirs != act.tenant) return no_item(base::to_text(ci));
  if (tenant.empty() || theirs.empty() || theirs == tenant) return {};
  return of_another("configuration item " + base::to_text(ci));
}

base::Result<void> check_named(store::Transaction& tx, const TicketKind& kind, const FieldValues& given,
                               const Ticket& ticket, const Act& act) {
  for (const auto& [name, value] : given) {
    const auto* field = kind.find_field(name);
    if (!field || value.empty()) continue;
    if (field->type == FieldType::ticket) {
      const auto other = find_ticket(tx, value);
      if (!other) return other.error();
      if (const auto fits = check_ticket(*field, *other, ticket, act); !fits) return fits;
    }
    if (field->type != FieldType::ci) continue;
    const auto id = base::id_from_text(value);
    if (!id) continue;  // none
    if (const auto fits = check_item(tx, ticket.field("tenant"), cmdb::CiId(*id), act); !fits) {
      auto error = fits.error();
      error.where = "/fields/" + name;
      return error;
    }
  }
  return {};
}

base::Result<void> check_items(store::Transaction& tx, const Ticket& ticket, const Act& act) {
  for (const auto& link : links_of(tx, ticket.id))
    if (const auto fits = check_item(tx, ticket.field("tenant"), link.ci, act); !fits) return fits;
  return {};
}

}  // namespace censo::desk
