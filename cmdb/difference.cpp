#include "cmdb/difference.h"

#include "cmdb/as_of.h"
#include "cmdb/component_difference.h"
#include "cmdb/component_past.h"
#include "cmdb/component_store.h"
#include "cmdb/id_page.h"
#include "cmdb/item_state.h"
#include "cmdb/stored_json.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

namespace censo::cmdb {
namespace {

using base::Errc;
using Scope = std::function<bool(CiId)>;

constexpr std::size_t most_of_service = 5'000;
constexpr std::int64_t looked_at_a_page = 2'000;

using Ends = std::tuple<std::string, CiId, CiId>;

class ItemDifference {
 public:
  ItemDifference(store::Transaction& tx, const TwoMoments& between, CiId ci)
      : tx_(tx), between_(between), ci_(ci), was_(shown(between.from)), is_(shown(between.to)) {}

  bool was_known() const { return was_ || is_; }

  // `in_scope` tells of a relationship's `from` end whether the relationship is told there.
  std::vector<Difference> all(const Scope& in_scope) {
    if (was_ && is_) {
      attributes();
      components();
      relationships(in_scope);
    } else if (is_) {
      tell("item_added", "", "", is_->class_name);
    } else if (was_) {
      tell("item_removed", "", was_->class_name, merged_into());
    }
    return std::move(found_);
  }

 private:
  std::optional<ItemState> shown(base::TimeMs at) const {
    auto state = state_of(tx_, ci_, at);
    if (!state || state->merged_into) return std::nullopt;
    state->attributes = lasting(between_.catalog, *state);
    return state;
  }

  std::string merged_into() const {
    const CiId root = root_at(tx_, ci_, between_.to);
    const auto state = root == ci_ ? std::nullopt : state_of(tx_, root, between_.to);
    return state ? "merged into " + state->name : "";
  }

  void tell(std::string_view what, std::string subject, std::string old_value, std::string new_value) {
    const ItemState& last = is_ ? *is_ : *was_;
    found_.push_back({ci_, last.class_name, last.name, std::string(what), std::move(subject),
                      std::move(old_value), std::move(new_value)});
  }

  void attribute(const std::string& name, const std::string& old_value, const std::string& new_value) {
    if (old_value != new_value) tell("attribute", name, old_value, new_value);
  }

  void attributes() {
    attribute("class", was_->class_name, is_->class_name);
    attribute("name", was_->name, is_->name);
    attribute("stage", was_->stage, is_->stage);
    std::set<std::string> names;
    for (const auto& one : was_->attributes) names.insert(one.name);
    for (const auto& one : is_->attributes) names.insert(one.name);
    for (const std::string& name : names) {
      const inventory::Value* old_value = was_->attributes.find(name);
      const inventory::Value* new_value = is_->attributes.find(name);
      attribute(name, old_value ? to_text(*old_value) : "", new_value ? to_text(*new_value) : "");
    }
  }

  static RowIds ids_of(store::Transaction& tx, const std::vector<CiId>& members, base::TimeMs at) {
    RowIds ids;
    for (const CiId member : members) {
      for (const ComponentSet& set : components_at(tx, member, at))
        ids.insert(ids.end(), set.ids.begin(), set.ids.end());
    }
    std::ranges::sort(ids);
    return ids;
  }

  std::vector<Component> rows_of(const RowIds& ids) {
    const auto by_id = rows_with_ids(tx_, ids);
    std::vector<Component> rows;
    for (const RowId id : ids) rows.push_back(by_id.at(id));
    return rows;
  }

  bool components_are_kept() {
    return std::ranges::none_of(members_at(tx_, ci_, between_.from), [&](CiId member) {
      const auto row = tx_.query_one("select components_kept_from from ci where id = $1", member.value);
      return row && row->integer(0) > between_.from;
    });
  }

  void components() {
    if (!components_are_kept()) return;
    const auto members_before = members_at(tx_, ci_, between_.from);
    const auto members_after = members_at(tx_, ci_, between_.to);
    RowIds before = ids_of(tx_, members_before, between_.from),
           after = ids_of(tx_, members_after, between_.to);
    if (members_before.size() + members_after.size() > 2) {  // what two of them say alike is told once
      before.erase(std::unique(before.begin(), before.end()), before.end());
      after.erase(std::unique(after.begin(), after.end()), after.end());
    }
    RowIds gone, come;
    std::ranges::set_difference(before, after, std::back_inserter(gone));
    std::ranges::set_difference(after, before, std::back_inserter(come));
    const auto old_rows = rows_of(gone), new_rows = rows_of(come);
    for (const ComponentDifference& one : differences(between_.catalog, old_rows, new_rows)) {
      tell(one.what, one.subject, one.old_value, one.new_value);
    }
  }

