#include "cmdb/item_edit.h"

#include "base/text.h"
#include "cmdb/attribute_value.h"
#include "cmdb/change_feed.h"
#include "cmdb/ingest_run.h"
#include "cmdb/item_state.h"
#include "cmdb/merge.h"
#include "cmdb/reconciliation.h"
#include "cmdb/reference.h"

#include <algorithm>
#include <utility>

namespace censo::cmdb {
namespace {

using base::Errc;
using inventory::Attributes;
using inventory::Value;

constexpr std::size_t longest_name = 1024;
constexpr const char* status_attribute = "lifecycle_status";
constexpr const char* retired = "retired";

base::Error malformed(std::string message, std::string where) {
  return base::fail(Errc::malformed, std::move(message), std::move(where));
}

// A command line knows texts only.
Value typed(const AttributeDefinition& definition, const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text ? value_of_text(definition, *text) : value;
}

Attributes typed(const ClassDefinition& definition, const Attributes& attributes) {
  Attributes all;
  for (const auto& [name, value] : attributes) {
    const auto* attribute = definition.find_attribute(name);
    all.set(name, attribute ? typed(*attribute, value) : value);
  }
  return all;
}

base::Result<const ClassDefinition*> class_for_item(const ClassCatalog& catalog, const std::string& name) {
  const auto* definition = catalog.find_class(name);
  if (!definition) return malformed("there is no class \"" + name.substr(0, 64) + "\"", "/class");
  if (definition->kind != ClassKind::configuration_item)
    return malformed("expected a class of configuration items, found the component " + name, "/class");
  if (definition->abstract)
    return malformed("class " + name + " is abstract: nothing can be of it", "/class");
  return definition;
}

base::Result<void> check_name(const std::string& name) {
  if (name.size() <= longest_name && name == base::sanitize_utf8(name, longest_name)) return {};
  return malformed("expected at most 1,024 bytes of UTF-8 without control characters", "/name");
}

base::Result<void> check_attributes(store::Transaction& tx, const ClassCatalog& catalog,
                                    const ClassDefinition& definition, const Attributes& attributes) {
  for (const auto& [name, value] : attributes) {
    if (name == status_attribute) return malformed("expected it as \"status\"", "/attributes/" + name);
  }
  if (auto checked = catalog.check(definition, attributes); !checked) return checked;
  return check_references(tx, catalog, definition, attributes);
}

// "" stands for the first one of the stage.
base::Result<void> check_stage(const ClassCatalog& catalog, const std::string& stage,
                               const std::string& status) {
  const auto* found = catalog.find_stage(stage);
  std::vector<std::string> names;
  if (!found) {
    for (const auto& one : catalog.stages()) names.push_back(one.name);
    return malformed("expected a stage, one of " + base::join(names, ", "), "/stage");
  }
  if (status.empty() || found->has_status(status)) return {};
  for (const auto& one : found->statuses) names.push_back(one.name);
  return malformed("expected a status of the stage " + stage + ", one of " + base::join(names, ", "),
                   "/status");
}

base::Result<void> check_required(const ClassDefinition& definition, const Attributes& attributes) {
  for (const auto& attribute : definition.attributes) {
    if (attribute.required && !attributes.find(attribute.name))
      return malformed("expected a value for " + attribute.name + ", which the class requires",
                       "/attributes/" + attribute.name);
  }
  return {};
}

bool has_value(const SourceValues& values, const std::string& name) {
  if (name == "class") return !values.class_name.empty();
  if (name == "name") return !values.name.empty();
  return std::ranges::any_of(values.sections,
                             [&](const auto& one) { return one.second.find(name) != nullptr; });
}

// One value, one person: what somebody says replaces what others said.
void set_values(SourceValues& values, const std::string& person, const Attributes& attributes) {
  for (const auto& [name, value] : attributes) {
    erase_value(values, name);
    values.sections[person].set(name, value);
  }
}

// `name` is "class", "name" or an attribute.
base::Result<void> release(store::Transaction& tx, SourceValues& values, CiId ci, const std::string& name) {
  if (!has_value(values, name))
    return base::fail(Errc::not_found, "no person set " + name + " of this item", "/release");
  if (name == "class")
    values.class_name.clear();
  else if (name == "name")
    values.name.clear();
  else
    erase_value(values, name);
  const bool says_what = !values.class_name.empty() && !values.name.empty();
  const auto others = tx.query_one(
      "select count(*) from ci_value v join ci_source s on s.id = v.source_id join origin o on o.id = "
      "s.origin_id"
      " where v.ci_id = $1 and o.kind <> 'person'",
      ci.value);
  if (says_what || others->integer(0) > 0) return {};
  return base::fail(Errc::conflict, "only people know this item: its class and name cannot be released",
                    "/release");
}

base::Result<void> save(IngestRun& run, CiId ci, const SourceValues& before, const SourceValues& after) {
  save_values(run, ci, {}, &before, after);
  if (!run.conflict.empty()) return base::fail(Errc::conflict, run.conflict, {}, "VALUE_TAKEN");
  return {};
}

void change_stage(IngestRun& run, CiId ci, const std::string& stage) {
  ItemState state = *state_of(run.tx, ci);
  if (stage.empty() || state.stage == stage) return;
  run.history.add({ci, "stage", "", state.stage, stage});
  state.stage = stage;
  change_state(run.tx, {run.catalog, run.now, run.feed}, ci, state);
  if (stage != retired) return;
  for (const CiId member : members_of(run.tx, ci)) expect_reports_anew(run.tx, member);
}

base::Result<void> check_version(store::Transaction& tx, CiId ci, std::optional<base::TimeMs> version) {
  if (!version) return {};
  const auto row = tx.query_one("select since from ci where id = $1", ci.value);
  if (row->integer(0) == *version) return {};
  return base::fail(Errc::stale, "the item changed since it was read; read it again", "/version",
                    "VERSION_CHANGED");
}

}  // namespace

base::Result<CiId> create_item(store::Transaction& tx, const Editor& editor, const NewItem& item) {
  IngestRun run = run_of(tx, editor);
  const auto definition = class_for_item(editor.catalog, item.class_name);
  if (!definition) return definition.error();
  const std::string name(base::trim(item.name));
  if (name.empty()) return malformed("expected a name", "/name");
  if (auto checked = check_name(name); !checked) return checked.error();
  Attributes attributes = typed(**definition, item.attributes);
  if (auto checked = check_attributes(tx, editor.catalog, **definition, attributes); !checked)
    return checked.error();
  if (auto checked = check_required(**definition, attributes); !checked) return checked.error();
  if (auto checked = check_stage(editor.catalog, item.stage, item.status); !checked) return checked.error();
  if (!item.status.empty()) attributes.set(status_attribute, item.status);

  const CiId ci = add_ci(run, **definition, name, attributes);
  enter_source_of_people(run, ci);
  SourceValues values;
  values.class_name = item.class_name;
  values.name = name;
  if (!attributes.empty()) values.sections[editor.person] = attributes;
  if (auto saved = save(run, ci, {}, values); !saved) return saved.error();
  change_stage(run, ci, item.stage);
  run.feed.write(tx, editor.clock);
  return ci;
}

base::Result<void> edit_item(store::Transaction& tx, const Editor& editor, CiId ci, const ItemEdit& edit) {
  IngestRun run = run_of(tx, editor);
  const auto state = state_of(tx, ci);
  if (!state) return base::fail(Errc::not_found, "no configuration item has the id " + base::to_text(ci));
  if (auto checked = check_version(tx, ci, edit.version); !checked) return checked;
  const auto definition =
      class_for_item(editor.catalog, edit.class_name.empty() ? state->class_name : edit.class_name);
  if (!definition) return definition.error();
  if (auto checked = check_name(edit.name); !checked) return checked;
  const Attributes attributes = typed(**definition, edit.attributes);
  if (auto checked = check_attributes(tx, editor.catalog, **definition, attributes); !checked) return checked;
  const std::string stage = edit.stage.empty() ? state->stage : edit.stage;
  if (auto checked = check_stage(editor.catalog, stage, edit.status); !checked) return checked;

  enter_source_of_people(run, ci);
  const SourceValues before = values_of_people(tx, ci);
  SourceValues after = before;
  for (const auto& name : edit.released) {
    if (auto released = release(tx, after, ci, name); !released) return released;
  }
  if (!edit.class_name.empty()) after.class_name = edit.class_name;
  if (!edit.name.empty()) after.name = edit.name;
  set_values(after, editor.person, attributes);
  if (stage != state->stage) erase_value(after, status_attribute);
  if (!edit.status.empty()) {
    erase_value(after, status_attribute);
    after.sections[editor.person].set(status_attribute, edit.status);
  }
  if (auto saved = save(run, ci, before, after); !saved) return saved;
  change_stage(run, ci, stage);
  run.feed.write(tx, editor.clock);
  return {};
}

std::vector<LockedValue> locked_values(store::Transaction& tx, CiId ci) {
  const SourceValues values = values_of_people(tx, ci);
  std::vector<LockedValue> locked;
  if (!values.class_name.empty()) locked.push_back({"class", ""});
  if (!values.name.empty()) locked.push_back({"name", ""});
  for (const auto& [person, attributes] : values.sections) {
    for (const auto& attribute : attributes) locked.push_back({attribute.name, person});
  }
  return locked;
}

}  // namespace censo::cmdb
