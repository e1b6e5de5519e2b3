#include "cmdb/schema_use.h"

#include "base/text.h"
#include "cmdb/attribute_value.h"
#include "cmdb/component_store.h"
#include "cmdb/stored_json.h"

#include <algorithm>
#include <set>
#include <string>

namespace censo::cmdb {
namespace {

using store::Row;

constexpr std::size_t ids_named = 10;

bool is_below(const ClassTables& tables, std::string_view class_name, const std::string& ancestor) {
  for (auto one = tables.classes.find(class_name); one != tables.classes.end();
       one = tables.classes.find(one->second.parent)) {
    if (one->first == ancestor) return true;
  }
  return false;
}

bool is_below_any(const ClassTables& tables, std::string_view name,
                  const std::vector<std::string>& ancestors) {
  return std::ranges::any_of(ancestors, [&](const auto& one) { return is_below(tables, name, one); });
}

// Why a value that was good is good no more; "" when it is. Nobody looks into what was wrong before.
std::string fault_of_change(const ClassDefinition& before, const ClassDefinition& after,
                            const std::string& name, const inventory::Value& value) {
  const auto* was = before.find_attribute(name);
  if (!was || !fault_of(*was, value).empty()) return "";
  const auto* is = after.find_attribute(name);
  if (!is) return "attribute \"" + name + "\" would be gone";
  if (is->to_class != was->to_class) return name + ": would lead to another class";
  if (is->unique && !was->unique) return name + ": would become unique";
  const auto fault = fault_of(*is, value);
  return fault.empty() ? "" : name + ": " + fault;
}

std::string fault_of_change(const ClassDefinition& before, const ClassDefinition& after,
                            const inventory::Attributes& attributes) {
  for (const auto& [name, value] : attributes) {
    if (auto fault = fault_of_change(before, after, name, value); !fault.empty()) return fault;
  }
  return "";
}

// Why nothing of the class may be there at all; "" when it may.
std::string fault_of_class(const ClassDefinition& before, const ClassDefinition* after) {
  if (!after) return "class " + before.name + " would be gone";
  if (after->abstract && !before.abstract) return "class " + before.name + " would be abstract";
  if (after->kind != before.kind || after->transient != before.transient)
    return "class " + before.name + " would be of another kind";
  if (after->identity != before.identity) return "class " + before.name + " would have another identity";
  return "";
}

bool only_widens(const ClassDefinition& before, const ClassDefinition* after) {
  return fault_of_class(before, after).empty() &&
         std::ranges::all_of(before.attributes, [&](const AttributeDefinition& was) {
           const auto* is = after->find_attribute(was.name);
           return is && *is == was;
         });
}

class Use {
 public:
  Use(store::Transaction& tx, const ClassTables& before, const ClassTables& after)
      : tx_(tx), before_(before), after_(after) {}

  base::Result<void> check() {
    for (const auto& [name, was] : before_.classes) {
      const auto found = after_.classes.find(name);
      const ClassDefinition* is = found == after_.classes.end() ? nullptr : &found->second;
      tree_changed_ = tree_changed_ || !is || is->parent != was.parent;
      if (only_widens(was, is)) continue;
      if (was.kind == ClassKind::component)
        check_components(was, is);
      else
        check_items(was, is);
    }
    check_relationships();
    for (const auto& [name, was] : before_.relations) check_cardinality(was);
    if (in_the_way_.empty()) return {};
    return base::fail(base::Errc::conflict,
                      std::to_string(in_the_way_.size()) +
                          (in_the_way_.size() == 1 ? " item is" : " items are") +
                          " in the way: " + first_ids() + "; " + why_,
                      {}, "IN_USE");
  }

 private:
  void add(std::int64_t ci, const std::string& why) {
    in_the_way_.insert(ci);
    if (why_.empty()) why_ = why;
  }

  std::string first_ids() const {
    std::vector<std::string> ids;
    for (const auto ci : in_the_way_) {
      if (ids.size() == ids_named) break;
      ids.push_back(base::id_to_text(ci));
    }
    return base::join(ids, ", ") + (in_the_way_.size() > ids_named ? ", and more" : "");
  }

  void check_items(const ClassDefinition& was, const ClassDefinition* is) {
    const std::string gone = fault_of_class(was, is);
    const auto look = [&](Row&& row) {
      if (!gone.empty()) {
        add(row.integer(0), gone);
        return true;
      }
      for (const auto& [section, attributes] : attributes_by_name_from_json(row.text(1))) {
        const auto fault = fault_of_change(was, *is, attributes);
        if (!fault.empty()) add(row.integer(0), fault);
      }
      return true;
    };
    tx_.each(
        "select v.ci_id, v.sections from ci c join ci_value v on v.ci_id = c.id"
        " where c.class = $1 or v.class = $1",
        look, was.name);
  }