  std::set<Ends> ends(base::TimeMs at) {
    std::set<Ends> all;
    for (const CiId member : members_at(tx_, ci_, at)) {
      for (const RelationshipThen& one : relationships_then(tx_, member, at)) {
        const CiId from = root_at(tx_, one.from, at), to = root_at(tx_, one.to, at);
        if (from != to) all.insert({one.type, from, to});
      }
    }
    return all;
  }

  void relationships(const Scope& in_scope) {
    const auto before = ends(between_.from), after = ends(between_.to);
    for (const Ends& one : before) {
      if (!after.contains(one)) relationship(one, "relationship_ended", between_.from, in_scope);
    }
    for (const Ends& one : after) {
      if (!before.contains(one)) relationship(one, "relationship_begun", between_.to, in_scope);
    }
  }

  void relationship(const Ends& one, std::string_view what, base::TimeMs at, const Scope& in_scope) {
    const auto& [type, from, to] = one;
    const bool is_from = from == ci_;
    if (!is_from && in_scope(from)) return;
    const auto other = state_of(tx_, is_from ? to : from, at);
    const std::string name = other ? other->name : base::to_text(is_from ? to : from);
    const bool begun = what == "relationship_begun";
    tell(what, is_from ? type + " " + name : name + " " + type, begun ? "" : name, begun ? name : "");
  }

  store::Transaction& tx_;
  const TwoMoments& between_;
  const CiId ci_;
  const std::optional<ItemState> was_, is_;
  std::vector<Difference> found_;
};

}  // namespace

base::Result<std::vector<Difference>> differences_of(store::Transaction& tx, CiId ci,
                                                     const TwoMoments& between) {
  ItemDifference difference(tx, between, ci);
  for (const base::TimeMs at : {between.from, between.to}) {
    const auto components = components_of(tx, ci, {}, {between.catalog, at});
    const bool is_kept = components || components.error().code != Errc::expired;
    if (!is_kept || (at == between.to && !difference.was_known())) return components.error();
  }
  return difference.all([](CiId) { return false; });
}

base::Result<std::vector<Difference>> differences_of(store::Transaction& tx, const std::vector<CiId>& items,
                                                     const TwoMoments& between) {
  const std::set<CiId> scope(items.begin(), items.end());
  std::vector<Difference> all;
  for (const CiId ci : scope) {
    auto some = ItemDifference(tx, between, ci).all([&](CiId from) { return scope.contains(from); });
    std::ranges::move(some, std::back_inserter(all));
  }
  return all;
}

base::Result<Page<Difference>> differences_of_all(store::Transaction& tx, const TwoMoments& between,
                                                  const PageRequest& request) {
  const auto after = position_of(request, 0);
  if (!after) return after.error();
  Page<Difference> page;
  const auto changed =
      tx.query("select ci_id from item_change where ci_id > $1 and at > $2 order by ci_id limit $3", *after,
               between.from, looked_at_a_page);
  for (const store::Row& row : changed) {
    auto some = ItemDifference(tx, between, CiId(row.integer(0))).all([](CiId) { return true; });
    std::ranges::move(some, std::back_inserter(page.rows));
    const bool is_last = &row == &changed.back();
    const bool is_full = page.rows.size() >= request.limit;
    const bool more = !is_last || static_cast<std::int64_t>(changed.size()) == looked_at_a_page;
    if ((is_full || is_last) && more) page.next = base::id_to_text(row.integer(0));
    if (is_full) break;
  }
  return page;
}

std::vector<CiId> service_of(store::Transaction& tx, CiId ci, const TwoMoments& between) {
  std::set<CiId> all;
  for (const base::TimeMs at : {between.from, between.to}) {
    for (const bool downstream : {true, false}) {
      std::vector<CiId> waiting{root_at(tx, ci, at)};
      std::set<CiId> seen(waiting.begin(), waiting.end());
      for (std::size_t next = 0; next < waiting.size() && all.size() + seen.size() < most_of_service;
           ++next) {
        for (const CiId other : harmed_then(tx, waiting[next], {between.catalog, at}, downstream)) {
          if (seen.insert(other).second) waiting.push_back(other);
        }
      }
      all.insert(seen.begin(), seen.end());
    }
  }
  return {all.begin(), all.end()};
}

}  // namespace censo::cmdb
