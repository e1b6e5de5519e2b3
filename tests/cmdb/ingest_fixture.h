// Reports taken in by the real ingest() into a real database in memory, with the schemas that ship.
#pragma once

#include "base/clock.h"
#include "cmdb/class_catalog.h"
#include "cmdb/configuration_item.h"
#include "cmdb/ingest.h"
#include "cmdb/item_text_walk.h"
#include "cmdb/store/database.h"
#include "inventory/report.h"
#include "inventory/report_codec.h"
#include "tests/cmdb/store/test_location.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace censo::cmdb {

// A connection that notes the statements which pass through it.
class WatchedConnection final : public store::Connection {
 public:
  explicit WatchedConnection(std::unique_ptr<store::Connection> real) : real_(std::move(real)) {}
  std::int64_t run(std::string_view sql, std::span<const store::Parameter> parameters,
                   const std::function<bool(store::Row&&)>& on_row) override {
    statements.emplace_back(sql);
    return real_->run(sql, parameters, on_row);
  }
  void begin_read() override { real_->begin_read(); }
  void begin_write() override { real_->begin_write(); }
  void commit() override { real_->commit(); }
  void rollback() noexcept override { real_->rollback(); }
  bool in_transaction() const override { return real_->in_transaction(); }
  void savepoint() override { real_->savepoint(); }
  void release_savepoint() override { real_->release_savepoint(); }
  void rollback_to_savepoint() override { real_->rollback_to_savepoint(); }
  void run_script(std::string_view sql) override { real_->run_script(sql); }

  std::vector<std::string> statements;

 private:
  std::unique_ptr<store::Connection> real_;
};

inline inventory::Attributes attributes(std::vector<std::pair<std::string, inventory::Value>> values) {
  inventory::Attributes set;
  for (auto& [name, value] : values) set.set(name, std::move(value));
  return set;
}

inline inventory::Item item(std::string class_name, inventory::Attributes values, std::string ref = "") {
  return {std::move(class_name), std::move(ref), "", std::move(values)};
}

inline inventory::Item package(const std::string& name, const std::string& version) {
  return item("software_package", attributes({{"manager", "dpkg"}, {"name", name}, {"version", version}}));
}

inline inventory::Section section(std::string name, inventory::Attributes values,
                                  std::vector<inventory::Item> items = {}) {
  return {std::move(name), true, "", std::move(values), std::move(items), {}};
}

class IngestTest : public testing::Test {
 protected:
  inventory::Report agent_report(const std::string& agent, std::uint64_t sequence,
                                 std::vector<inventory::Section> sections,
                                 const std::string& name = "web01") const {
    return {{inventory::OriginKind::agent, agent, "1.0"},
            sequence,
            "",
            clock.now(),
            "server",
            name,
            std::move(sections),
            {}};
  }
  inventory::Report scan_report(std::vector<inventory::Section> sections,
                                const std::string& class_name = "switch",
                                const std::string& name = "sw01") const {
    return {{inventory::OriginKind::scanner, "job-1", "1.0"},
            0,
            "",
            clock.now(),
            class_name,
            name,
            std::move(sections),
            {}};
  }

  // A minute later than the one before. An agent's report is read as the collector does, where it can be
  // read.
  base::Result<IngestReceipt> try_ingest(inventory::Report report) {
    clock.advance(60'000);
    inventory::seal(report);
    connection.statements.clear();
    if (report.origin.kind == inventory::OriginKind::agent) {
      auto read = inventory::read_report(inventory::to_json(report), [this](std::string_view class_name) {
        return stays_text(catalog, class_name);
      });
      if (read) return ingest(tx, {catalog, clock}, *read, clock.now());
    }
    return ingest(tx, catalog, report, clock.now(), clock);
  }
  IngestReceipt take(inventory::Report report) {
    const auto receipt = try_ingest(std::move(report));
    if (!receipt) ADD_FAILURE() << base::to_string(receipt.error());
    return receipt ? *receipt : IngestReceipt{};
  }

  std::vector<HistoryEntry> history(CiId ci, std::string_view what = {}) {
    auto entries = history_of(tx, ci, {1'000, ""})->rows;
    std::erase_if(entries, [&](const HistoryEntry& entry) { return !what.empty() && entry.what != what; });
    return entries;
  }
  std::int64_t count(const std::string& table) {
    return tx.query_one("select count(*) from " + table)->integer(0);
  }
  std::vector<std::string> writes() const {
    std::vector<std::string> found;
    std::ranges::copy_if(connection.statements, std::back_inserter(found),
                         [](const std::string& sql) { return !sql.starts_with("select"); });
    return found;
  }

  base::ManualClock clock{1'790'000'000'000};
  ClassCatalog catalog = *ClassCatalog::load(built_in_schemas());
  WatchedConnection connection{test::open_connection()};
  store::Transaction tx{connection};
};

}  // namespace censo::cmdb