  // Rows of lasting attributes stand once for all items, the others in each item's set.
  void check_components(const ClassDefinition& was, const ClassDefinition* is) {
    const std::string gone = fault_of_class(was, is);
    std::map<RowId, std::string> at_fault;
    const auto look = [&](Row&& row) {
      const auto fault = gone.empty() ? fault_of_change(was, *is, attributes_from_json(row.text(1))) : gone;
      at_fault.emplace(row.integer(0), fault);
      return true;
    };
    tx_.each("select id, attributes from component_row where class = $1", look, was.name);
    for (const Row& row : tx_.query("select distinct ci_id from component_set")) {
      for (const auto& set : load_components(tx_, CiId(row.integer(0))))
        check_set(row.integer(0), set, was, is, at_fault);
    }
  }

  void check_set(std::int64_t ci, const ComponentSet& set, const ClassDefinition& was,
                 const ClassDefinition* is, const std::map<RowId, std::string>& at_fault) {
    const std::string gone = fault_of_class(was, is);
    for (const RowId id : set.ids) {
      const auto found = at_fault.find(id);
      if (found == at_fault.end()) continue;
      const auto values = set.operational.find(id);
      std::string fault = found->second;
      if (fault.empty() && values != set.operational.end()) fault = fault_of_change(was, *is, values->second);
      if (!fault.empty()) add(ci, fault);
    }
    for (const Component& component : set.transient) {
      if (component.class_name != was.name) continue;
      const auto fault = gone.empty() ? fault_of_change(was, *is, component.attributes) : gone;
      if (!fault.empty()) add(ci, fault);
    }
  }

  std::string fault_of_ends(const RelationDefinition& was, const std::string& from,
                            const std::string& to) const {
    const bool was_good =
        is_below_any(before_, from, was.from_classes) && is_below_any(before_, to, was.to_classes);
    const auto is = after_.relations.find(was.name);
    if (is == after_.relations.end()) return "relation " + was.name + " would be gone";
    if (!was_good) return "";
    const bool good = is_below_any(after_, from, is->second.from_classes) &&
                      is_below_any(after_, to, is->second.to_classes);
    return good ? "" : "relation " + was.name + " would not take " + from + " and " + to;
  }

  bool changed(const RelationDefinition& was) const {
    const auto is = after_.relations.find(was.name);
    return is == after_.relations.end() || is->second.from_classes != was.from_classes ||
           is->second.to_classes != was.to_classes;
  }

  void check_relationships() {
    for (const auto& [name, was] : before_.relations) {
      if (!tree_changed_ && !changed(was)) continue;
      const auto look = [&, &relation = was](Row&& row) {
        const auto fault = fault_of_ends(relation, row.text(1), row.text(2));
        if (!fault.empty()) add(row.integer(0), fault);
        return true;
      };
      tx_.each(
          "select r.from_ci, f.class, t.class from relationship r join ci f on f.id = r.from_ci"
          " join ci t on t.id = r.to_ci where r.type = $1 and (r.ended_at is null or r.ended_at = 0)",
          look, name);
    }
  }

  void check_cardinality(const RelationDefinition& was) {
    const auto found = after_.relations.find(was.name);
    if (found == after_.relations.end()) return;
    const std::string why =
        "relation " + was.name + " would be " + std::string(name_of(found->second.cardinality));
    const auto look = [&](Row&& row) {
      add(row.integer(0), why);
      return true;
    };
    if (found->second.one_to() && !was.one_to())
      tx_.each(
          "select from_ci from relationship where type = $1 and ended_at is null group by from_ci"
          " having count(distinct to_ci) > 1",
          look, was.name);
    if (found->second.one_from() && !was.one_from())
      tx_.each(
          "select to_ci from relationship where type = $1 and ended_at is null group by to_ci"
          " having count(distinct from_ci) > 1",
          look, was.name);
  }

  store::Transaction& tx_;
  const ClassTables& before_;
  const ClassTables& after_;
  bool tree_changed_ = false;
  std::set<std::int64_t> in_the_way_;
  std::string why_;
};

}  // namespace

base::Result<void> check_use(store::Transaction& tx, const ClassTables& before, const ClassTables& after) {
  return Use(tx, before, after).check();
}

}  // namespace censo::cmdb
