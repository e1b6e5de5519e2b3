#include "desk/service_level.h"

#include "base/text.h"
#include "cmdb/history_rules.h"
#include "cmdb/schema_file.h"
#include "desk/ticket_kind.h"
#include "desk/transition.h"

#include <algorithm>
#include <set>
#include <string>
#include <tuple>
#include <utility>

namespace censo::desk {
namespace {

using cmdb::SchemaFile;
using cmdb::SchemaMapping;

constexpr base::TimeMs longest_limit_ms = base::TimeMs{90} * 24 * 60 * 60 * 1'000;
constexpr std::int64_t longest_limit_days = 90, highest_percent = 1'000;

// What a kind's targets are read with.
struct Reading {
  SchemaFile& file;
  const TicketKind& kind;
  const Calendars& calendars;
};

FieldsByValue read_when(const Reading& reading, const base::YamlValue& node) {
  FieldsByValue when;
  if (node.kind != base::YamlValue::Kind::mapping) reading.file.refuse(node, "expected a mapping");
  for (const auto& [name, values] : node.mapping) {
    const auto* field = reading.kind.find_field(name);
    if (!field) reading.file.refuse(values, "no field \"" + name + "\"");
    if (values.sequence.empty()) reading.file.refuse(values, "expected a list of values");
    for (const auto& value : values.sequence) {
      const bool known = !field || field->values.empty() ||
                         std::count(field->values.begin(), field->values.end(), value.scalar) == 1;
      if (!known) reading.file.refuse(value, "no value \"" + value.scalar + "\" of " + name);
      when[name].push_back(value.scalar);
    }
  }
  return when;
}

std::vector<std::string> read_states(const Reading& reading, SchemaMapping& mapping, std::string_view key) {
  auto states = mapping.optional_names(key);
  for (const auto& state : states)
    if (!reading.kind.find_state(state)) mapping.refuse(key, "no state \"" + state + "\"");
  return states;
}

std::vector<TargetCondition> read_conditions(const Reading& reading, SchemaMapping& target,
                                             std::string_view key) {
  std::vector<TargetCondition> conditions;
  for (const auto* node : target.optional_sequence(key)) {
    SchemaMapping mapping(reading.file, *node, {"states", "when"});
    auto& one = conditions.emplace_back();
    one.states = read_states(reading, mapping, "states");
    if (const auto* when = node->find("when")) one.when = read_when(reading, *when);
    if (one.states.empty() && one.when.empty()) mapping.refuse("expected states or when");
  }
  return conditions;
}

// "3d" is three working days, all else is open time.
bool set_length(std::string_view text, TargetLimit& limit) {
  limit.text = text;
  if (text.ends_with('d')) {
    limit.days = base::parse_integer(text.substr(0, text.size() - 1)).value_or(0);
  } else if (const auto length = cmdb::parse_length(text); length && *length) {
    limit.open_ms = **length;
  }
  return limit.days > 0 ? limit.days <= longest_limit_days
                        : limit.open_ms > 0 && limit.open_ms <= longest_limit_ms;
}

bool ends(const TargetLimit& limit) {
  return limit.days > 0 ? close_of_day_after(*limit.calendar, 0, limit.days).has_value()
                        : time_after(*limit.calendar, 0, limit.open_ms).has_value();
}

constexpr std::string_view expected_length = "expected a length such as 4h or 3d, of at most 90 days";

TargetLimit read_limit(const Reading& reading, const base::YamlValue& node) {
  SchemaMapping mapping(reading.file, node, {"when", "limit", "calendar"});
  TargetLimit limit;
  if (const auto* when = node.find("when")) limit.when = read_when(reading, *when);
  if (!set_length(mapping.text("limit"), limit)) mapping.refuse("limit", std::string(expected_length));
  const auto name = mapping.name("calendar");
  const auto calendar = reading.calendars.find(name);
  if (calendar == reading.calendars.end()) {
    mapping.refuse("calendar", "no calendar \"" + name + "\"");
    return limit;
  }
  limit.calendar = calendar->second;
  if (!ends(limit)) mapping.refuse("limit", "it is not over within twenty years of " + name);
  return limit;
}

EscalationStep read_step(const Reading& reading, const base::YamlValue& node) {
  SchemaMapping mapping(reading.file, node, {"at", "notify", "reassign", "raise"});
  EscalationStep step;
  step.percent = mapping.count("at", 1, highest_percent);  // of the limit
  step.notify = mapping.optional_name("notify");
  const bool known = is_desk_role(step.notify) || reading.kind.find_field(step.notify);
  if (!step.notify.empty() && step.notify != "assignee" && !known)
    mapping.refuse("notify", "no role or field \"" + step.notify + "\"");
  step.group = mapping.optional_text("reassign");
  step.raise = mapping.flag("raise");
  if (!step.group.empty() && !reading.kind.find_field("group"))
    mapping.refuse("reassign", "the kind has no field \"group\"");
  if (step.raise && !reading.kind.priority) mapping.refuse("raise", "the kind has no priority");
  if (step.notify.empty() && step.group.empty() && !step.raise)
    mapping.refuse("expected notify, reassign or raise");
  return step;
}

ServiceTarget read_target(const Reading& reading, const std::string& name, const base::YamlValue& node) {
  SchemaMapping mapping(reading.file, node,
                        {"label", "runs", "pauses", "stops", "cancels", "answered", "resumes", "repeats",
                         "every", "limits", "steps"});
  ServiceTarget target;
  target.name = name;
  target.label = mapping.label("label");
  target.runs = read_conditions(reading, mapping, "runs");
  target.pauses = read_conditions(reading, mapping, "pauses");
  target.stops = read_states(reading, mapping, "stops");
  target.cancels = read_states(reading, mapping, "cancels");
  target.answered = mapping.flag("answered");
  target.resumes = mapping.flag("resumes");
  target.repeats = mapping.flag("repeats");
  target.every = mapping.optional_name("every");
  const auto* every = target.every.empty() ? nullptr : reading.kind.find_field(target.every);
  if (!target.every.empty() && (!every || every->type != FieldType::integer))
    mapping.refuse("every", "no integer field \"" + target.every + "\"");
  if (target.stops.empty()) mapping.refuse("missing key \"stops\": it would run for ever");
  for (const auto* limit : mapping.optional_sequence("limits"))
    target.limits.push_back(read_limit(reading, *limit));
  if (target.limits.empty()) mapping.refuse("missing key \"limits\"");
  for (const auto* step : mapping.optional_sequence("steps")) {
    target.steps.push_back(read_step(reading, *step));
  }
  std::ranges::stable_sort(target.steps, {}, &EscalationStep::percent);
  return target;
}

// To tell which of two limits is shorter: days come close to what eight open hours would be.
base::TimeMs length_of(const TargetLimit& limit) {
  return limit.days > 0 ? limit.days * 8 * 60 * 60 * 1'000 : limit.open_ms;
}

// Rule 59: each counts more than all that come after it together.
std::int64_t specificity_of(const FieldsByValue& when) {
  std::int64_t sum = 0;
  for (const auto& [name, values] : when)
    sum += name == "tenant" ? 1'000'000 : name == "service" ? 10'000 : name == "category" ? 100 : 1;
  return sum;
}

}  // namespace

std::vector<ServiceTarget> read_targets(SchemaFile& file, SchemaMapping& mapping, const TicketKind& kind,
                                        const Calendars& calendars) {
  std::vector<ServiceTarget> targets;
  const Reading reading{file, kind, calendars};
  for (const auto& [name, node] : mapping.optional_members("targets"))
    targets.push_back(read_target(reading, name, *node));
  return targets;
}

base::Result<TargetLimit> parse_limit(std::string_view text, std::shared_ptr<const Calendar> calendar) {
  TargetLimit limit;
  limit.calendar = std::move(calendar);
  const auto unfit = [](std::string message) {
    return base::fail(base::Errc::invalid_argument, std::move(message), "limit", "BAD_VALUE");
  };
  if (!set_length(text, limit)) return unfit(std::string(expected_length));
  if (!ends(limit)) return unfit("it is not over within twenty years of " + limit.calendar->name);
  return limit;
}

const TargetLimit* limit_of(const ServiceTarget& target, const Ticket& ticket,
                            std::span<const TargetLimit> besides) {
  const TargetLimit* best = nullptr;
  const auto rank = [](const TargetLimit& one) {
    return std::tuple(-specificity_of(one.when), length_of(one));
  };
  for (const auto limits : {std::span<const TargetLimit>(target.limits), besides})
    for (const auto& one : limits)
      if (fits(one.when, ticket) && (!best || rank(one) < rank(*best))) best = &one;
  return best;
}

bool applies(const TargetCondition& condition, const Ticket& ticket) {
  const auto& states = condition.states;
  return (states.empty() || std::count(states.begin(), states.end(), ticket.state) > 0) &&
         fits(condition.when, ticket);
}

}  // namespace censo::desk
