#include "desk/ticket_fields.h"

#include "base/text.h"
#include "cmdb/class_catalog.h"
#include "cmdb/impact.h"
#include "cmdb/tenant.h"
#include "desk/criticality.h"
#include "desk/service_limit.h"

#include <algorithm>

namespace censo::desk {
namespace {

using base::Errc;

constexpr std::size_t longest_reason = 4'000;
constexpr int deepest_parent = 50;
constexpr std::size_t looked_at = 200;  // items of the impact, while the writer waits

base::Error unfit(const FieldDefinition& field, const std::string& expected, std::string_view found) {
  return base::fail(
      Errc::invalid_argument,
      field.name + ": expected " + expected + ", found \"" + base::sanitize_utf8(found, 60) + "\"",
      "/fields/" + field.name, "BAD_VALUE");
}

base::Result<std::string> checked_text(const std::string& name, std::size_t max_bytes,
                                       std::string_view value) {
  const auto is_control = [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' && c != '\r') || c == 0x7F;
  };
  if (std::any_of(value.begin(), value.end(), is_control)) {
    return base::fail(Errc::invalid_argument, name + ": expected no control characters", "/fields/" + name,
                      "BAD_VALUE");
  }
  if (value.size() <= max_bytes && base::is_valid_utf8(value)) return std::string(value);
  return base::fail(Errc::invalid_argument,
                    name + ": expected at most " + std::to_string(max_bytes) + " bytes of UTF-8",
                    "/fields/" + name, "FIELD_TOO_LONG");
}

base::Result<std::string> checked_integer(const FieldDefinition& field, std::string_view value) {
  const auto number = base::parse_integer(value);
  if (number && *number >= field.min && *number <= field.max) return std::to_string(*number);
  return unfit(field, std::to_string(field.min) + " to " + std::to_string(field.max), value);
}

base::Result<std::string> checked_item(store::Transaction& tx, const FieldDefinition& field,
                                       std::string_view value, std::string_view tenant) {
  if (base::equal_ignoring_case(value, "none")) return std::string("none");
  const auto item = cmdb::resolve_ci_of(tx, tenant, value);
  if (item) return base::to_text(item->id);
  return base::fail(Errc::invalid_argument, field.name + ": " + item.error().message, "/fields/" + field.name,
                    item.error().code == Errc::conflict ? "CI_AMBIGUOUS" : "CI_NOT_FOUND");
}

// What a critical service, a service and all else count for.
int impact_of(store::Transaction& tx, const cmdb::ClassCatalog& catalog, cmdb::CiId ci,
              std::string_view class_name) {
  if (catalog.is_a(class_name, "organization") || catalog.is_a(class_name, "site")) return 1;
  if (catalog.is_a(class_name, "team")) return 2;
  if (!catalog.is_a(class_name, "service")) return 3;
  return criticality_of(tx, ci) == 1 ? 1 : 2;
}

}  // namespace

base::Result<std::string> checked_value(store::Transaction& tx, const FieldDefinition& field,
                                        std::string_view given, std::string_view tenant) {
  const auto value = base::trim(given);
  if (value.empty()) return std::string();
  switch (field.type) {
    case FieldType::text: return checked_text(field.name, field.max_bytes, value);
    case FieldType::integer: return checked_integer(field, value);
    case FieldType::ci: return checked_item(tx, field, value, tenant);
    case FieldType::choice:
      if (std::find(field.values.begin(), field.values.end(), value) != field.values.end())
        return std::string(value);
      return unfit(field, "one of " + base::join(field.values, ", "), value);
    case FieldType::time: {
      const auto time = base::parse_iso8601(value);
      if (!time) return unfit(field, "a time such as 2026-10-01T12:00Z", value);
      return base::to_iso8601(*time);
    }
    case FieldType::ticket: {
      const auto ticket = find_ticket(tx, value);
      if (!ticket) return unfit(field, "the number of a ticket", value);
      return ticket->number;
    }
  }
  return std::string();
}

base::Result<FieldValues> checked_values(store::Transaction& tx, const TicketKind& kind,
                                         const FieldValues& given, std::string_view tenant) {
  FieldValues values;
  for (const auto& [name, value] : given) {
    const bool free = name == reason_field || name == message_field;
    const auto* field = kind.find_field(name);
    if (!field && !free) {
      return base::fail(Errc::invalid_argument,
                        "no field \"" + base::sanitize_utf8(name, 60) + "\" in a ticket of kind " + kind.name,
                        "/fields/" + base::sanitize_utf8(name, 60), "UNKNOWN_FIELD");
    }
    auto checked = free ? checked_text(name, longest_reason, base::trim(value))
                        : checked_value(tx, *field, value, tenant);
    if (!checked) return checked.error();
    values[name] = std::move(*checked);
  }
  return values;
}

base::Result<FieldValues> opening_fields(store::Transaction& tx, const TicketKind& kind,
                                         const FieldValues& given, std::string_view tenant) {
  auto values = checked_values(tx, kind, given, tenant);
  if (!values) return values.error();
  FieldValues fields;
  for (const auto& field : kind.fields)
    if (!field.otherwise.empty()) fields[field.name] = field.otherwise;
  for (const auto& [name, value] : *values) {
    const auto* field = kind.find_field(name);
    if (field && (field->edit || field->open)) continue;
    return base::fail(Errc::invalid_argument, name + ": not given when a ticket is opened", "/fields/" + name,
                      "UNKNOWN_FIELD");
  }
  put_fields(fields, *values);
  set_priority(kind, fields);
  return fields;
}

void put_fields(FieldValues& fields, const FieldValues& values) {
  for (const auto& [name, value] : values) {
    if (name == reason_field || name == message_field) continue;
    if (value.empty())
      fields.erase(name);
    else
      fields[name] = value;
  }
}

void set_priority(const TicketKind& kind, FieldValues& fields) {
  const auto number = [&fields](std::string_view name) {
    const auto found = fields.find(name);
    return found == fields.end() ? 0 : base::parse_integer(found->second).value_or(0);
  };
  if (!kind.priority || fields.contains("priority_by")) return;
  const auto impact = number("impact"), urgency = number("urgency");
  if (impact == 0 || urgency == 0) {
    fields.erase("priority");
    return;
  }
  const auto row = static_cast<std::size_t>(impact - 1), column = static_cast<std::size_t>(urgency - 1);
  fields["priority"] = std::to_string(kind.priority->at(row).at(column));
}

base::Result<void> check_parent(store::Transaction& tx, const Ticket& ticket, const std::string& parent) {
  std::string above = parent;
  for (int step = 0; !above.empty(); ++step) {
    if (above == ticket.number || step == deepest_parent) {
      return base::fail(Errc::conflict, parent + " is " + ticket.number + " itself or stands below it",
                        "/fields/parent", "CYCLE");
    }
    const auto row = tx.query_one("select parent from ticket where number = $1", above);
    above = row ? row->text(0) : "";
  }
  return {};
}

OpeningDefaults opening_defaults(store::Transaction& tx, const cmdb::ImpactSource& source,
                                 const std::vector<cmdb::CiId>& cis, base::TimeMs now) {
  if (cis.empty()) return {};
  cmdb::ImpactQuestion question;
  question.failed = cis;
  question.limits.max_items = looked_at;
  question.at = now;  // so it is read from the tables: the graph must not see what is not committed
  const auto harmed = cmdb::impact(tx, source, question);
  int worst = harmed.items.size() + cis.size() >= 10 ? 2 : 3;
  for (const auto& item : harmed.failed)
    worst = std::min(worst, impact_of(tx, source.catalog, item.id, item.class_name));
  for (const auto& item : harmed.items)
    worst = std::min(worst, impact_of(tx, source.catalog, item.id, item.class_name));
  return {std::to_string(worst), service_in(tx, source.catalog, harmed)};
}

void give_defaults(const Operation& operation, NewTicket& ticket) {
  const auto* kind = operation.kinds.find(ticket.kind);
  if (!kind || !operation.impact) return;
  const bool wants_impact = kind->priority && !ticket.fields.contains("impact");
  const bool wants_service = kind->find_field("service") && !ticket.fields.contains("service");
  if (!wants_impact && !wants_service) return;
  auto defaults =
      opening_defaults(operation.tx, *operation.impact, ticket.affected, operation.act.clock.now());
  if (wants_impact && !defaults.impact.empty()) ticket.fields["impact"] = std::move(defaults.impact);
  if (wants_service && !defaults.service.empty()) ticket.fields["service"] = std::move(defaults.service);
}

std::string default_impact(store::Transaction& tx, const cmdb::ImpactSource& source,
                           const std::vector<cmdb::CiId>& cis, base::TimeMs now) {
  return opening_defaults(tx, source, cis, now).impact;
}

}  // namespace censo::desk
