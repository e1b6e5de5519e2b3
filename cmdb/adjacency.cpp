#include "cmdb/adjacency.h"

#include <algorithm>

namespace censo::cmdb {

void Adjacency::load(std::span<const Harm> harms, std::size_t items, Towards towards) {
  const auto own = [towards](const Harm& harm) {
    return towards == Towards::consumers ? harm.supplier : harm.consumer;
  };
  changed_.clear();
  loose_ = 0;
  begin_.assign(items + 1, 0);
  for (const Harm& harm : harms) ++begin_[own(harm) + 1];
  for (std::size_t i = 1; i <= items; ++i) begin_[i] += begin_[i - 1];
  steps_.assign(harms.size(), {});
  std::vector<std::uint32_t> next(begin_.begin(), begin_.end() - 1);
  for (const Harm& harm : harms) {
    const CiIndex other = towards == Towards::consumers ? harm.consumer : harm.supplier;
    steps_[next[own(harm)]++] = Step(other, harm.relation);
  }
  std::uint32_t kept = 0;
  for (std::size_t i = 0; i < items; ++i) {
    const auto first = steps_.begin() + begin_[i], last = steps_.begin() + begin_[i + 1];
    if (!std::is_sorted(first, last)) std::sort(first, last);
    begin_[i] = kept;
    const auto end = std::unique_copy(first, last, steps_.begin() + kept);
    kept = static_cast<std::uint32_t>(end - steps_.begin());
  }
  begin_[items] = kept;
  steps_.resize(kept);
  if (steps_.capacity() > steps_.size() + steps_.size() / 16) steps_.shrink_to_fit();
}

void Adjacency::set(CiIndex item, Step step, bool there) {
  auto found = changed_.find(item);
  if (found == changed_.end()) {
    const auto row = packed_of(item);
    if (std::binary_search(row.begin(), row.end(), step) == there) return;
    found = changed_.emplace(item, std::vector<Step>(row.begin(), row.end())).first;
    loose_ += row.size();
  }
  std::vector<Step>& row = found->second;
  const auto place = std::lower_bound(row.begin(), row.end(), step);
  const bool present = place != row.end() && *place == step;
  if (present == there) return;
  if (there) {
    row.insert(place, step);
    ++loose_;
  } else {
    row.erase(place);
    --loose_;
  }
}

void Adjacency::compact(std::size_t items) {
  std::vector<std::uint32_t> begin;
  begin.reserve(items + 1);
  std::vector<Step> steps;
  steps.reserve(steps_.size() + loose_);
  for (std::size_t i = 0; i < items; ++i) {
    begin.push_back(static_cast<std::uint32_t>(steps.size()));
    const auto row = of(static_cast<CiIndex>(i));
    steps.insert(steps.end(), row.begin(), row.end());
  }
  begin.push_back(static_cast<std::uint32_t>(steps.size()));
  begin_ = std::move(begin);
  steps_ = std::move(steps);
  steps_.shrink_to_fit();
  changed_.clear();
  loose_ = 0;
}

std::size_t Adjacency::bytes() const {
  constexpr std::size_t a_changed_row = 64;  // of the table: its node, its bucket, the vector's head
  return begin_.capacity() * sizeof(begin_[0]) + steps_.capacity() * sizeof(Step) +
         changed_.size() * a_changed_row + loose_ * sizeof(Step);
}

}  // namespace censo::cmdb
