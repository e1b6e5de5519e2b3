// The relationships of a past moment, by the ends that were shown then.
#include "cmdb/as_of.h"

#include "cmdb/stored_json.h"
#include "cmdb/time_spans.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace censo::cmdb {
namespace {

using store::Row;

// Those that are there now and had begun, and those that have gone since then; gaps are looked at by the
// caller.
constexpr std::string_view of_item =
    "(select * from relationship where from_ci = $1 and ended_at is null and first_seen <= $2"
    " union all select * from relationship where to_ci = $1 and from_ci <> $1 and ended_at is null"
    " and first_seen <= $2"
    " union all select * from relationship where from_ci = $1 and ended_at is not null and first_seen <= $2"
    " and coalesce(gone_at, ended_at) > $2"
    " union all select * from relationship where to_ci = $1 and from_ci <> $1 and ended_at is not null"
    " and first_seen <= $2 and coalesce(gone_at, ended_at) > $2) r";

class ShownEnds {
 public:
  ShownEnds(store::Transaction& tx, base::TimeMs at) : tx_(tx), at_(at) {}

  struct End {
    CiId id;
    std::string name, class_name;
  };
  const End& of(CiId ci) {
    const auto [place, is_new] = ends_.try_emplace(ci);
    if (is_new) {
      const CiId root = root_at(tx_, ci, at_);
      const auto state = state_of(tx_, root, at_);
      place->second = {root, state ? state->name : "", state ? state->class_name : ""};
    }
    return place->second;
  }

 private:
  store::Transaction& tx_;
  const base::TimeMs at_;
  std::map<CiId, End> ends_;
};

Relationship relationship_from(const Row& row, ShownEnds& ends, base::TimeMs at) {
  Relationship found;
  found.id = row.integer(0);
  found.type = row.text(1);
  std::tie(found.from, found.from_name, found.from_class) = [&] {
    const auto& end = ends.of(CiId(row.integer(2)));
    return std::tuple(end.id, end.name, end.class_name);
  }();
  std::tie(found.to, found.to_name, found.to_class) = [&] {
    const auto& end = ends.of(CiId(row.integer(3)));
    return std::tuple(end.id, end.name, end.class_name);
  }();
  found.origin = row.text(5);
  found.evidence = attributes_from_json(row.text(6));
  found.first_seen = row.integer(7);
  found.last_seen = row.integer(8) <= at ? row.integer(8) : 0;
  found.section = row.text(9);
  found.confidence = row.integer(10);
  found.valid_from = row.maybe_integer(11).value_or(0);
  found.valid_to = row.maybe_integer(12).value_or(0);
  return found;
}

base::Result<void> check_kept(store::Transaction& tx, CiId member, base::TimeMs at) {
  const auto row = tx.query_one("select kept_from from ci where id = $1", member.value);
  if (!row || row->integer(0) <= at) return {};
  return base::fail(base::Errc::expired,
                    "past relationships of " + base::to_text(member) + " are not kept before " +
                        base::to_iso8601(row->integer(0)),
                    "at", "NOT_KEPT");
}

}  // namespace

std::vector<RelationshipThen> relationships_then(store::Transaction& tx, CiId member, base::TimeMs at) {
  static const std::string sql =
      "select r.id, r.type, r.from_ci, r.to_ci, r.gaps from " + std::string(of_item);
  std::vector<RelationshipThen> found;
  for (const Row& row : tx.query(sql, member.value, at)) {
    if (holds(spans_in(row, 4), at)) continue;
    found.push_back({row.integer(0), row.text(1), CiId(row.integer(2)), CiId(row.integer(3))});
  }
  return found;
}

std::vector<CiId> harmed_then(store::Transaction& tx, CiId root, const AsOf& as_of, bool downstream) {
  std::set<CiId> found;
  for (const CiId member : members_at(tx, root, as_of.at)) {
    for (const RelationshipThen& one : relationships_then(tx, member, as_of.at)) {
      const RelationDefinition* relation = as_of.catalog.find_relation(one.type);
      if (!relation || relation->impact == ImpactDirection::none) continue;
      const bool from_harms = (relation->impact == ImpactDirection::from_to) == downstream;
      const CiId from = root_at(tx, one.from, as_of.at), to = root_at(tx, one.to, as_of.at);
      if ((from_harms ? from : to) == root && from != to) found.insert(from_harms ? to : from);
    }
  }
  return {found.begin(), found.end()};
}

base::Result<std::vector<Relationship>> relationships_of(store::Transaction& tx, CiId id, const AsOf& as_of) {
  static const std::string sql =
      "select r.id, r.type, r.from_ci, r.to_ci, r.gaps, o.kind, r.evidence, r.first_seen,"
      " coalesce(r.ended_at, s.last_seen), r.section, r.confidence, r.valid_from, r.valid_to from " +
      std::string(of_item) +
      " join ci_source s on s.id = r.source_id join origin o on o.id = s.origin_id order by r.id";
  const auto item = find_ci(tx, id, as_of);
  if (!item) return item.error();
  std::vector<Relationship> found;
  std::set<std::tuple<std::string, CiId, CiId, std::string>> seen;
  ShownEnds ends(tx, as_of.at);
  const auto members = members_at(tx, item->id, as_of.at);
  for (const CiId member : members) {
    if (const auto kept = check_kept(tx, member, as_of.at); !kept) return kept.error();
    for (const Row& row : tx.query(sql, member.value, as_of.at)) {
      if (holds(spans_in(row, 4), as_of.at)) continue;
      Relationship one = relationship_from(row, ends, as_of.at);
      const bool is_told =
          members.size() > 1 &&
          (one.from == one.to || !seen.emplace(one.type, one.from, one.to, one.origin).second);
      if (!is_told) found.push_back(std::move(one));
    }
  }
  std::ranges::sort(found, {}, [](const Relationship& one) {
    return std::tie(one.type, one.from_name, one.to_name, one.id);
  });
  return found;
}

}  // namespace censo::cmdb
