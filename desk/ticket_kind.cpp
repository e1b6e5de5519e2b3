#include "desk/ticket_kind.h"

#include "cmdb/history_rules.h"
#include "cmdb/schema_file.h"
#include "desk/effects.h"
#include "desk/guards.h"
#include "desk/relation_definition.h"
#include "desk/service_level.h"

#include <algorithm>
#include <array>
#include <set>

namespace censo::desk {
namespace {

using cmdb::SchemaFile;
using cmdb::SchemaMapping;

constexpr std::array<std::string_view, 14> desk_roles{"requester",
                                                      "desk_agent",
                                                      "specialist",
                                                      "desk_manager",
                                                      "major_incident_manager",
                                                      "problem_manager",
                                                      "change_manager",
                                                      "change_authority",
                                                      "implementer",
                                                      "release_manager",
                                                      "configuration_manager",
                                                      "approver",
                                                      "supplier",
                                                      "admin"};
constexpr std::array<std::string_view, 6> field_types{"text", "choice", "integer", "time", "ticket", "ci"};

bool contains(const std::vector<std::string>& list, std::string_view one) {
  return std::find(list.begin(), list.end(), one) != list.end();
}

std::int64_t number_of(SchemaMapping& mapping, std::string_view key, std::int64_t otherwise) {
  return mapping.has(key) ? mapping.count(key, 0, 1'000'000) : otherwise;
}

FieldDefinition read_field(SchemaFile& file, const std::string& name, const base::YamlValue& node) {
  SchemaMapping mapping(file, node, {"label", "type", "values", "min", "max", "default", "edit", "open"});
  FieldDefinition field;
  field.name = name;
  field.label = mapping.label("label");
  field.type = static_cast<FieldType>(mapping.choice("type", field_types));
  field.values = mapping.optional_names("values");
  if ((field.type == FieldType::choice) == field.values.empty())
    mapping.refuse("values", "expected for a choice, and for nothing else");
  field.min = number_of(mapping, "min", 0);
  field.max = number_of(mapping, "max", 200);
  field.max_bytes = static_cast<std::size_t>(field.max);
  field.otherwise = mapping.optional_text("default");
  field.edit = mapping.flag("edit");
  field.open = mapping.flag("open");
  if (name == reason_field || name == message_field) file.refuse(node, "every kind has \"" + name + "\"");
  return field;
}

// {after: 5d, event: close} or {at: wake_at, event: resume}.
void read_end(SchemaFile& file, const base::YamlValue& node, TicketState& state) {
  SchemaMapping mapping(file, node, {"after", "at", "event"});
  state.end_event = mapping.name("event");
  state.end_field = mapping.optional_name("at");
  if (mapping.has("after") != state.end_field.empty()) mapping.refuse("expected one of \"after\", \"at\"");
  if (!mapping.has("after")) return;
  state.end_after_ms = mapping.length("after");
}

TicketState read_state(SchemaFile& file, const std::string& name, const base::YamlValue& node) {
  SchemaMapping mapping(file, node, {"label", "final", "ended", "ends"});
  TicketState state;
  state.name = name;
  state.label = mapping.label("label");
  state.final = mapping.flag("final");
  state.ended = mapping.flag("ended") || state.final;
  if (const auto* end = node.find("ends")) read_end(file, *end, state);
  return state;
}

std::vector<std::string> read_names(SchemaFile& file, const base::YamlValue& node) {
  std::vector<std::string> names;
  if (node.kind != base::YamlValue::Kind::sequence) file.refuse(node, "expected a list of names");
  for (const auto& member : node.sequence) {
    if (!cmdb::is_schema_name(member.scalar)) file.refuse(member, "expected a name");
    names.push_back(member.scalar);
  }
  return names;
}

// {name: [name, ...]}
FieldsByValue read_name_lists(SchemaFile& file, const base::YamlValue& node) {
  FieldsByValue lists;
  if (node.kind != base::YamlValue::Kind::mapping) file.refuse(node, "expected a mapping");
  for (const auto& [name, value] : node.mapping) lists[name] = read_names(file, value);
  return lists;
}

// A row of digits for each impact, in it one for each urgency (rule 50).
void read_priority(SchemaMapping& mapping, const std::vector<const base::YamlValue*>& rows,
                   TicketKind& kind) {
  if (rows.empty()) return;
  auto& matrix = kind.priority.emplace();
  bool sound = rows.size() == matrix.size();
  for (std::size_t i = 0; sound && i < rows.size(); ++i) {
    const auto& digits = rows[i]->scalar;
    sound = digits.size() == 3 && digits.find_first_not_of("12345") == digits.npos;
    for (std::size_t j = 0; sound && j < 3; ++j) matrix[i][j] = digits[j] - '0';
  }
  if (!sound) mapping.refuse("priority", "expected three rows of three digits from 1 to 5");
}

void check_roles(const std::vector<std::string>& roles, std::string_view key, SchemaMapping& mapping) {
  for (const auto& role : roles)
    if (!is_transition_role(role)) mapping.refuse(key, "no role \"" + role + "\"");
}

void check_fields(const TicketKind& kind, const Transition& transition, SchemaMapping& mapping) {
  const auto check = [&](std::string_view key, const std::vector<std::string>& names) {
    for (const auto& name : names) {
      if (name != reason_field && name != message_field && !kind.find_field(name))
        mapping.refuse(key, "no field \"" + name + "\"");
    }
  };
  check("needs", transition.needs);
  check("takes", transition.takes);
  check("clears", transition.clears);
  for (const auto& [field, by_value] : transition.needs_when) {
    check("needs_when", {field});
    for (const auto& [value, fields] : by_value) check("needs_when", fields);
  }
  for (const auto& [field, values] : transition.when) check("when", {field});
  for (const auto& guard : transition.guards)
    if (!find_guard(guard)) mapping.refuse("guards", "no guard \"" + guard + "\"");
  for (const auto& effect : transition.effects)
    if (!find_effect(effect)) mapping.refuse("effects", "no effect \"" + effect + "\"");
}

// Two transitions of one event out of one state are told apart by values of one field.
bool exclude_each_other(const FieldsByValue& a, const FieldsByValue& b) {
  for (const auto& [field, values] : a) {
    const auto other = b.find(field);
    if (other == b.end()) continue;
    const auto in_other = [&](const std::string& value) { return contains(other->second, value); };
    if (std::none_of(values.begin(), values.end(), in_other)) return true;
  }
  return false;
}

void check_transition(const TicketKind& kind, const Transition& transition, SchemaMapping& mapping) {
  if (transition.from.empty()) mapping.refuse("missing key \"from\"");
  for (const auto& from : transition.from) {
    const auto* state = kind.find_state(from);
    if (!state) mapping.refuse("from", "no state \"" + from + "\"");
    if (state && state->final) mapping.refuse("from", "\"" + from + "\" is final");
    for (const auto& earlier : kind.transitions) {
      if (earlier.event != transition.event || !contains(earlier.from, from)) continue;
      if (exclude_each_other(earlier.when, transition.when)) continue;
      mapping.refuse("event", "\"" + transition.event + "\" leads twice out of \"" + from + "\"");
    }
  }
  if (!transition.to.empty() && !kind.find_state(transition.to))
    mapping.refuse("to", "no state \"" + transition.to + "\"");
  if (transition.roles.empty()) mapping.refuse("missing key \"roles\": nobody may");
  check_roles(transition.roles, "roles", mapping);
  check_fields(kind, transition, mapping);
}

Transition read_transition(SchemaFile& file, const TicketKind& kind, const base::YamlValue& node) {
  SchemaMapping mapping(file, node,
                        {"event", "label", "from", "to", "roles", "needs", "takes", "needs_when", "clears",
                         "guards", "effects", "when"});
  Transition read;
  read.event = mapping.name("event");
  read.label = mapping.label("label");
  read.from = mapping.optional_names("from");
  read.to = mapping.optional_name("to");
  read.roles = mapping.optional_names("roles");
  read.needs = mapping.optional_names("needs");
  read.takes = mapping.optional_names("takes");
  read.clears = mapping.optional_names("clears");
  read.guards = mapping.optional_names("guards");
  read.effects = mapping.optional_names("effects");
  for (const auto& [field, by_value] : mapping.optional_members("needs_when"))
    read.needs_when[field] = read_name_lists(file, *by_value);
  if (const auto* when = node.find("when")) read.when = read_name_lists(file, *when);
  check_transition(kind, read, mapping);
  return read;
}

// Every state can be reached from the first, and left unless it is final.
void check_ways(const TicketKind& kind, SchemaFile& file) {
  std::set<std::string_view> reached{kind.initial};
  for (std::size_t before = 0; before != reached.size();) {
    before = reached.size();
    for (const auto& transition : kind.transitions) {
      const auto is_reached = [&](const std::string& from) { return reached.contains(from); };
      if (!transition.to.empty() && std::any_of(transition.from.begin(), transition.from.end(), is_reached))
        reached.insert(transition.to);
    }
  }
  for (const auto& state : kind.states) {
    const auto leaves = [&](const Transition& transition) {
      return !transition.to.empty() && transition.leads_from(state.name);
    };
    const bool left = std::any_of(kind.transitions.begin(), kind.transitions.end(), leaves);
    if (!reached.contains(state.name)) file.refuse("states", "no transition leads to \"" + state.name + "\"");
    if (!left && !state.final)
      file.refuse("states", "no transition leads out of \"" + state.name + "\", which is not final");
    const auto ends = [&](const Transition& one) {
      return one.event == state.end_event && one.leads_from(state.name);
    };
    if (!state.end_event.empty() && std::none_of(kind.transitions.begin(), kind.transitions.end(), ends))
      file.refuse("states", "\"" + state.end_event + "\" does not lead out of \"" + state.name + "\"");
  }
}

ApprovalRule read_approval(SchemaFile& file, const base::YamlValue& node) {
  SchemaMapping mapping(file, node, {"when", "roles", "votes", "majority"});
  ApprovalRule rule;
  if (const auto* when = node.find("when")) rule.when = read_name_lists(file, *when);
  rule.roles = mapping.optional_names("roles");
  check_roles(rule.roles, "roles", mapping);
  rule.votes = number_of(mapping, "votes", 1);
  if (rule.roles.empty() || rule.votes == 0) mapping.refuse("expected roles, and at least one vote");
  rule.majority = mapping.flag("majority");
  return rule;
}

TicketKind read_kind(SchemaFile& file, const Calendars& calendars) {
  SchemaMapping mapping(
      file, file.root(),
      {"ticket", "prefix", "label", "initial", "changes_items", "edit_roles", "edit_states", "edit_effects",
       "approvals", "priority", "fields", "states", "transitions", "targets", "relations"});
  TicketKind kind;
  kind.name = mapping.name("ticket");
  if (kind.name != file.stem()) mapping.refuse("ticket", "expected the file's name, \"" + file.stem() + "\"");
  kind.prefix = mapping.text("prefix");
  const auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (kind.prefix.size() > 4 || !std::all_of(kind.prefix.begin(), kind.prefix.end(), upper)) {
    mapping.refuse("prefix", "expected one to four capital letters");
  }
  kind.label = mapping.label("label");
  kind.initial = mapping.name("initial");
  kind.edit_roles = mapping.optional_names("edit_roles");
  check_roles(kind.edit_roles, "edit_roles", mapping);
  kind.changes_items = mapping.flag("changes_items");
  kind.edit_states = mapping.optional_names("edit_states");
  kind.edit_effects = mapping.optional_names("edit_effects");
  for (const auto* node : mapping.optional_sequence("approvals"))
    kind.approvals.push_back(read_approval(file, *node));
  read_priority(mapping, mapping.optional_sequence("priority"), kind);
  for (const auto& [name, node] : mapping.optional_members("fields"))
    kind.fields.push_back(read_field(file, name, *node));
  for (const auto& [name, node] : mapping.optional_members("states"))
    kind.states.push_back(read_state(file, name, *node));
  for (const auto* node : mapping.optional_sequence("transitions")) {
    kind.transitions.push_back(read_transition(file, kind, *node));
  }
  for (const auto& state : kind.edit_states)
    if (!kind.find_state(state)) mapping.refuse("edit_states", "no state \"" + state + "\"");
  for (const auto& effect : kind.edit_effects)
    if (const auto* found = find_effect(effect); !found || !found->change)
      mapping.refuse("edit_effects", "no effect \"" + effect + "\"");
  if (!kind.find_state(kind.initial)) mapping.refuse("initial", "no state \"" + kind.initial + "\"");
  check_ways(kind, file);
  kind.targets = read_targets(file, mapping, kind, calendars);
  kind.relations = read_relations(file, mapping, kind);
  return kind;
}

}  // namespace

const TicketState* TicketKind::find_state(std::string_view state) const {
  const auto found =
      std::find_if(states.begin(), states.end(), [&](const TicketState& one) { return one.name == state; });
  return found == states.end() ? nullptr : &*found;
}

const FieldDefinition* TicketKind::find_field(std::string_view field) const {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&](const FieldDefinition& one) { return one.name == field; });
  return found == fields.end() ? nullptr : &*found;
}

