#include "cmdb/rule_table.h"

#include <algorithm>

namespace censo::cmdb {

std::optional<std::int64_t> RuleTable::find(CiIndex item, RelationIndex relation) const {
  const std::uint64_t key = key_of(item, relation);
  if (!changed_.empty()) {
    const auto changed = changed_.find(key);
    if (changed != changed_.end()) return changed->second;
  }
  const auto packed = std::ranges::lower_bound(packed_, key, {}, &Rule::key);
  if (packed == packed_.end() || packed->key() != key) return std::nullopt;
  return packed->min_up;
}

void RuleTable::set(CiIndex item, RelationIndex relation, std::optional<std::int64_t> min_up) {
  const std::uint64_t key = key_of(item, relation);
  const auto kept = min_up ? std::optional(static_cast<std::uint32_t>(*min_up)) : std::nullopt;
  if (kept && changed_.empty() && (packed_.empty() || packed_.back().key() < key)) {
    packed_.push_back({item, relation, *kept});
  } else if (find(item, relation) != min_up) {
    changed_[key] = kept;
  }
}

void RuleTable::compact() {
  std::vector<Rule> all;
  all.reserve(packed_.size() + changed_.size());
  for (const Rule& rule : packed_) {
    if (!changed_.contains(rule.key())) all.push_back(rule);
  }
  for (const auto& [key, min_up] : changed_) {
    if (!min_up) continue;
    all.push_back({static_cast<CiIndex>(key >> 16), static_cast<RelationIndex>(key & 0xFFFF), *min_up});
  }
  std::ranges::sort(all, {}, &Rule::key);
  all.shrink_to_fit();
  packed_ = std::move(all);
  changed_ = {};
}

std::size_t RuleTable::bytes() const {
  constexpr std::size_t a_changed_rule = 48;  // of the table: its node and its bucket
  return packed_.capacity() * sizeof(Rule) + changed_.size() * a_changed_rule;
}

}  // namespace censo::cmdb
