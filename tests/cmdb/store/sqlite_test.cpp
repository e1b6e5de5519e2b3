#include "cmdb/store/driver/sqlite.h"

#include "tests/cmdb/store/temporary_folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <iterator>

namespace censo::store {
namespace {

using driver::Access;
using driver::open_sqlite;
using Kind = StoreError::Kind;

template <class Action>
std::optional<Kind> kind_thrown_by(const Action& action) {
  try {
    action();
  } catch (const StoreError& error) {
    return error.kind();
  }
  return std::nullopt;
}

template <class Action>
std::string message_thrown_by(const Action& action) {
  try {
    action();
  } catch (const StoreError& error) {
    return error.what();
  }
  return "";
}

class Sqlite : public testing::Test {
 protected:
  Sqlite() : connection(open_sqlite(folder / "censo.db", Access::write)), tx(*connection) {
    connection->run_script(
        "create table thing (id bigint primary key, name text, size double precision, raw bytea)");
  }

  test::TemporaryFolder folder;
  std::unique_ptr<Connection> connection;
  Transaction tx;
};

TEST_F(Sqlite, GivesBackEveryTypeAsItWasWritten) {
  const base::Bytes raw{0, 255, 7};
  tx.execute("insert into thing (id, name, size, raw) values ($1, $2, $3, $4)", std::int64_t{1} << 62,
             "ñandú", 1.5, raw);
  const auto row = tx.query_one("select id, name, size, raw from thing");
  ASSERT_TRUE(row);
  EXPECT_EQ(row->integer(0), std::int64_t{1} << 62);
  EXPECT_EQ(row->text(1), "ñandú");
  EXPECT_EQ(row->decimal(2), 1.5);
  EXPECT_EQ(row->bytes(3), raw);
}

TEST_F(Sqlite, KeepsNullApartFromEmptyTextAndBytes) {
  tx.execute("insert into thing (id, name, size, raw) values (1, $1, $2, $3)", "", nullptr, base::Bytes{});
  const auto row = tx.query_one("select name, size, raw from thing");
  EXPECT_FALSE(row->is_null(0));
  EXPECT_TRUE(row->is_null(1));
  EXPECT_FALSE(row->is_null(2));
}

TEST_F(Sqlite, BindsParametersByNumberNotByPlace) {
  const auto row = tx.query_one("select $2, $1, $2", "first", "second");
  EXPECT_EQ(row->text(0), "second");
  EXPECT_EQ(row->text(1), "first");
  EXPECT_EQ(row->text(2), "second");
}

TEST_F(Sqlite, RefusesAMissingParameter) {
  EXPECT_EQ(kind_thrown_by([&] { tx.query("select $1, $2", 1); }), Kind::statement);
}

TEST_F(Sqlite, RefusesQuestionMarksSinceTheOtherEngineLacksThem) {
  EXPECT_EQ(kind_thrown_by([&] { tx.query("select ?", 1); }), Kind::statement);
}

TEST_F(Sqlite, RefusesTwoStatementsInOne) {
  EXPECT_EQ(kind_thrown_by([&] { tx.query("select 1; select 2"); }), Kind::statement);
}

TEST_F(Sqlite, AWrongColumnTypeNamesWhatWasFound) {
  const auto row = tx.query_one("select 'text'");
  EXPECT_EQ(message_thrown_by([&] { row->integer(0); }), "expected integer in column 0, found text");
}

TEST_F(Sqlite, CountsTheRowsThatAStatementChanged) {
  tx.execute("insert into thing (id) values (1), (2), (3)");
  EXPECT_EQ(tx.execute("update thing set name = 'x' where id > 1"), 2);
  EXPECT_EQ(tx.execute("select 1"), 0);
}

TEST_F(Sqlite, AWriteIsFinishedEvenWhenOnlyItsFirstRowIsWanted) {
  tx.execute("insert into thing (id) values (1), (2), (3)");
  EXPECT_TRUE(tx.query_one("update thing set name = 'x' returning id"));
  EXPECT_EQ(tx.query_one("select count(*) from thing where name = 'x'")->integer(0), 3);
}

TEST_F(Sqlite, AQueryMayRunInsideAQueryOfTheSameText) {
  tx.execute("insert into thing (id) values (1), (2)");
  constexpr std::string_view sql = "select id from thing order by id";
  std::size_t seen = 0;
  tx.each(sql, [&](Row&&) {
    seen += tx.query(sql).size();
    return true;
  });
  EXPECT_EQ(seen, 4u);
}

TEST_F(Sqlite, ABrokenConstraintIsToldApart) {
  tx.execute("insert into thing (id) values (1)");
  EXPECT_EQ(kind_thrown_by([&] { tx.execute("insert into thing (id) values (1)"); }), Kind::constraint);
}

TEST_F(Sqlite, ForeignKeysAreEnforced) {
  connection->run_script("create table part (thing_id bigint not null references thing (id))");
  EXPECT_EQ(kind_thrown_by([&] { tx.execute("insert into part (thing_id) values (9)"); }), Kind::constraint);
}

TEST_F(Sqlite, WritesAheadAndSyncsEveryCommit) {
  EXPECT_EQ(tx.query_one("pragma journal_mode")->text(0), "wal");
  EXPECT_EQ(tx.query_one("pragma synchronous")->integer(0), 2);
}

TEST_F(Sqlite, AReaderRefusesWrites) {
  const auto reader = open_sqlite(folder / "censo.db", Access::read);
  Transaction reading(*reader);
  EXPECT_EQ(kind_thrown_by([&] { reading.execute("insert into thing (id) values (1)"); }), Kind::io);
}

TEST_F(Sqlite, TheFileIsForItsOwnerOnly) {
  struct stat found {};
  ASSERT_EQ(stat((folder / "censo.db").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0600u);
}

TEST_F(Sqlite, AFolderThatDoesNotExistIsNamed) {
  const std::string message =
      message_thrown_by([&] { open_sqlite(folder / "none/censo.db", Access::write); });
  EXPECT_NE(message.find("none/censo.db"), std::string::npos) << message;
}

TEST_F(Sqlite, AFileThatIsNoDatabaseIsRefusedAsCorruptWithItsPath) {
  const std::string path = folder / "text.db";
  std::ofstream(path) << "This is not a database, whatever its name says, and it is longer than a header.";
  EXPECT_EQ(kind_thrown_by([&] { open_sqlite(path, Access::write); }), Kind::corrupt);
  EXPECT_NE(message_thrown_by([&] { open_sqlite(path, Access::write); }).find(path), std::string::npos);
}

TEST_F(Sqlite, AnotherProgramsDatabaseIsRefused) {
  const std::string path = folder / "other.db";
  open_sqlite(path, Access::write)->run_script("pragma application_id = 77; create table x (y)");
  EXPECT_EQ(kind_thrown_by([&] { open_sqlite(path, Access::write); }), Kind::corrupt);
}

TEST_F(Sqlite, ADamagedPageIsFoundAtTheStart) {
  tx.execute("create index thing_by_name on thing (name)");
  for (std::int64_t id = 1; id <= 2'000; ++id) {
    tx.execute("insert into thing (id, name) values ($1, $2)", id, "thing number " + std::to_string(id));
  }
  connection->run_script("pragma wal_checkpoint(truncate)");
  connection.reset();
  std::fstream file(folder / "censo.db", std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(4096 * 5);
  file << std::string(4096, '\xff');
  file.close();
  EXPECT_EQ(kind_thrown_by([&] { open_sqlite(folder / "censo.db", Access::write); }), Kind::corrupt);
}

}  // namespace
}  // namespace censo::store
