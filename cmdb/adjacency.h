// Which items are beside which, in one direction: rows packed one behind the other, and over them the rows
// that changed since. Part of CiGraph (cmdb/ci_graph.h).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

namespace censo::cmdb {

using CiIndex = std::uint32_t;        // an item's place in one graph; it keeps it as long as the graph lives
using RelationIndex = std::uint16_t;  // into CiGraph::relations()

// Failure of `supplier` harms `consumer`.
struct Harm {
  CiIndex supplier = 0, consumer = 0;
  RelationIndex relation = 0;
  friend bool operator==(const Harm&, const Harm&) = default;
};

// One step from an item to another, in six bytes.
struct Step {
  std::array<std::uint16_t, 2> halves{};
  RelationIndex relation = 0;

  Step() = default;
  Step(CiIndex other, RelationIndex type)
      : halves{static_cast<std::uint16_t>(other), static_cast<std::uint16_t>(other >> 16)}, relation(type) {}
  CiIndex other() const { return halves[0] | static_cast<CiIndex>(halves[1]) << 16; }
  friend bool operator==(const Step&, const Step&) = default;
  friend bool operator<(const Step& a, const Step& b) {
    return a.other() != b.other() ? a.other() < b.other() : a.relation < b.relation;
  }
};

class Adjacency {
 public:
  enum class Towards { consumers, suppliers };

  // Replaces all; `items`: how many there are. A harm that stands twice counts once.
  void load(std::span<const Harm> harms, std::size_t items, Towards towards);
  // Sorted, each once. Valid until the next change.
  std::span<const Step> of(CiIndex item) const {
    if (!changed_.empty()) {
      const auto changed = changed_.find(item);
      if (changed != changed_.end()) return changed->second;
    }
    return packed_of(item);
  }
  void set(CiIndex item, Step step, bool there);
  // Steps in rows that changed: what a compaction would put in its place.
  std::size_t loose() const { return loose_; }
  std::size_t steps() const { return steps_.size(); }
  void compact(std::size_t items);
  std::size_t bytes() const;

 private:
  std::span<const Step> packed_of(CiIndex item) const {
    if (item + std::size_t{1} >= begin_.size()) return {};
    return {steps_.data() + begin_[item], steps_.data() + begin_[item + 1]};
  }

  std::vector<std::uint32_t> begin_;  // of each item's row in steps_, and the end of the last
  std::vector<Step> steps_;
  std::unordered_map<CiIndex, std::vector<Step>> changed_;
  std::size_t loose_ = 0;
};

}  // namespace censo::cmdb
