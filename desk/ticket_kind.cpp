#include "desk/ticket_kind.h"

#include "cmdb/schema_file.h"

#include <algorithm>
#include <array>
#include <set>

namespace censo::desk {
namespace {

using cmdb::SchemaFile;
using cmdb::SchemaMapping;

// Rule 04, spelled out; "assignee" is the person that the ticket is with, "rule" the collector itself.
constexpr std::array<std::string_view, 16> known_roles{"requester",
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
                                                       "admin",
                                                       "assignee",
                                                       "rule"};

bool contains(const std::vector<std::string>& list, std::string_view one) {
  return std::find(list.begin(), list.end(), one) != list.end();
}

TicketState read_state(SchemaFile& file, const std::string& name, const base::YamlValue& node) {
  SchemaMapping mapping(file, node, {"label", "final"});
  return {name, mapping.label("label"), mapping.flag("final")};
}

void check_transition(const TicketKind& kind, const Transition& transition, SchemaMapping& mapping) {
  if (transition.from.empty()) mapping.refuse("missing key \"from\"");
  for (const auto& from : transition.from) {
    const auto* state = kind.find_state(from);
    if (!state) mapping.refuse("from", "no state \"" + from + "\"");
    if (state && state->final) mapping.refuse("from", "\"" + from + "\" is final");
    for (const auto& earlier : kind.transitions) {
      if (earlier.event != transition.event || !contains(earlier.from, from)) continue;
      mapping.refuse("event", "\"" + transition.event + "\" leads twice out of \"" + from + "\"");
    }
  }
  if (!kind.find_state(transition.to)) mapping.refuse("to", "no state \"" + transition.to + "\"");
  if (transition.roles.empty()) mapping.refuse("missing key \"roles\": nobody may");
  for (const auto& role : transition.roles) {
    if (std::find(known_roles.begin(), known_roles.end(), role) == known_roles.end()) {
      mapping.refuse("roles", "no role \"" + role + "\"");
    }
  }
}

Transition read_transition(SchemaFile& file, const TicketKind& kind, const base::YamlValue& node) {
  SchemaMapping mapping(file, node, {"event", "label", "from", "to", "roles", "needs"});
  Transition read;
  read.event = mapping.name("event");
  read.label = mapping.label("label");
  read.from = mapping.optional_names("from");
  read.to = mapping.name("to");
  read.roles = mapping.optional_names("roles");
  read.needs = mapping.optional_names("needs");
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
      if (std::any_of(transition.from.begin(), transition.from.end(), is_reached))
        reached.insert(transition.to);
    }
  }
  for (const auto& state : kind.states) {
    const auto leaves = [&](const Transition& transition) { return contains(transition.from, state.name); };
    const bool left = std::any_of(kind.transitions.begin(), kind.transitions.end(), leaves);
    if (!reached.contains(state.name)) file.refuse("states", "no transition leads to \"" + state.name + "\"");
    if (!left && !state.final)
      file.refuse("states", "no transition leads out of \"" + state.name + "\", which is not final");
  }
}

TicketKind read_kind(SchemaFile& file) {
  SchemaMapping mapping(file, file.root(), {"ticket", "prefix", "label", "initial", "states", "transitions"});
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
  for (const auto& [name, node] : mapping.optional_members("states"))
    kind.states.push_back(read_state(file, name, *node));
  for (const auto* node : mapping.optional_sequence("transitions")) {
    kind.transitions.push_back(read_transition(file, kind, *node));
  }
  if (!kind.find_state(kind.initial)) mapping.refuse("initial", "no state \"" + kind.initial + "\"");
  check_ways(kind, file);
  return kind;
}

}  // namespace

const TicketState* TicketKind::find_state(std::string_view state) const {
  const auto found =
      std::find_if(states.begin(), states.end(), [&](const TicketState& one) { return one.name == state; });
  return found == states.end() ? nullptr : &*found;
}

base::Result<TicketKinds> TicketKinds::load(std::span<const base::EmbeddedFile> files) {
  TicketKinds all;
  std::set<std::string> prefixes;
  for (const auto& [path, content] : files) {
    if (!path.starts_with("tickets/") || !path.ends_with(".yaml")) continue;
    SchemaFile file(path, content);
    auto kind = read_kind(file);
    if (all.find(kind.name)) file.refuse("ticket", "\"" + kind.name + "\" stands in another file already");
    if (!prefixes.insert(kind.prefix).second)
      file.refuse("prefix", "\"" + kind.prefix + "\" is another kind's already");
    if (file.fault()) return *file.fault();
    auto name = kind.name;
    all.kinds_.emplace(std::move(name), std::move(kind));
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
