#include "cmdb/reference.h"

#include "cmdb/identifier.h"
#include "cmdb/ingest_run.h"
#include "cmdb/merge.h"

#include <utility>

namespace censo::cmdb {
namespace {

using inventory::Attributes;

base::Error with_pointer(const std::string& pointer, base::Error error) {
  error.where = pointer + error.where;
  return error;
}

}  // namespace

std::vector<Reference> references_in(store::Transaction& tx, const ClassCatalog& catalog,
                                     std::string_view class_name, const Attributes& attributes) {
  std::vector<Reference> found;
  const ClassDefinition* definition = catalog.find_class(class_name);
  if (!definition) return found;
  for (const auto& attribute : definition->attributes) {
    if (attribute.type != AttributeType::reference) continue;
    const auto id = base::id_from_text(attributes.text(attribute.name));
    if (!id) continue;
    const auto row = tx.query_one("select class, name from ci where id = $1", *id);
    if (row) found.push_back({attribute.name, CiId(*id), row->text(0), row->text(1)});
  }
  return found;
}

base::Result<void> check_references(store::Transaction& tx, const ClassCatalog& catalog,
                                    const ClassDefinition& definition, const Attributes& attributes) {
  for (const auto& [name, value] : attributes) {
    const auto* attribute = definition.find_attribute(name);
    if (!attribute || attribute->type != AttributeType::reference) continue;
    const std::string text = attributes.text(name);
    const auto id = base::id_from_text(text);
    const auto row = id ? tx.query_one("select class from ci where id = $1", *id) : std::nullopt;
    if (row && catalog.is_a(row->text(0), attribute->to_class)) continue;
    const std::string found =
        row ? "the " + row->text(0) + " " + text : "no item with the id \"" + text + "\"";
    return base::fail(base::Errc::malformed,
                      "expected the id of a " + attribute->to_class + ", found " + found,
                      "/attributes/" + name);
  }
  return {};
}

base::Result<void> check_references(store::Transaction& tx, const ClassCatalog& catalog,
                                    const inventory::Report& report) {
  const ClassDefinition* subject = catalog.find_class(report.subject_class);
  ClassMemory classes(catalog);
  for (std::size_t i = 0; i < report.sections.size(); ++i) {
    const auto& section = report.sections[i];
    const std::string pointer = "/sections/" + std::to_string(i);
    if (auto checked = check_references(tx, catalog, *subject, section.attributes); !checked)
      return with_pointer(pointer, checked.error());
    for (std::size_t j = 0; j < section.items.size(); ++j) {
      const ClassDefinition* definition = classes.find(section.items[j].class_name);
      if (definition->kind != ClassKind::configuration_item) continue;
      if (auto checked = check_references(tx, catalog, *definition, section.items[j].attributes); !checked)
        return with_pointer(pointer + "/items/" + std::to_string(j), checked.error());
    }
  }
  return {};
}

std::optional<TakenValue> taken_value(store::Transaction& tx, const ClassCatalog& catalog, CiId ci,
                                      std::string_view class_name, const Attributes& attributes) {
  const ClassDefinition* definition = catalog.find_class(class_name);
  if (!definition) return std::nullopt;
  for (const auto& attribute : definition->attributes) {
    const std::string text = attribute.unique ? attributes.text(attribute.name) : "";
    if (text.empty()) continue;
    const std::string value = canonical_identifier(kind_of_identifier(attribute.name), text);
    for (const store::Row& row :
         tx.query("select k.ci_id, c.class from ci_key k join ci c on c.id = k.ci_id"
                  " where k.value = $1 and k.rule = $2 and k.ci_id <> $3 order by k.ci_id",
                  value, attribute.name, ci.value)) {
      const CiId owner(row.integer(0));
      const bool counts = catalog.is_a(row.text(1), attribute.defined_by);
      if (counts && root_of(tx, owner) != root_of(tx, ci)) return TakenValue{attribute.name, text, owner};
    }
  }
  return std::nullopt;
}

}  // namespace censo::cmdb
