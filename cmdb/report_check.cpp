#include "cmdb/report_check.h"

#include "base/text.h"
#include "cmdb/derived_section.h"
#include "cmdb/ingest_run.h"
#include "cmdb/reference.h"
#include "cmdb/section_rows.h"
#include "cmdb/user_schema.h"

#include <limits>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace censo::cmdb {
namespace {

using base::Errc;
using inventory::Item;
using inventory::Report;
using inventory::Section;
using Checked = base::Result<void>;

base::Error at(const std::string& pointer, base::Error error) {
  error.where = pointer + error.where;
  return error;
}

base::Error malformed(std::string message, std::string pointer) {
  return base::fail(Errc::malformed, std::move(message), std::move(pointer));
}

class Checker {
 public:
  Checker(const ClassCatalog& catalog, const Report& report, const inventory::ReportTexts& texts,
          ReadSections& read)
      : catalog_(catalog),
        classes_(catalog),
        reader_(catalog, read.memory),
        report_(report),
        texts_(texts),
        read_(read) {}

  Checked check() {
    if (auto checked = check_head(); !checked) return checked;
    for (std::size_t i = 0; i < report_.sections.size(); ++i) {
      const std::string pointer = "/sections/" + std::to_string(i);
      if (auto checked = check_items(report_.sections[i], pointer); !checked) return checked;
    }
    // Relationships and owners may name items of later sections.
    for (std::size_t i = 0; i < report_.sections.size(); ++i) {
      const std::string pointer = "/sections/" + std::to_string(i);
      if (auto checked = check_refs(report_.sections[i], pointer); !checked) return checked;
    }
    return {};
  }

 private:
  Checked check_head() {
    if (report_.origin.id.empty())
      return malformed("expected the id of the reporter, found none", "/origin/id");
    if (report_.sequence > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
      return malformed("expected a sequence of at most 63 bits, found " + std::to_string(report_.sequence),
                       "/sequence");
    }
    auto found = concrete_class(report_.subject_class, "/subject/class");
    if (!found) return found.error();
    if ((*found)->kind != ClassKind::configuration_item) {
      return malformed(
          "expected a class of configuration items, found the component " + report_.subject_class,
          "/subject/class");
    }
    subject_ = *found;
    refs_.emplace("self", report_.subject_class);
    return {};
  }

  base::Result<const ClassDefinition*> concrete_class(const std::string& name, const char* pointer) {
    const ClassDefinition* definition = classes_.find(name);
    if (!definition) return malformed("there is no class \"" + name + "\"", pointer);
    if (definition->abstract)
      return malformed("class " + name + " is abstract: nothing can be of it", pointer);
    return definition;
  }

  Checked check_items(const Section& section, const std::string& pointer) {
    if (!names_.insert(section.name).second) {
      return malformed("two sections are named \"" + section.name + "\"", pointer + "/name");
    }
    if (section.name == derived_section_name || section.name == flows_section_name) {
      return malformed("the section name \"" + section.name + "\" is the collector's own", pointer + "/name");
    }
    if (auto checked = catalog_.check(*subject_, section.attributes); !checked)
      return at(pointer, checked.error());
    for (std::size_t i = 0; i < section.items.size(); ++i) {
      if (auto checked = check_item(section.items[i]); !checked) {
        return at(pointer + "/items/" + std::to_string(i), checked.error());
      }
    }
    const inventory::ItemTexts* texts = texts_.of(section);
    if (!texts) return {};
    auto rows = reader_.of_texts(*texts);
    if (!rows) return at(pointer, rows.error());
    read_.rows.emplace(section.name, std::move(*rows));
    return {};
  }

  Checked check_item(const Item& item) {
    const auto definition = concrete_class(item.class_name, "/class");
    if (!definition) return definition.error();
    if (auto checked = catalog_.check(**definition, item.attributes); !checked) return checked;
    const bool names_item = !item.ref.empty() && (*definition)->kind == ClassKind::configuration_item;
    if (names_item && !refs_.emplace(item.ref, item.class_name).second) {
      return malformed("two items have the ref \"" + item.ref + "\"", "/ref");
    }
    return {};
  }

  Checked check_refs(const Section& section, const std::string& pointer) const {
    for (std::size_t i = 0; i < section.items.size(); ++i) {
      const std::string& owner = section.items[i].owner;
      if (owner.empty() || refs_.contains(owner)) continue;
      return malformed("no configuration item of the report has the ref \"" + owner + "\"",
                       pointer + "/items/" + std::to_string(i) + "/owner");
    }
    for (std::size_t i = 0; i < section.relationships.size(); ++i) {
      auto checked =
          check_relationship(section.relationships[i], pointer + "/relationships/" + std::to_string(i));
      if (!checked) return checked;
    }
    return {};
  }

  Checked check_relationship(const inventory::Relationship& relationship, const std::string& pointer) const {
    const RelationDefinition* relation = catalog_.find_relation(relationship.type);
    if (!relation) return malformed("there is no relation \"" + relationship.type + "\"", pointer + "/type");
    if (auto checked = check_end(relationship.from, relation->from_classes, pointer + "/from"); !checked)
      return checked;
    return check_end(relationship.to, relation->to_classes, pointer + "/to");
  }

  Checked check_end(const std::string& ref, const std::vector<std::string>& wanted,
                    const std::string& pointer) const {
    const auto found = refs_.find(ref);
    if (found == refs_.end()) {
      return malformed("no configuration item of the report has the ref \"" + ref + "\"", pointer);
    }
    if (catalog_.is_any_of(found->second, wanted)) return {};
    return malformed("expected a " + base::join(wanted, " or ") + ", found the " +
                         std::string(found->second) + " \"" + ref + "\"",
                     pointer);
  }

  const ClassCatalog& catalog_;
  ClassMemory classes_;
  SectionRowReader reader_;
  const Report& report_;
  const inventory::ReportTexts& texts_;
  ReadSections& read_;
  const ClassDefinition* subject_ = nullptr;
  std::set<std::string_view> names_;
  std::map<std::string_view, std::string_view> refs_;  // ref -> class
};

}  // namespace

base::Result<void> check_report(store::Transaction& tx, const ClassCatalog& catalog, const Report& report,
                                const inventory::ReportTexts& texts, ReadSections& read) {
  refresh(tx, catalog);
  if (read.memory) read.memory->keep_to(catalog.tables());
  if (auto checked = Checker(catalog, report, texts, read).check(); !checked) return checked;
  return check_references(tx, catalog, report);
}

}  // namespace censo::cmdb
