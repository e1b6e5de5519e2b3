#include "base/text.h"
#include "tests/fleet/baselines.h"
#include "tests/fleet/facts.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>

namespace censo::fleet {
namespace {

using Items = std::set<std::int64_t>;  // the lowest is the oldest

constexpr std::size_t too_many_matches = 5;

class Rules {
 public:
  std::optional<std::int64_t> take(const Facts& facts) {
    std::int64_t id = 0;
    if (const auto known = by_source_.find(facts.source_key); known != by_source_.end()) {
      id = known->second;
    } else {
      const Items found = match(facts);
      if (found.size() >= too_many_matches) return std::nullopt;
      if (found.size() > 1) tasks_.insert(found);
      id = found.empty() ? next_++ : *found.begin();
    }
    by_source_[facts.source_key] = id;
    for (const auto& entry : entries_of(facts)) {
      for (const std::string& key : entry) index_[key].insert(id);
    }
    return id;
  }

  std::size_t tasks() const { return tasks_.size(); }

 private:
  // The identifier entries by priority: the keys of each, one of which is enough.
  static std::vector<std::vector<std::string>> entries_of(const Facts& facts) {
    std::vector<std::vector<std::string>> entries(4);
    const auto add = [&](std::size_t priority, std::string_view type, const std::string& value) {
      if (!value.empty()) entries[priority].push_back(std::string(type) + "|" + base::to_lower(value));
    };
    add(0, "system", facts.serial);
    add(0, "uuid", facts.uuid);
    add(0, "chassis", facts.chassis_serial);
    add(0, "baseboard", facts.board_serial);
    add(1, "serial_number", facts.serial);
    add(2, "name", facts.name);
    for (const std::string& mac : facts.macs) add(3, "adapter", mac + "|" + facts.name);
    return entries;
  }

  Items match(const Facts& facts) const {
    for (const auto& entry : entries_of(facts)) {
      Items found;
      for (const std::string& key : entry) {
        if (const auto at = index_.find(key); at != index_.end())
          found.insert(at->second.begin(), at->second.end());
      }
      if (!found.empty()) return found;
    }
    return {};
  }

  std::int64_t next_ = 0;
  std::map<std::string, std::int64_t> by_source_;
  std::map<std::string, Items> index_;
  std::set<Items> tasks_;
};

}  // namespace

Engine ire_rules() {
  const auto rules = std::make_shared<Rules>();  // std::function copies its target
  return {"ServiceNow IRE rules",
          [rules](const Sighting& sighting) { return rules->take(facts_of(sighting.report)); },
          [](std::size_t) {}, [](std::int64_t item) { return item; }, [rules] { return rules->tasks(); }};
}

}  // namespace censo::fleet
