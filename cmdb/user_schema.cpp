#include "cmdb/user_schema.h"

#include "base/id.h"
#include "base/log.h"
#include "base/yaml.h"
#include "cmdb/class_tables.h"
#include "cmdb/schema_file.h"
#include "cmdb/schema_use.h"

#include <algorithm>
#include <utility>

namespace censo::cmdb {
namespace {

using base::Errc;
using Loaded = base::Result<std::unique_ptr<ClassTables>>;

constexpr std::size_t most_definitions = 1'000;

std::string path_of(DefinitionKind kind, std::string_view name) {
  const std::string folder = kind == DefinitionKind::relation ? "relationships/" : "classes/";
  return folder + std::string(name) + ".yaml";
}

UserDefinition definition_from(const store::Row& row) {
  return {row.text(0), row.text(1), row.text(2), row.integer(3)};
}

std::int64_t stored_version(store::Transaction& tx) {
  const auto row = tx.query_one("select id from schema_change order by id desc limit 1");
  return row ? row->integer(0) : 0;
}

Loaded load_with(const std::vector<UserDefinition>& definitions) {
  std::vector<base::EmbeddedFile> added;
  for (const auto& one : definitions) added.push_back({one.path, one.content});
  return load_tables(built_in_schemas(), added);
}

// The file that the error names; where that is a built-in one, what was added last.
void leave_one_out(std::vector<UserDefinition>& definitions, const base::Error& fault) {
  const auto at_fault = std::ranges::find_if(
      definitions, [&](const auto& one) { return fault.where.starts_with(one.path + ":"); });
  const auto out = at_fault == definitions.end() ? std::prev(definitions.end()) : at_fault;
  base::log(base::LogLevel::error, "schema.left_out", base::to_string(fault), {{"file", out->path}});
  definitions.erase(out);
}

// Checks `definitions` as the ones that hold from now on, and writes the one that changed.
base::Result<void> change(store::Transaction& tx, const SchemaEdit& edit, const UserDefinition& changed,
                          const std::vector<UserDefinition>& definitions) {
  auto tables = load_with(definitions);
  if (!tables) return tables.error();
  if (auto used = check_use(tx, edit.catalog.tables(), **tables); !used) return used;
  if (edit.dry_run) return {};
  const std::int64_t version = std::max(base::next_id(edit.clock), stored_version(tx) + 1);
  tx.execute("insert into schema_change (id, path, content, author, at) values ($1, $2, $3, $4, $5)", version,
             changed.path, changed.content, edit.author, edit.clock.now());
  (*tables)->version = version;
  edit.catalog.replace(std::move(*tables));
  return {};
}

}  // namespace

std::vector<UserDefinition> user_definitions(store::Transaction& tx) {
  std::vector<UserDefinition> found;
  for (const store::Row& row : tx.query("select s.path, s.content, s.author, s.at from schema_change s where "
                                        "s.content <> '' and not exists"
                                        " (select 1 from schema_change newer where newer.path = s.path and "
                                        "newer.id > s.id) order by s.id")) {
    found.push_back(definition_from(row));
  }
  return found;
}

std::optional<UserDefinition> user_definition(store::Transaction& tx, DefinitionKind kind,
                                              std::string_view name) {
  const auto row = tx.query_one(
      "select path, content, author, at from schema_change where path = $1 order by id desc limit 1",
      path_of(kind, name));
  return row && !row->text(1).empty() ? std::optional(definition_from(*row)) : std::nullopt;
}

void refresh(store::Transaction& tx, const ClassCatalog& catalog) {
  const std::int64_t version = stored_version(tx);
  if (version == catalog.tables().version) return;
  auto definitions = user_definitions(tx);
  auto tables = load_with(definitions);
  while (!tables && !definitions.empty()) {
    leave_one_out(definitions, tables.error());
    tables = load_with(definitions);
  }
  if (!tables) return;
  (*tables)->version = version;
  catalog.replace(std::move(*tables));
}

base::Result<void> put_definition(store::Transaction& tx, const SchemaEdit& edit, DefinitionKind kind,
                                  std::string_view name, std::string_view yaml) {
  refresh(tx, edit.catalog);
  if (!is_schema_name(name))
    return base::fail(Errc::malformed, "expected a name of lower-case letters, digits and \"_\"", "name");
  const UserDefinition changed{path_of(kind, name), std::string(yaml), edit.author, edit.clock.now()};
  auto definitions = user_definitions(tx);
  std::erase_if(definitions, [&](const auto& one) { return one.path == changed.path; });
  if (definitions.size() >= most_definitions)
    return base::fail(Errc::limit_exceeded,
                      "expected at most " + std::to_string(most_definitions) + " definitions of users",
                      "name");
  definitions.push_back(changed);
  return change(tx, edit, changed, definitions);
}

base::Result<void> remove_definition(store::Transaction& tx, const SchemaEdit& edit, DefinitionKind kind,
                                     std::string_view name) {
  refresh(tx, edit.catalog);
  const UserDefinition removed{path_of(kind, name), "", edit.author, edit.clock.now()};
  auto definitions = user_definitions(tx);
  const auto before = definitions.size();
  std::erase_if(definitions, [&](const auto& one) { return one.path == removed.path; });
  if (definitions.size() == before)
    return base::fail(Errc::not_found, "no user defined \"" + std::string(name.substr(0, 64)) + "\"", "name");
  return change(tx, edit, removed, definitions);
}

base::Result<std::string> defined_name(DefinitionKind kind, std::string_view yaml) {
  const std::string_view key = kind == DefinitionKind::relation ? "relation" : "class";
  const auto root = base::parse_yaml(yaml, "definition");
  if (!root) return root.error();
  const auto* name = root->find(key);
  if (name && is_schema_name(name->scalar)) return name->scalar;
  return base::fail(
      Errc::malformed,
      "expected \"" + std::string(key) + "\" with a name of lower-case letters, digits and \"_\"",
      "definition:" + std::to_string(std::max(name ? name->line : root->line, 1)));
}

}  // namespace censo::cmdb
