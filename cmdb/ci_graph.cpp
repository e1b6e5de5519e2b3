#include "cmdb/ci_graph.h"

#include "cmdb/class_catalog.h"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <utility>

namespace censo::cmdb {
namespace {

constexpr int longest_chain = 64;  // as in cmdb/merge.cpp
constexpr std::size_t longest_name = 0xFFFF;
constexpr std::size_t least_loose = 100'000;  // steps; less is not worth a compaction
constexpr std::size_t least_changed_rules = 10'000;

// Room for `more` in steps of a sixteenth: doubling would leave up to half of it unused.
template <class Values>
void make_room(Values& values, std::size_t more = 1) {
  const std::size_t wanted = values.size() + more;
  if (wanted > values.capacity()) values.reserve(wanted + wanted / 16 + 64);
}

}  // namespace

std::vector<HarmRelation> harm_relations(const ClassCatalog& catalog) {
  std::vector<HarmRelation> harmful;
  for (const RelationDefinition* relation : catalog.relations()) {
    if (relation->impact == ImpactDirection::none) continue;
    harmful.push_back(
        {relation->name, relation->impact == ImpactDirection::from_to, relation->redundant_min_up});
  }
  std::ranges::sort(harmful, {}, &HarmRelation::name);
  return harmful;
}

std::optional<RelationIndex> CiGraph::relation(std::string_view name) const {
  const auto found = std::ranges::lower_bound(
      relations_, name, {}, [](const HarmRelation& relation) { return std::string_view(relation.name); });
  if (found == relations_.end() || found->name != name) return std::nullopt;
  return static_cast<RelationIndex>(found - relations_.begin());
}

std::optional<CiIndex> CiGraph::find(CiId id) const {
  const auto end = ids_.begin() + static_cast<std::ptrdiff_t>(sorted_);
  const auto place = std::lower_bound(ids_.begin(), end, id.value);
  if (place != end && *place == id.value) return static_cast<CiIndex>(place - ids_.begin());
  const auto found = unsorted_.find(id.value);
  return found == unsorted_.end() ? std::nullopt : std::optional(found->second);
}

CiIndex CiGraph::put(const Item& item) {
  const bool highest = ids_.empty() || (sorted_ == ids_.size() && ids_.back() < item.id.value);
  const auto found = highest ? std::nullopt : find(item.id);
  const CiIndex index = found.value_or(static_cast<CiIndex>(ids_.size()));
  if (!found) {
    make_room(ids_);
    make_room(flags_);
    make_room(classes_);
    make_room(names_);
    ids_.push_back(item.id.value);
    if (highest) {
      ++sorted_;
    } else {
      unsorted_.emplace(item.id.value, index);
    }
    flags_.push_back(0);
    classes_.push_back(0);
    names_.push_back(0);
    add_name(index, item.name);
  } else if (name_of(index) != item.name) {
    dead_name_bytes_ += name_of(index).size() + 2;
    add_name(index, item.name);
  }
  classes_[index] = class_index(item.class_name);
  set_flag(index, is_retired, item.retired);
  set_flag(index, dropped, false);
  return index;
}

void CiGraph::drop(CiIndex item) {
  set_merged_into(item, std::nullopt);
  set_flag(item, dropped, true);
}

void CiGraph::add_name(CiIndex item, std::string_view name) {
  const std::string_view kept = name.substr(0, longest_name);
  if (name_bytes_.size() + kept.size() + 2 > std::numeric_limits<std::uint32_t>::max()) {
    throw std::length_error("the names of all items together take more than 4 GiB");
  }
  make_room(name_bytes_, kept.size() + 2);
  names_[item] = static_cast<std::uint32_t>(name_bytes_.size());
  name_bytes_.push_back(static_cast<char>(kept.size() & 0xFF));
  name_bytes_.push_back(static_cast<char>(kept.size() >> 8));
  name_bytes_.append(kept);
}

std::string_view CiGraph::name_of(CiIndex item) const {
  const std::size_t at = names_[item];
  const std::size_t size = static_cast<std::uint8_t>(name_bytes_[at]) |
                           std::size_t{static_cast<std::uint8_t>(name_bytes_[at + 1])} << 8;
  return std::string_view(name_bytes_).substr(at + 2, size);
}

std::uint16_t CiGraph::class_index(std::string_view name) {
  if (last_class_ < class_names_.size() && class_names_[last_class_] == name) return last_class_;
  const auto found = std::ranges::find(class_names_, name);
  last_class_ = static_cast<std::uint16_t>(found - class_names_.begin());
  if (found == class_names_.end()) class_names_.emplace_back(name);
  return last_class_;
}

void CiGraph::set_flag(CiIndex item, Flag flag, bool on) {
  if (on) {
    flags_[item] |= flag;
  } else {
    flags_[item] &= static_cast<std::uint8_t>(~flag);
  }
}

void CiGraph::set_merged_into(CiIndex item, std::optional<CiIndex> other) {
  const auto before = merges_.find(item);
  if (before != merges_.end()) {
    if (before->second == other) return;
    auto& members = members_[before->second];
    std::erase(members, item);
    set_flag(before->second, stands_for, !members.empty());
    if (members.empty()) members_.erase(before->second);
    merges_.erase(before);
  }
  set_flag(item, merged, other.has_value());
  if (!other) return;
  merges_.emplace(item, *other);
  members_[*other].push_back(item);
  set_flag(*other, stands_for, true);
}

CiIndex CiGraph::end_of_merges(CiIndex item) const {
  for (int step = 0; step < longest_chain; ++step) {
    const auto next = merges_.find(item);
    if (next == merges_.end()) break;
    item = next->second;
  }
  return item;
}

std::vector<CiIndex> CiGraph::merged_into(CiIndex root) const {
  std::vector<CiIndex> all{root};
  for (std::size_t at = 0; at < all.size(); ++at) {
    const auto members = members_.find(all[at]);
    if (members == members_.end()) continue;
    for (const CiIndex member : members->second) {
      if (std::ranges::find(all, member) == all.end()) all.push_back(member);
    }
  }
  all.erase(all.begin());
  return all;
}

void CiGraph::set_min_up(CiIndex item, RelationIndex relation, std::optional<std::int64_t> min_up) {
  if (min_up) {
    rules_.set(item, relation, min_up);
    set_flag(item, ruled, true);
    return;
  }
  if ((flags_[item] & ruled) == 0) return;
  rules_.set(item, relation, std::nullopt);
  bool left = false;
  for (RelationIndex one = 0; one < relations_.size(); ++one) left |= rules_.find(item, one).has_value();
  set_flag(item, ruled, left);
}

std::optional<std::int64_t> CiGraph::min_up_of(CiIndex root, RelationIndex relation) const {
  if (const auto own = rules_.find(root, relation)) return own;
  if (flags_[root] & stands_for) {
    auto members = merged_into(root);
    std::ranges::sort(members, {}, [this](CiIndex member) { return ids_[member]; });
    for (const CiIndex member : members) {
      if (const auto rule = rules_.find(member, relation)) return rule;
    }
  }
  return relations_[relation].min_up;
}

void CiGraph::load(std::span<const Harm> harms) {
  consumers_.load(harms, size(), Adjacency::Towards::consumers);
  suppliers_.load(harms, size(), Adjacency::Towards::suppliers);
  ids_.shrink_to_fit();
  flags_.shrink_to_fit();
  classes_.shrink_to_fit();
  names_.shrink_to_fit();
  name_bytes_.shrink_to_fit();
  rules_.compact();
}

void CiGraph::set(const Harm& harm, bool there) {
  consumers_.set(harm.supplier, Step(harm.consumer, harm.relation), there);
  suppliers_.set(harm.consumer, Step(harm.supplier, harm.relation), there);
}

std::vector<Harm> CiGraph::harms_of(CiIndex item) const {
  std::vector<Harm> harms;
  for (const Step& step : consumers_.of(item)) harms.push_back({item, step.other(), step.relation});
  for (const Step& step : suppliers_.of(item)) harms.push_back({step.other(), item, step.relation});
  return harms;
}

void CiGraph::compact_if_due() {
  const std::size_t loose = consumers_.loose() + suppliers_.loose();
  if (loose > std::max(least_loose, (consumers_.steps() + suppliers_.steps()) / 8)) {
    consumers_.compact(size());
    suppliers_.compact(size());
  }
  if (rules_.changed() > least_changed_rules) rules_.compact();
  if (dead_name_bytes_ <= name_bytes_.size() / 4 + least_loose) return;
  const std::string before = std::exchange(name_bytes_, {});
  dead_name_bytes_ = 0;
  for (std::uint32_t& name : names_) {
    const std::size_t size = static_cast<std::uint8_t>(before[name]) |
                             std::size_t{static_cast<std::uint8_t>(before[name + 1])} << 8;
    const auto at = static_cast<std::uint32_t>(name_bytes_.size());
    name_bytes_.append(before, name, size + 2);
    name = at;
  }
}

std::size_t CiGraph::bytes() const {
  constexpr std::size_t table_entry = 48;
  return ids_.capacity() * sizeof(ids_[0]) + flags_.capacity() + classes_.capacity() * sizeof(classes_[0]) +
         names_.capacity() * sizeof(names_[0]) + name_bytes_.capacity() + consumers_.bytes() +
         suppliers_.bytes() + rules_.bytes() +
         (unsorted_.size() + 2 * merges_.size() + class_names_.size()) * table_entry;
}

}  // namespace censo::cmdb