const ServiceTarget* TicketKind::find_target(std::string_view target) const {
  const auto found = std::find_if(targets.begin(), targets.end(),
                                  [&](const ServiceTarget& one) { return one.name == target; });
  return found == targets.end() ? nullptr : &*found;
}

const RelationDefinition* TicketKind::find_relation(std::string_view relation) const {
  const auto found = std::find_if(relations.begin(), relations.end(),
                                  [&](const RelationDefinition& one) { return one.name == relation; });
  return found == relations.end() ? nullptr : &*found;
}

bool Transition::leads_from(std::string_view state) const {
  return contains(from, state);
}

bool is_desk_role(std::string_view role) {
  return std::find(desk_roles.begin(), desk_roles.end(), role) != desk_roles.end();
}

bool is_transition_role(std::string_view role) {
  return is_desk_role(role) || role == "assignee" || role == "decider" || role == "deputy" || role == "rule";
}

std::vector<std::string> all_desk_roles() {
  return {desk_roles.begin(), desk_roles.end()};
}

base::Result<TicketKinds> TicketKinds::load(std::span<const base::EmbeddedFile> files) {
  TicketKinds all;
  const auto calendars = load_calendars(files);
  if (!calendars) return calendars.error();
  std::set<std::string> prefixes;
  for (const auto& [path, content] : files) {
    const bool is_kind = path.starts_with("tickets/") && path.find('/', 8) == path.npos;
    if (!is_kind || !path.ends_with(".yaml")) continue;
    SchemaFile file(path, content);
    auto kind = read_kind(file, *calendars);
    if (all.find(kind.name)) file.refuse("ticket", "\"" + kind.name + "\" stands in another file already");
    if (!prefixes.insert(kind.prefix).second)
      file.refuse("prefix", "\"" + kind.prefix + "\" is another kind's already");
    if (file.fault()) return *file.fault();
    auto name = kind.name;
    all.kinds_.emplace(std::move(name), std::move(kind));
  }
  for (const auto& [name, kind] : all.kinds_) {
    if (const auto other = relation_to_nothing(kind, all); !other.empty())
      return base::fail(base::Errc::malformed,
                        "tickets/" + name + ".yaml: relations: no kind \"" + other + "\"");
  }
  return all;
}

const TicketKind* TicketKinds::find(std::string_view name) const {
  const auto found = kinds_.find(name);
  return found == kinds_.end() ? nullptr : &found->second;
}

bool TicketKinds::has_state(std::string_view state) const {
  return std::any_of(kinds_.begin(), kinds_.end(),
                     [&](const auto& kind) { return kind.second.find_state(state); });
}

}  // namespace censo::desk
