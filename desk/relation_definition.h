// "relations" of a kind of ticket, as schemas/tickets says them. docs/desk.md explains the keys.
#pragma once

#include <string>
#include <vector>

namespace censo::cmdb {
class SchemaFile;     // cmdb/schema_file.h
class SchemaMapping;  // cmdb/schema_file.h
}  // namespace censo::cmdb

namespace censo::desk {

struct RelationDefinition;  // desk/ticket_kind.h
struct TicketKind;          // desk/ticket_kind.h
class TicketKinds;          // desk/ticket_kind.h

// Of a file of a kind whose states and transitions have been read. A fault is the file's.
std::vector<RelationDefinition> read_relations(cmdb::SchemaFile& file, cmdb::SchemaMapping& mapping,
                                               const TicketKind& kind);

// A kind that a relation names and that is none; "": all are.
std::string relation_to_nothing(const TicketKind& kind, const TicketKinds& kinds);

}  // namespace censo::desk
