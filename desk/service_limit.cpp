#include "desk/service_limit.h"

#include "base/text.h"
#include "cmdb/class_catalog.h"
#include "cmdb/impact.h"
#include "cmdb/merge.h"
#include "cmdb/tenant.h"
#include "desk/criticality.h"
#include "desk/desk_role.h"
#include "desk/desk_window.h"
#include "desk/service_level.h"
#include "desk/ticket_kind.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>

namespace censo::desk {
namespace {

using base::Errc;

constexpr std::int64_t most_limits = 500;
constexpr std::int64_t least_critical = 5;  // a service that does not say it

base::Error unfit(std::string message, std::string field) {
  return base::fail(Errc::invalid_argument, std::move(message), std::move(field), "BAD_VALUE");
}

base::Result<void> check_role(const Operation& operation) {
  return needs_role(operation.act.roles, {"desk_manager"}, "limits are written by a desk_manager");
}

ServiceLimit limit_in(const store::Row& row) {
  ServiceLimit one;
  one.name = row.text(0);
  one.kind = row.text(1);
  one.target = row.text(2);
  one.service = cmdb::CiId(row.maybe_integer(3).value_or(0));
  one.service_name = row.text(4);
  one.tenant = row.text(5);
  one.category = row.text(6);
  one.priority = base::parse_integer(row.text(7)).value_or(0);
  one.limit = row.text(8);
  one.calendar = row.text(9);
  one.person = row.text(10);
  one.at = row.integer(11);
  return one;
}

const ServiceTarget* target_of(const TicketKind& kind, std::string_view name) {
  const auto found = std::ranges::find(kind.targets, name, &ServiceTarget::name);
  return found == kind.targets.end() ? nullptr : &*found;
}

std::shared_ptr<const Calendar> calendar_in(const ServiceTarget& target, std::string_view name) {
  for (const auto& limit : target.limits)
    if (limit.calendar->name == name) return limit.calendar;
  return nullptr;
}

std::string calendars_in(const ServiceTarget& target) {
  std::set<std::string> names;
  for (const auto& limit : target.limits) names.insert(limit.calendar->name);
  return base::join(std::vector<std::string>(names.begin(), names.end()), ", ");
}

// A field that the kind does not have is never filled in.
base::Result<void> check_conditions(const TicketKind& kind, const ServiceLimit& one) {
  if (!one.service && one.tenant.empty() && one.category.empty() && one.priority == 0)
    return unfit("expected a service, tenant, category or priority", "service");
  const auto has = [&kind](const char* field) { return kind.find_field(field) != nullptr; };
  if (one.service && !has("service")) return unfit("a " + kind.name + " has no service", "service");
  if (!one.tenant.empty() && !has("tenant")) return unfit("a " + kind.name + " has no tenant", "tenant");
  if (!one.category.empty() && !has("category"))
    return unfit("a " + kind.name + " has no category", "category");
  if (one.priority < 0 || one.priority > 5 || (one.priority > 0 && !kind.priority))
    return unfit("expected a priority from 1 to 5", "priority");
  return {};
}

base::Result<ServiceLimit> checked(const Operation& operation, ServiceLimit one) {
  if (!is_window_name(one.name))
    return unfit("expected a name of lower-case letters, digits, - and _, at most 64 bytes", "name");
  const auto* kind = operation.kinds.find(one.kind);
  if (!kind) return unfit("no kind of ticket \"" + base::sanitize_utf8(one.kind, 40) + "\"", "kind");
  const auto* target = target_of(*kind, one.target);
  if (!target)
    return unfit("a " + kind->name + " has no target \"" + base::sanitize_utf8(one.target, 40) + "\"",
                 "target");
  for (const auto& [text, field] : {std::pair(&one.tenant, "tenant"), std::pair(&one.category, "category")}) {
    *text = base::trim(*text);
    if (text->size() > 200 || *text != base::sanitize_utf8(*text))
      return unfit("expected at most 200 bytes without control characters", field);
  }
  if (const auto fits = check_conditions(*kind, one); !fits) return fits.error();
  const auto calendar = calendar_in(*target, one.calendar);
  if (!calendar) return unfit("expected one of the calendars " + calendars_in(*target), "calendar");
  const auto limit = parse_limit(one.limit, calendar);
  if (!limit) return limit.error();
  return one;
}

// The item that the ticket names as its service, with all that were merged with it.
class ItsService {
 public:
  ItsService(store::Transaction& tx, const Ticket& ticket) {
    const auto id = base::id_from_text(ticket.field("service"));
    if (id) members_ = cmdb::members_of(tx, cmdb::root_of(tx, cmdb::CiId(*id)));
  }
  bool is(cmdb::CiId ci) const { return std::ranges::find(members_, ci) != members_.end(); }

