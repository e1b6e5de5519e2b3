#include "tests/fleet/measure.h"

#include <algorithm>
#include <set>

namespace censo::fleet {
namespace {

constexpr std::int64_t no_item = -1;
constexpr std::size_t most_examples = 100;

struct Mention {
  std::size_t record;
  std::int64_t item;
};

std::size_t pairs_of(std::size_t count) {
  return count * (count - (count > 0 ? 1 : 0)) / 2;
}

double ratio(std::size_t part, std::size_t rest) {
  return part + rest == 0 ? 1.0 : static_cast<double>(part) / static_cast<double>(part + rest);
}

// The rarest thing that makes both look alike.
Happening cause_of_merge(const Asset& a, const Asset& b) {
  for (auto at = a.happenings.rbegin(); at != a.happenings.rend(); ++at) {
    const auto same = b.happenings.find(at->first);
    if (at->second != 0 && same != b.happenings.end() && same->second == at->second) return at->first;
  }
  const auto at_host = [](const Asset& x, const Asset& y) {
    const auto host = x.happenings.find(Happening::in_container);
    return host != x.happenings.end() && y.host == none;
  };
  if (at_host(a, b) || at_host(b, a)) return Happening::in_container;
  return Happening::enrolled;
}

std::string text_of(const Truth& truth, const Mention& mention) {
  const Record& record = truth.records[mention.record];
  return record.source + " (" + std::string(name_of(record.made_by)) + ") -> item " +
         std::to_string(mention.item);
}

class Comparison {
 public:
  Comparison(const Truth& truth, const std::vector<Mention>& mentions, Score& score)
      : truth_(truth), mentions_(mentions), score_(score) {}

  void compare() {
    std::map<std::int64_t, std::vector<std::size_t>> of_item;
    std::map<std::size_t, std::vector<std::size_t>> of_asset;
    for (std::size_t i = 0; i < mentions_.size(); ++i) {
      if (mentions_[i].item != no_item) of_item[mentions_[i].item].push_back(i);
      of_asset[asset_of(i)].push_back(i);
    }
    score_.items = of_item.size();
    std::size_t alike = 0, same = 0;
    for (const auto& [item, list] : of_item) {
      alike += pairs_of(list.size());
      look_for_merges(list);
    }
    for (const auto& [asset, list] : of_asset) {
      same += pairs_of(list.size());
      look_for_splits(list);
    }
    score_.right_pairs = alike - score_.wrong_pairs;
    score_.missed_pairs = same - score_.right_pairs;
    count_assets(score_.merges, merged_);
    count_assets(score_.splits, split_);
  }

 private:
  using AssetsOf = std::map<Happening, std::set<std::size_t>>;

  std::size_t asset_of(std::size_t mention) const { return truth_.records[mentions_[mention].record].asset; }

  void look_for_merges(const std::vector<std::size_t>& list) {
    for (std::size_t i = 0; i < list.size(); ++i) {
      for (std::size_t j = i + 1; j < list.size(); ++j) {
        if (asset_of(list[i]) != asset_of(list[j])) add_merge(list[i], list[j]);
      }
    }
  }

  void add_merge(std::size_t a, std::size_t b) {
    ++score_.wrong_pairs;
    const Asset &first = truth_.assets[asset_of(a)], &second = truth_.assets[asset_of(b)];
    const Happening cause = cause_of_merge(first, second);
    merged_[cause].insert({asset_of(a), asset_of(b)});
    Wrong& wrong = score_.merges[cause];
    if (++wrong.pairs > most_examples) return;
    wrong.examples.push_back(description_of(first) + " | " + text_of(truth_, mentions_[a]) + "\n      AND " +
                             description_of(second) + " | " + text_of(truth_, mentions_[b]));
  }

  void look_for_splits(const std::vector<std::size_t>& list) {
    for (std::size_t i = 0; i < list.size(); ++i) {
      for (std::size_t j = i + 1; j < list.size(); ++j) {
        const std::int64_t item = mentions_[list[i]].item;
        if (item == no_item || item != mentions_[list[j]].item) add_split(list[i], list[j]);
      }
    }
  }

  void add_split(std::size_t a, std::size_t b) {
    const Record &first = truth_.records[mentions_[a].record], &second = truth_.records[mentions_[b].record];
    const Happening cause = std::max(first.made_by, second.made_by);
    split_[cause].insert(first.asset);
    Wrong& wrong = score_.splits[cause];
    if (++wrong.pairs > most_examples) return;
    wrong.examples.push_back(description_of(truth_.assets[first.asset]) + " | " +
                             text_of(truth_, mentions_[a]) + " BUT " + text_of(truth_, mentions_[b]));
  }

  static void count_assets(std::map<Happening, Wrong>& wrong, const AssetsOf& assets) {
    for (const auto& [cause, list] : assets) wrong[cause].assets = list.size();
  }

  const Truth& truth_;
  const std::vector<Mention>& mentions_;
  Score& score_;
  AssetsOf merged_, split_;
};

}  // namespace

double Score::precision() const {
  return ratio(right_pairs, wrong_pairs);
}

double Score::recall() const {
  return ratio(right_pairs, missed_pairs);
}

void Measurement::take(const Sighting& sighting) {
  ++reports_;
  if (item_of_record_.size() <= sighting.record) item_of_record_.resize(sighting.record + 1, no_item);
  const auto item = engine_.take(sighting);
  if (!item) {
    ++refused_;
    return;
  }
  std::int64_t& current = item_of_record_[sighting.record];
  if (current != no_item && current != *item) left_by_[current] = sighting.record;
  current = *item;
}

bool Measurement::is_same_asset(const Truth& truth, std::int64_t item, std::int64_t other) const {
  std::set<std::size_t> of_item, of_other;
  for (std::size_t record = 0; record < item_of_record_.size(); ++record) {
    if (item_of_record_[record] == item) of_item.insert(truth.records[record].asset);
    if (item_of_record_[record] == other) of_other.insert(truth.records[record].asset);
  }
  return of_item.size() == 1 && of_item == of_other;
}

Score Measurement::score(const Truth& truth) const {
  std::vector<Mention> mentions;
  std::set<std::int64_t> stood_at;
  for (std::size_t record = 0; record < item_of_record_.size(); ++record) {
    const std::int64_t item = item_of_record_[record];
    mentions.push_back({record, item == no_item ? no_item : engine_.shown_for(item)});
    stood_at.insert(mentions.back().item);
  }
  for (const auto& [item, record] : left_by_) {
    const std::int64_t shown = engine_.shown_for(item);
    if (stood_at.insert(shown).second) mentions.push_back({record, shown});
  }
  Score score;
  score.engine = engine_.name;
  score.reports = reports_;
  score.refused = refused_;
  score.reviews = engine_.reviews();
  Comparison(truth, mentions, score).compare();
  return score;
}

}  // namespace censo::fleet
