// How many must be up, by item and relation: rules packed in the order of the items, twelve bytes each, and
// over them those that changed since. Part of CiGraph (cmdb/ci_graph.h).
#pragma once

#include "cmdb/adjacency.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

namespace censo::cmdb {

class RuleTable {
 public:
  // Nothing: no rule.
  std::optional<std::int64_t> find(CiIndex item, RelationIndex relation) const;
  // `min_up` is one that people may set (highest_min_up, cmdb/redundancy.h); nothing takes the rule away.
  // Rules that come in rising order of items are packed at once.
  void set(CiIndex item, RelationIndex relation, std::optional<std::int64_t> min_up);
  std::size_t changed() const { return changed_.size(); }
  // Packs what changed. Cost: a pass over all rules.
  void compact();
  std::size_t bytes() const;

 private:
  struct Rule {
    CiIndex item = 0;
    RelationIndex relation = 0;
    std::uint32_t min_up = 0;
    std::uint64_t key() const { return key_of(item, relation); }
  };
  static std::uint64_t key_of(CiIndex item, RelationIndex relation) {
    return std::uint64_t{item} << 16 | relation;
  }

  std::vector<Rule> packed_;                                                 // by key
  std::unordered_map<std::uint64_t, std::optional<std::uint32_t>> changed_;  // by key; nothing: taken away
};

}  // namespace censo::cmdb
