// One definition as its YAML file has it, without what it inherits. Faults go to the file.
#pragma once

#include "cmdb/class_catalog.h"
#include "cmdb/schema_file.h"

namespace censo::cmdb {

ClassDefinition read_class(SchemaFile& file);
// Of a class that is built in: `class` and `attributes`, nothing else.
ClassDefinition read_added_attributes(SchemaFile& file);
RelationDefinition read_relation(SchemaFile& file);
StageDefinition read_stage(SchemaFile& file);

}  // namespace censo::cmdb
