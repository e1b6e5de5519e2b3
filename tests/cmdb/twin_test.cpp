// A stream of reports, random but the same each time: what was answered after each is asked again as of that
// moment, once all is over, and must be the same.
#include "cmdb/as_of.h"
#include "cmdb/change_feed.h"
#include "cmdb/difference.h"
#include "cmdb/item_state.h"
#include "cmdb/merge.h"
#include "cmdb/stored_json.h"
#include "tests/cmdb/ingest_fixture.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace censo::cmdb {
namespace {

class Twin : public IngestTest {
 protected:
  static constexpr int hosts = 4;

  int roll(int sides) { return static_cast<int>(random_() % static_cast<unsigned>(sides)); }
  bool chance(int percent) { return roll(100) < percent; }

  // Few values each, so that states, packages and services come and go and come back.
  inventory::Report random_report() {
    const int host = roll(hosts);
    const std::string number = std::to_string(host);
    auto system = section("system", attributes({{"os_version", std::to_string(11 + roll(3))},
                                                {"serial_number", "SN-0000" + number},
                                                {"last_boot", "2026-09-0" + std::to_string(1 + roll(9))}}));
    auto packages = section("dpkg", {});
    for (int i = 0; i < 6; ++i) {
      if (chance(70)) packages.items.push_back(package("p" + std::to_string(i), std::to_string(roll(3))));
    }
    packages.complete = chance(80);
    auto services = section("services", {});
    for (int i = 0; i < 3; ++i) {
      if (!chance(60)) continue;
      const std::string ref = "s" + std::to_string(i);
      services.items.push_back(
          item("web_server", attributes({{"instance", ref}, {"version", std::to_string(roll(2))}}), ref));
      services.relationships.push_back({"runs_on", ref, "self", {}});
    }
    std::vector<inventory::Section> sections{std::move(system)};
    if (chance(80)) sections.push_back(std::move(packages));
    if (chance(80)) sections.push_back(std::move(services));
    return agent_report("agent-" + number, ++sequence_, std::move(sections),
                        "host" + number + (chance(15) ? "-renamed" : ""));
  }

  // Retired and back; merged and parted.
  void change_by_hand() {
    clock.advance(60'000);
    const auto rows = tx.query("select id from ci order by id");
    const CiId ci(rows[static_cast<std::size_t>(roll(static_cast<int>(rows.size())))].integer(0));
    const CiId other(rows.front().integer(0));
    ItemState state = *state_of(tx, ci);
    if (chance(50) || ci == other) {
      state.stage = state.stage == "retired" ? "operate" : "retired";
    } else {
      state.merged_into = state.merged_into ? CiId() : other;
    }
    FeedWriter feed;
    change_state(tx, {catalog, clock.now(), feed}, ci, state);
    feed.write(tx, clock);
  }

  std::string text_of(const ConfigurationItem& one) {
    std::string text = base::to_text(one.id) + " " + one.class_name + " " + one.name + " " + one.stage + " " +
                       base::to_iso8601(one.first_seen);
    const ClassDefinition* definition = catalog.find_class(one.class_name);
    for (const auto& [name, value] : one.attributes) {
      const AttributeDefinition* attribute = definition->find_attribute(name);  // none: of a merged item
      if (!attribute || !attribute->operational) text += " " + name + "=" + to_text(value);
    }
    for (const std::string& origin : one.origins) text += " " + origin;
    for (const CiId merged : one.merged) text += " " + base::to_text(merged);
    return text + "\n";
  }

  // What is stored now, told with nothing that knows of the past.
  std::string told_now() {
    std::string told;
    for (const store::Row& row : tx.query("select id from ci where merged_into is null order by name, id")) {
      const CiId ci(row.integer(0));
      told += text_of(*find_ci(tx, ci));
      for (const Component& one : components_of(tx, ci)) {
        if (!catalog.find_class(one.class_name)->transient) lines_.insert("component " + line_of(one));
      }
      for (const Relationship& one : relationships_of(tx, ci)) lines_.insert(line_of(one));
      told += taken_lines();
    }
    return told;
  }

  std::string told_then(base::TimeMs at) {
    const AsOf then{catalog, at};
    std::string told;
    ItemsThen items(tx, at, "");
    while (const auto one = items.next()) {
      told += text_of(*find_ci(tx, one->id, then));
      const auto components = components_of(tx, one->id, {}, then);
      for (const Component& component : *components) lines_.insert("component " + line_of(component));
      const auto relationships = relationships_of(tx, one->id, then);
      for (const Relationship& relation : *relationships) lines_.insert(line_of(relation));
      told += taken_lines();
    }
    return told;
  }

  static std::string line_of(const Component& one) {
    std::string text = one.section + " " + one.class_name;
    for (const auto& [name, value] : one.attributes) text += " " + name + "=" + to_text(value);
    return text;
  }
  static std::string line_of(const Relationship& one) {
    return one.type + " " + base::to_text(one.from) + " " + base::to_text(one.to) + " " + one.origin;
  }
  std::string taken_lines() {
    std::string text;
    for (const std::string& line : lines_) text += "  " + line + "\n";
    lines_.clear();
    return text;
  }

  std::vector<std::pair<base::TimeMs, std::string>> play(int steps) {
    std::vector<std::pair<base::TimeMs, std::string>> told;
    for (int step = 0; step < steps; ++step) {
      if (step > 10 && chance(20)) {
        change_by_hand();
      } else {
        take(random_report());
      }
      told.emplace_back(clock.now(), told_now());
    }
    clock.advance(60'000);
    return told;
  }

  std::size_t wrong(const std::vector<std::pair<base::TimeMs, std::string>>& told, base::TimeMs later_ms) {
    std::size_t count = 0;
    for (const auto& [at, text] : told) {
      const std::string then = told_then(at + later_ms);
      if (then != text && ++count == 1)
        ADD_FAILURE() << "as of " << at << " expected\n" << text << "found\n" << then;
    }
    return count;
  }

 private:
  std::mt19937 random_{20261001};
  std::uint64_t sequence_ = 0;
  std::multiset<std::string> lines_;
};

TEST_F(Twin, EveryMomentIsAnsweredAsItWas) {
  const auto told = play(250);
  EXPECT_EQ(wrong(told, 0), 0u);
}

TEST_F(Twin, AMomentBetweenTwoChangesIsAsAfterTheFirst) {
  const auto told = play(120);
  EXPECT_EQ(wrong(told, 59'999), 0u);
}

}  // namespace
}  // namespace censo::cmdb
