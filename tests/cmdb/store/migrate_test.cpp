#include "cmdb/store/migrate.h"

#include "cmdb/store/database.h"
#include "cmdb/store/driver/open.h"
#include "cmdb/store/driver/shape.h"
#include "tests/cmdb/store/test_location.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <future>

namespace censo::store {
namespace {

using base::EmbeddedFile;
using Kind = StoreError::Kind;

constexpr EmbeddedFile first{"0001_first.sql", "create table a (id bigint primary key);"};
constexpr EmbeddedFile second{"0002_second.sql", "create table b (id bigint primary key);"};
constexpr EmbeddedFile second_edited{"0002_second.sql", "create table b (id bigint primary key, name text);"};
constexpr EmbeddedFile second_broken{"0002_second.sql",
                                     "create table b (id bigint primary key); create tabel c (x);"};

class Migrate : public testing::Test {
 protected:
  void run(const std::vector<EmbeddedFile>& files) { migrate(*connection, files, 1'000); }
  Kind kind_thrown_by(const std::vector<EmbeddedFile>& files) {
    try {
      run(files);
    } catch (const StoreError& error) {
      return error.kind();
    }
    ADD_FAILURE() << "nothing was thrown";
    return Kind::io;
  }
  std::int64_t tables_named(std::string_view name) {
    return std::ranges::count(driver::tables_of(*connection, test::on_postgres()), name,
                              &driver::Table::name);
  }

  std::unique_ptr<Connection> connection =
      driver::open(test::on_postgres() ? test::location("migrate") : ":memory:", driver::Access::write);
};

TEST_F(Migrate, RunsFilesInTheOrderOfTheirNumbers) {
  run({second, first});
  const auto rows =
      Transaction(*connection).query("select version, name, applied_at from schema_migration order by 1");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[1].text(1), "0002_second.sql");
  EXPECT_EQ(rows[1].integer(2), 1'000);
}

TEST_F(Migrate, RunsEachFileOnce) {
  run({first});
  run({first, second});
  EXPECT_EQ(tables_named("b"), 1);
}

TEST_F(Migrate, ADatabaseNewerThanTheProgramIsRefused) {
  run({first, second});
  EXPECT_EQ(kind_thrown_by({first}), Kind::newer_schema);
}

TEST_F(Migrate, AnotherTextUnderTheSameNumberIsRefused) {
  run({first, second});
  EXPECT_EQ(kind_thrown_by({first, second_edited}), Kind::newer_schema);
}

TEST_F(Migrate, AFileThatFailsLeavesNothingBehind) {
  EXPECT_EQ(kind_thrown_by({first, second_broken}), Kind::statement);
  EXPECT_EQ(tables_named("a"), 1);
  EXPECT_EQ(tables_named("b"), 0);
}

TEST_F(Migrate, TwoProgramsMayStartAtOnceOnAServer) {
  if (!test::on_postgres()) GTEST_SKIP() << "SQLite has one writer (database_test.cpp)";
  const auto start = [url = test::location("migrate")] {
    const auto own = driver::open(url, driver::Access::write);
    migrate(*own, embedded_migrations(), 1'000);
  };
  auto first_program = std::async(std::launch::async, start);
  auto second_program = std::async(std::launch::async, start);
  EXPECT_NO_THROW(first_program.get());
  EXPECT_NO_THROW(second_program.get());
  EXPECT_EQ(tables_named("ci_key"), 1);
}

TEST_F(Migrate, AFileWithoutANumberIsRefused) {
  EXPECT_EQ(kind_thrown_by({{"first.sql", ""}}), Kind::statement);
}

TEST_F(Migrate, TheBuiltInFilesMakeTheSchema) {
  run({embedded_migrations().begin(), embedded_migrations().end()});
  EXPECT_EQ(tables_named("ci_key"), 1);
}

TEST_F(Migrate, TablesByKeyKeepTheRowsOfBefore) {
  std::vector<base::EmbeddedFile> before;
  std::ranges::copy_if(embedded_migrations(), std::back_inserter(before),
                       [](const base::EmbeddedFile& file) { return file.path < "0117"; });
  run(before);
  connection->run_script(
      "insert into ci (id, class, name, stage, attributes, first_seen) values (1, 'server', 'web', "
      "'operate', '{}', 7), (9, 'server', 'db', 'operate', '{}', 7);"
      "insert into origin (id, kind, native_id) values (2, 'agent', 'a');"
      "insert into ci_source (id, origin_id, native_key, ci_id, sequence, content_digest, version, problems,"
      " first_seen, last_seen) values (3, 2, '', 1, 1, '', '', '[]', 7, 7);"
      "insert into ci_key (rule, value, ci_id, identifying) values ('serial', 'sn-1', 1, 1), ('name', 'web', "
      "1, 0);"
      "insert into source_section (source_id, section, digest, complete, rows_only) values (3, 'dpkg', 'd', "
      "1, 1)");
  run({embedded_migrations().begin(), embedded_migrations().end()});
  Transaction tx(*connection);
  const auto keys = tx.query("select rule, value, ci_id, identifying from ci_key order by rule");
  ASSERT_EQ(keys.size(), 2u);
  EXPECT_EQ(keys[0].text(1), "web");
  EXPECT_EQ(keys[1].integer(3), 1);
  EXPECT_EQ(
      tx.query_one("select rows_only from source_section where source_id = 3 and digest = 'd'")->integer(0),
      1);
  EXPECT_THROW(
      tx.execute("insert into ci_key (rule, value, ci_id, identifying) values ('serial', 'sn-1', 9, 1)"),
      StoreError);
}

TEST_F(Migrate, FewerKeysKeepWhatNamesOneItem) {
  std::vector<base::EmbeddedFile> before;
  std::ranges::copy_if(embedded_migrations(), std::back_inserter(before),
                       [](const base::EmbeddedFile& file) { return file.path < "0132"; });
  run(before);
  connection->run_script(
      "insert into ci (id, class, name, stage, attributes, first_seen) values (1, 'endpoint', 'tcp/22', "
      "'operate', '{}', 7), (9, 'monitor', 'left', 'operate', '{}', 7);"
      "insert into origin (id, kind, native_id) values (2, 'agent', 'a');"
      "insert into ci_source (id, origin_id, native_key, ci_id, sequence, content_digest, version, problems,"
      " first_seen, last_seen) values (3, 2, '', 1, 1, '', '', '[]', 7, 7);"
      "insert into ci_key (rule, value, ci_id, identifying) values ('endpoint', 'h|tcp|*|22', 1, 1),"
      " ('name_beside', 'h|endpoint|tcp/22', 1, 1), ('name_beside', 'h|monitor|left', 9, 1),"
      " ('name', 'left', 9, 0);"
      "insert into source_section (source_id, section, digest, complete, rows_only) values"
      " (3, 'dpkg', '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef', 1, 1),"
      " (3, 'os', '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef', 1, 0)");
  run({embedded_migrations().begin(), embedded_migrations().end()});
  Transaction tx(*connection);
  const auto keys = tx.query("select ci_id, rule from ci_key order by ci_id, rule");
  ASSERT_EQ(keys.size(), 3u);
  EXPECT_EQ(keys[0].text(1), "endpoint");
  EXPECT_EQ(keys[2].text(1), "name_beside");
  const auto sections = tx.query("select digest from source_section order by section");
  EXPECT_EQ(sections[0].text(0).size(), 64u);
  EXPECT_EQ(sections[1].text(0), "0123456789abcdef0123456789abcdef");
  tx.execute("insert into ci_key (rule, value, ci_id, identifying) values ('name', 'left', 1, 0)");
  EXPECT_THROW(tx.execute("insert into ci_key (rule, value, ci_id, identifying) values ('name_beside', "
                          "'h|monitor|left', 1, 1)"),
               StoreError);
}

TEST_F(Migrate, AnIdColumnIsTheRowsOwnNumberInSqlite) {
  if (test::on_postgres()) GTEST_SKIP() << "a server's tables have no row numbers";
  run({first});
  Transaction tx(*connection);
  tx.execute("insert into a (id) values (5)");
  EXPECT_EQ(tx.query_one("select rowid from a")->integer(0), 5);
}

}  // namespace
}  // namespace censo::store