 private:
  std::vector<cmdb::CiId> members_;
};

bool is_taken(store::Transaction& tx, std::string_view name) {
  return tx.query_one("select 1 from service_limit where name = $1", name).has_value();
}

}  // namespace

std::vector<ServiceLimit> service_limits(store::Transaction& tx) {
  std::vector<ServiceLimit> found;
  for (const auto& row : tx.query(
           "select l.name, l.kind, l.target, l.ci_id, coalesce(c.name, ''), l.tenant, l.category, "
           "l.priority, "
           "l.limit_text, l.calendar, l.person, l.at from service_limit l left join ci c on c.id = l.ci_id "
           "order by l.kind, l.target, l.name"))
    found.push_back(limit_in(row));
  return found;
}

base::Result<ServiceLimit> put_service_limit(const Operation& operation, const ServiceLimit& wanted) {
  if (const auto may = check_role(operation); !may) return may.error();
  auto one = checked(operation, wanted);
  if (!one) return one;
  auto& tx = operation.tx;
  if (!is_taken(tx, one->name) &&
      tx.query_one("select count(*) from service_limit")->integer(0) >= most_limits)
    return base::fail(Errc::limit_exceeded, "there are " + std::to_string(most_limits) + " limits");
  one->person = operation.act.actor;
  one->at = operation.act.clock.now();
  const auto service = one->service ? std::optional(one->service.value) : std::nullopt;
  tx.execute(
      "insert into service_limit (name, kind, target, ci_id, tenant, category, priority, limit_text, "
      "calendar, "
      "person, at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (name) do update set "
      "kind = excluded.kind, target = excluded.target, ci_id = excluded.ci_id, tenant = excluded.tenant, "
      "category = excluded.category, priority = excluded.priority, limit_text = excluded.limit_text, "
      "calendar = excluded.calendar, person = excluded.person, at = excluded.at",
      one->name, one->kind, one->target, service, one->tenant, one->category,
      one->priority > 0 ? std::to_string(one->priority) : "", one->limit, one->calendar, one->person,
      one->at);
  return one;
}

base::Result<void> remove_service_limit(const Operation& operation, std::string_view name) {
  if (!is_taken(operation.tx, name))
    return base::fail(Errc::not_found, "no limit \"" + base::sanitize_utf8(name, 64) + "\"");
  if (const auto may = check_role(operation); !may) return may;
  operation.tx.execute("delete from service_limit where name = $1", name);
  return {};
}

std::map<std::string, std::vector<TargetLimit>, std::less<>> limits_besides(store::Transaction& tx,
                                                                            const TicketKind& kind,
                                                                            const Ticket& ticket) {
  std::map<std::string, std::vector<TargetLimit>, std::less<>> found;
  const ItsService service(tx, ticket);
  for (const auto& row :
       tx.query("select name, kind, target, ci_id, '', tenant, category, priority, "
                "limit_text, calendar, person, at from service_limit where kind = $1"
                " and tenant in ('', $2) and category in ('', $3) and priority in ('', $4) order by name",
                kind.name, ticket.field("tenant"), ticket.field("category"), ticket.field("priority"))) {
    const auto one = limit_in(row);
    if (one.service && !service.is(one.service)) continue;
    const auto* target = target_of(kind, one.target);
    const auto calendar = target ? calendar_in(*target, one.calendar) : nullptr;
    auto limit = calendar ? parse_limit(one.limit, calendar) : base::Result<TargetLimit>(TargetLimit());
    if (!calendar || !limit) continue;
    if (one.service) limit->when["service"] = {ticket.field("service")};
    if (!one.tenant.empty()) limit->when["tenant"] = {one.tenant};
    if (!one.category.empty()) limit->when["category"] = {one.category};
    if (one.priority > 0) limit->when["priority"] = {std::to_string(one.priority)};
    found[one.target].push_back(std::move(*limit));
  }
  return found;
}

std::string service_in(store::Transaction& tx, const cmdb::ClassCatalog& catalog,
                       const cmdb::Impact& harmed) {
  if (harmed.failed.empty()) return {};
  const auto tenant = cmdb::tenant_of(tx, harmed.failed.front().id);
  const auto is_service = [&](const cmdb::ImpactedCi& item) {
    return (catalog.is_a(item.class_name, "business_service") ||
            catalog.is_a(item.class_name, "technical_service")) &&
           cmdb::tenant_of(tx, item.id) == tenant;
  };
  for (const auto& item : harmed.failed)
    if (is_service(item)) return base::to_text(item.id);
  std::int64_t worst = 0;
  std::string found;
  for (const auto& item : harmed.items) {
    if (item.verdict != cmdb::Verdict::down || !is_service(item)) continue;
    const auto criticality = criticality_of(tx, item.id).value_or(least_critical);
    if (!found.empty() && criticality >= worst) continue;
    worst = criticality;
    found = base::to_text(item.id);
  }
  return found;
}

}  // namespace censo::desk
