#include "cmdb/store/migrate.h"

#include "cmdb/store/database.h"
#include "cmdb/store/driver/sqlite.h"

#include <gtest/gtest.h>

#include <array>

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
    return Transaction(*connection)
        .query_one("select count(*) from sqlite_schema where name = $1", name)
        ->integer(0);
  }

  std::unique_ptr<Connection> connection = driver::open_sqlite(":memory:", driver::Access::write);
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

TEST_F(Migrate, AFileWithoutANumberIsRefused) {
  EXPECT_EQ(kind_thrown_by({{"first.sql", ""}}), Kind::statement);
}

TEST_F(Migrate, TheBuiltInFilesMakeTheSchema) {
  run({embedded_migrations().begin(), embedded_migrations().end()});
  EXPECT_EQ(tables_named("ci_key"), 1);
}

TEST_F(Migrate, AnIdColumnIsTheRowsOwnNumber) {
  run({first});
  Transaction tx(*connection);
  tx.execute("insert into a (id) values (5)");
  EXPECT_EQ(tx.query_one("select rowid from a")->integer(0), 5);
}

}  // namespace
}  // namespace censo::store
