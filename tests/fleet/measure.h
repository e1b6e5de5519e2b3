// How well an engine tells assets apart: its partition of the records against the truth, pair by pair.
#pragma once

#include "tests/fleet/engine.h"
#include "tests/fleet/simulation.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace censo::fleet {

// Wrong pairs of one kind, the first of them told in full.
struct Wrong {
  std::size_t pairs = 0, assets = 0;  // assets that have such a pair
  std::vector<std::string> examples;
};

struct Score {
  std::string engine;
  std::size_t right_pairs = 0, wrong_pairs = 0, missed_pairs = 0;
  std::size_t reports = 0, refused = 0, items = 0, reviews = 0;
  std::map<Happening, Wrong> merges, splits;  // by what explains them best

  double precision() const;
  double recall() const;
};

// Hands the reports of a simulation to an engine and remembers where they went.
class Measurement {
 public:
  explicit Measurement(Engine engine) : engine_(std::move(engine)) {}
  void take(const Sighting& sighting);
  void end(std::size_t record) { engine_.ended(record); }
  // A record stands at the item of its last report. An item that records have left for another one, and that
  // no record stands at any more, is a duplicate that the engine made: it counts as one more record of its
  // asset.
  Score score(const Truth& truth) const;
  // Whether both items are of one asset, by the records that stand at them; an item without any is of none.
  bool is_same_asset(const Truth& truth, std::int64_t item, std::int64_t other) const;

 private:
  Engine engine_;
  std::vector<std::int64_t> item_of_record_;     // by record; no_item: all its reports were refused
  std::map<std::int64_t, std::size_t> left_by_;  // item -> the record that was there last
  std::size_t reports_ = 0, refused_ = 0;
};

}  // namespace censo::fleet
