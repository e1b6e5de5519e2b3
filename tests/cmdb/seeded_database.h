// A database in a folder of its own with a few configuration items, written straight into the tables.
#pragma once

#include "base/clock.h"
#include "base/id.h"
#include "base/text.h"
#include "cmdb/change_feed.h"
#include "cmdb/class_catalog.h"
#include "cmdb/configuration_item.h"
#include "cmdb/store/database.h"
#include "tests/cmdb/store/test_location.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace censo {

class SeededDatabase {
 public:
  SeededDatabase() : folder_(make_folder()) {
    database_.emplace(store::DatabaseSettings{test::location(folder_ + "/censo.db")});
    write([&](store::Transaction& tx) {
      tx.execute("insert into origin (id, kind, native_id) values (1, 'agent', 'seed')");
    });
  }
  ~SeededDatabase() {
    database_.reset();
    std::filesystem::remove_all(folder_);
  }
  SeededDatabase(const SeededDatabase&) = delete;
  SeededDatabase& operator=(const SeededDatabase&) = delete;

  store::Database& database() { return *database_; }
  const std::string& folder() const { return folder_; }
  const base::ManualClock& clock() const { return clock_; }
  void advance_ms(base::TimeMs by) { clock_.advance(by); }

  // Runs in one write transaction; a failed commit fails the test.
  void write(const std::function<void(store::Transaction&)>& work) {
    const auto done = database_->write([&](store::Transaction& tx) -> store::Outcome {
      work(tx);
      return {};
    });
    ASSERT_TRUE(done) << to_string(done.error());
  }

  cmdb::CiId add_ci(std::string_view class_name, std::string_view name) {
    const cmdb::CiId id(base::next_id(clock_));
    write([&](store::Transaction& tx) {
      tx.execute(
          "insert into ci (id, class, name, stage, attributes, first_seen) values ($1, $2, $3, 'operate', "
          "'{}', $4)",
          id.value, class_name, name, clock_.now());
      tx.execute(
          "insert into ci_source (id, origin_id, native_key, ci_id, sequence, content_digest, version, "
          "problems, "
          "first_seen, last_seen) values ($1, 1, '', $1, 1, '', '', '[]', $2, $2)",
          id.value, clock_.now());
      tx.execute(
          "insert into ci_value (ci_id, source_id, class, name, sections) values ($1, $1, $2, $3, '{}')",
          id.value, class_name, name);
      tx.execute("insert into ci_key (rule, value, ci_id, identifying) values ('name', $1, $2, 0)",
                 base::to_lower(name), id.value);
      tell(tx, cmdb::FeedTopic::item, id.value);
    });
    return id;
  }

  void add_key(cmdb::CiId ci, std::string_view rule, std::string_view value) {
    write([&](store::Transaction& tx) {
      tx.execute("insert into ci_key (rule, value, ci_id, identifying) values ($1, $2, $3, 0)", rule, value,
                 ci.value);
      tell(tx, cmdb::FeedTopic::item, ci.value);
    });
  }

  // Reported by the source of `from`.
  std::int64_t relate(cmdb::CiId from, std::string_view type, cmdb::CiId to) {
    const auto id = base::next_id(clock_);
    write([&](store::Transaction& tx) {
      tx.execute(
          "insert into relationship (id, type, from_ci, to_ci, source_id, section, evidence, first_seen) "
          "values ($1, $2, $3, $4, $3, 'seed', '{}', $5)",
          id, type, from.value, to.value, clock_.now());
    });
    return id;
  }

  void add_history(cmdb::CiId ci, base::TimeMs at) {
    write([&](store::Transaction& tx) {
      tx.execute(
          "insert into history (id, ci_id, at, not_before, origin, what, subject, old_value, new_value) "
          "values ($1, $2, $3, 0, 'agent seed', 'attribute', 'memory_mib', '1024', '2048')",
          base::next_id(clock_), ci.value, at);
    });
  }

 private:
  void tell(store::Transaction& tx, cmdb::FeedTopic topic, std::int64_t id) {
    cmdb::FeedWriter feed;
    feed.add(topic, id);
    feed.write(tx, clock_);
  }
  static std::string make_folder() {
    auto pattern = (std::filesystem::temp_directory_path() / "censo-test-XXXXXX").string();
    if (!mkdtemp(pattern.data())) throw std::runtime_error("no folder " + pattern);
    return pattern;
  }

  base::ManualClock clock_{1'790'000'000'000};
  std::string folder_;
  std::optional<store::Database> database_;
};

}  // namespace censo
