// Classes, attributes and relation types that users add while the program runs: kept as the YAML they wrote,
// with author and time, and put into the catalogue beside the built-in ones.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "cmdb/class_catalog.h"
#include "cmdb/store/transaction.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace censo::cmdb {

enum class DefinitionKind { class_definition, relation };

struct UserDefinition {
  std::string path;     // "classes/robot.yaml"
  std::string content;  // YAML, docs/classes.md
  std::string author;
  base::TimeMs changed_at = 0;
};

// Those that hold now, in the order of their writing.
std::vector<UserDefinition> user_definitions(store::Transaction& tx);
std::optional<UserDefinition> user_definition(store::Transaction& tx, DefinitionKind kind,
                                              std::string_view name);

// Puts what is stored into the catalogue if it holds something else: at start, and at the start of whatever
// writes by the catalogue, since another collector on the same database may have changed it. One index
// look-up when nothing changed. What no longer fits the built-in definitions of a newer program is left out,
// and logged.
void refresh(store::Transaction& tx, const ClassCatalog& catalog);

struct SchemaEdit {
  const ClassCatalog& catalog;
  const base::Clock& clock;
  std::string author;
  bool dry_run = false;  // all checks, no change
};

// Of a class that is built in, the definition adds attributes and holds nothing else. Errc::malformed with
// "classes/robot.yaml:3" when it or any other file does not fit any more; Errc::conflict with reason IN_USE
// when items are in the way (cmdb/schema_use.h).
base::Result<void> put_definition(store::Transaction& tx, const SchemaEdit& edit, DefinitionKind kind,
                                  std::string_view name, std::string_view yaml);
// Errc::not_found: users did not define it.
base::Result<void> remove_definition(store::Transaction& tx, const SchemaEdit& edit, DefinitionKind kind,
                                     std::string_view name);

// The name that a YAML text defines; Errc::malformed when it has none.
base::Result<std::string> defined_name(DefinitionKind kind, std::string_view yaml);

}  // namespace censo::cmdb
