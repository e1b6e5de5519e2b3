#include "cmdb/impact.h"

#include <algorithm>
#include <tuple>
#include <unordered_set>
#include <utility>

namespace censo::cmdb {
namespace {

// From which end of its relationships a failed item harms the other: its own end is `from`, or its own end is
// `to`.
enum class OwnEnd { from, to };

OwnEnd own_end_of(ImpactDirection impact, Direction direction) {
  return (impact == ImpactDirection::from_to) == (direction == Direction::downstream) ? OwnEnd::from
                                                                                      : OwnEnd::to;
}

class Walk {
 public:
  Walk(store::Transaction& tx, const ClassCatalog& catalog, Direction direction, const ImpactLimits& limits)
      : tx_(tx), catalog_(catalog), direction_(direction), limits_(limits) {}

  Impact from(std::span<const CiId> failed) {
    seen_.insert(failed.begin(), failed.end());
    seen_.insert(limits_.sound.begin(), limits_.sound.end());
    auto level = start(failed);
    for (std::size_t depth = 1; !level.empty() && !result_.truncated; ++depth) {
      level = next_level(level, depth);
      result_.items.insert(result_.items.end(), level.begin(), level.end());
    }
    return std::move(result_);
  }

 private:
  std::vector<ImpactedCi> start(std::span<const CiId> failed) {
    std::vector<ImpactedCi> level;
    for (const auto id : failed) {
      const auto row = tx_.query_one("select class, name from ci where id = $1", id.value);
      if (row) level.push_back({id, row->text(0), row->text(1), 0, {}, {}, {}});
    }
    return level;
  }

  std::vector<ImpactedCi> next_level(const std::vector<ImpactedCi>& level, std::size_t depth) {
    std::vector<ImpactedCi> next;
    for (const auto& item : level) {
      step(item, OwnEnd::from, depth, next);
      step(item, OwnEnd::to, depth, next);
    }
    std::sort(next.begin(), next.end(), [](const ImpactedCi& a, const ImpactedCi& b) {
      return std::tie(a.name, a.id) < std::tie(b.name, b.id);
    });
    return next;
  }

  // Adds to `next` what is harmed through the relationships that have `item` at this end.
  void step(const ImpactedCi& item, OwnEnd end, std::size_t depth, std::vector<ImpactedCi>& next) {
    constexpr std::string_view to_others =
        "select r.type, c.id, c.class, c.name from relationship r join ci c on c.id = r.to_ci "
        "where r.from_ci = $1 and r.ended_at is null and c.stage <> 'retired' order by r.type, c.id";
    constexpr std::string_view from_others =
        "select r.type, c.id, c.class, c.name from relationship r join ci c on c.id = r.from_ci "
        "where r.to_ci = $1 and r.ended_at is null and c.stage <> 'retired' order by r.type, c.id";
    const auto add = [&](store::Row&& row) {
      const auto* relation = catalog_.find_relation(row.text(0));
      const bool harms = relation && relation->impact != ImpactDirection::none &&
                         own_end_of(relation->impact, direction_) == end;
      const CiId other(row.integer(1));
      if (!harms || seen_.contains(other)) return true;
      if (depth > limits_.max_depth || seen_items(next) >= limits_.max_items) {
        result_.truncated = true;
        return false;
      }
      seen_.insert(other);
      next.push_back({other, row.text(2), row.text(3), depth, item.id, item.name, relation->name});
      return true;
    };
    if (!result_.truncated) tx_.each(end == OwnEnd::from ? to_others : from_others, add, item.id.value);
  }

  std::size_t seen_items(const std::vector<ImpactedCi>& next) const {
    return result_.items.size() + next.size();
  }

  store::Transaction& tx_;
  const ClassCatalog& catalog_;
  const Direction direction_;
  const ImpactLimits& limits_;
  std::unordered_set<CiId> seen_;
  Impact result_;
};

}  // namespace

Impact impact(store::Transaction& tx, const ClassCatalog& catalog, std::span<const CiId> failed,
              Direction direction, const ImpactLimits& limits) {
  return Walk(tx, catalog, direction, limits).from(failed);
}

std::string reason_of(const ImpactedCi& item, const ClassCatalog& catalog, Direction direction) {
  const auto* relation = catalog.find_relation(item.relation);
  if (!relation) return item.relation + " " + item.through_name;
  const bool through_is_from = own_end_of(relation->impact, direction) == OwnEnd::from;
  return (through_is_from ? relation->reverse_label : relation->label).en + " " + item.through_name;
}

}  // namespace censo::cmdb
