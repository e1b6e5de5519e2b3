#include "desk/relation_definition.h"

#include "cmdb/schema_file.h"
#include "desk/ticket_kind.h"

#include <algorithm>

namespace censo::desk {
namespace {

GatheringRule read_gathering(cmdb::SchemaFile& file, const base::YamlValue& node) {
  cmdb::SchemaMapping mapping(file, node, {"tickets", "within", "alike_percent"});
  GatheringRule rule;
  rule.tickets = mapping.count("tickets", 2, 1'000);
  rule.alike_percent = mapping.count("alike_percent", 1, 100);
  rule.within_ms = mapping.length("within");
  return rule;
}

RelationDefinition read_relation(cmdb::SchemaFile& file, const TicketKind& kind, const std::string& name,
                                 const base::YamlValue& node) {
  cmdb::SchemaMapping mapping(file, node,
                              {"label", "reverse", "to", "roles", "states", "event", "one", "gathers"});
  RelationDefinition read;
  read.name = name;
  read.label = mapping.label("label");
  read.reverse = mapping.label("reverse");
  read.to = mapping.optional_names("to");
  read.roles = mapping.optional_names("roles");
  read.states = mapping.optional_names("states");
  read.event = mapping.optional_name("event");
  read.one = mapping.flag("one");
  if (const auto* gathers = node.find("gathers")) read.gathers = read_gathering(file, *gathers);
  if (read.to.empty() || read.roles.empty()) mapping.refuse("expected \"to\" and \"roles\"");
  for (const auto& role : read.roles)
    if (!is_transition_role(role)) mapping.refuse("roles", "no role \"" + role + "\"");
  for (const auto& state : read.states)
    if (!kind.find_state(state)) mapping.refuse("states", "no state \"" + state + "\"");
  const auto is_event = [&](const Transition& one) { return one.event == read.event; };
  if (!read.event.empty() && std::none_of(kind.transitions.begin(), kind.transitions.end(), is_event))
    mapping.refuse("event", "no event \"" + read.event + "\"");
  return read;
}

}  // namespace

std::vector<RelationDefinition> read_relations(cmdb::SchemaFile& file, cmdb::SchemaMapping& mapping,
                                               const TicketKind& kind) {
  std::vector<RelationDefinition> relations;
  for (const auto& [name, node] : mapping.optional_members("relations"))
    relations.push_back(read_relation(file, kind, name, *node));
  return relations;
}

std::string relation_to_nothing(const TicketKind& kind, const TicketKinds& kinds) {
  for (const auto& relation : kind.relations)
    for (const auto& other : relation.to)
      if (!kinds.find(other)) return other;
  return {};
}

}  // namespace censo::desk
