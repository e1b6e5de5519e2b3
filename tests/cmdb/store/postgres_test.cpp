// What the driver for PostgreSQL owes store::Connection. Without a server (tests/postgres.sh run) the tests are skipped.
#include "cmdb/store/driver/postgres.h"

#include "tests/cmdb/store/test_location.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace censo::store {
namespace {

using driver::Access;
using driver::open_postgres;
using Kind = StoreError::Kind;

class Postgres : public testing::Test {
 protected:
  void SetUp() override {
    if (!test::on_postgres()) GTEST_SKIP() << "CENSO_TEST_POSTGRES names no server";
    url = test::location("postgres");
    connection = open_postgres(url, Access::write);
    connection->run_script(
        "create table schema_migration (version bigint primary key);"
        "create table thing (id bigint primary key, name text, size double precision, raw bytea, small smallint,"
        " document json)");
  }
  template <class Action>
  std::optional<Kind> kind_thrown_by(const Action& action) {
    try {
      action();
    } catch (const StoreError& error) {
      message = error.what();
      return error.kind();
    }
    return std::nullopt;
  }
  Transaction tx() { return Transaction(*connection); }
  void add_three() { tx().execute("insert into thing (id) values (1), (2), (3)"); }

  std::string url, message;
  std::unique_ptr<Connection> connection;
};

TEST_F(Postgres, GivesBackEveryTypeAsItWasWritten) {
  const base::Bytes raw{0, 255, 7};
  tx().execute("insert into thing (id, name, size, raw, small, document) values ($1, $2, $3, $4, $5, $6)",
               std::numeric_limits<std::int64_t>::min(), "ñandú", 0.1, raw, 7, R"({"b": 1,  "a": "x"})");
  const auto row = tx().query_one("select id, name, size, raw, small, document from thing");
  ASSERT_TRUE(row);
  EXPECT_EQ(row->integer(0), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(row->text(1), "ñandú");
  EXPECT_EQ(row->decimal(2), 0.1);
  EXPECT_EQ(row->bytes(3), raw);
  EXPECT_EQ(row->integer(4), 7);
  EXPECT_EQ(row->text(5), R"({"b": 1,  "a": "x"})");
}

TEST_F(Postgres, KeepsNullApartFromEmptyTextAndBytes) {
  tx().execute("insert into thing (id, name, size, raw) values (1, $1, $2, $3)", "", nullptr, base::Bytes{});
  const auto row = tx().query_one("select name, size, raw from thing");
  EXPECT_EQ(row->text(0), "");
  EXPECT_TRUE(row->is_null(1));
  EXPECT_EQ(row->bytes(2), base::Bytes{});
}

TEST_F(Postgres, APlaceTakesNullAndNumberInTurn) {
  constexpr auto sql = "insert into thing (id, size) values ($1, $2)";
  tx().execute(sql, 1, nullptr);
  tx().execute(sql, 2, 1e300);
  tx().execute(sql, 3, 4);
  EXPECT_EQ(tx().query_one("select size from thing where id = 2")->decimal(0), 1e300);
  EXPECT_EQ(tx().query_one("select size from thing where id = 3")->decimal(0), 4.0);
}

TEST_F(Postgres, ComparisonsAreOneAndNoughtAndSumsAreIntegers) {
  add_three();
  const auto row = tx().query_one("select sum(id), max(id) = 3, max(id) = 4 from thing");
  EXPECT_EQ(row->integer(0), 6);
  EXPECT_EQ(row->integer(1), 1);
  EXPECT_EQ(row->integer(2), 0);
}

TEST_F(Postgres, ATextWithANulByteIsRefusedByName) {
  EXPECT_EQ(kind_thrown_by([&] { tx().execute("insert into thing (id, name) values (1, $1)", std::string("a\0b", 3)); }),
            Kind::statement);
  EXPECT_NE(message.find("$1, found a NUL byte"), std::string::npos) << message;
}

TEST_F(Postgres, ATextThatIsNotUtf8IsRefused) {
  EXPECT_EQ(kind_thrown_by([&] { tx().execute("insert into thing (id, name) values (1, $1)", "\xff"); }), Kind::statement);
}

TEST_F(Postgres, RefusesAMissingParameter) {
  EXPECT_EQ(kind_thrown_by([&] { tx().query("select $1, $2", 1); }), Kind::statement);
}

TEST_F(Postgres, RefusesTwoStatementsInOne) {
  EXPECT_EQ(kind_thrown_by([&] { tx().query("select 1; select 2"); }), Kind::statement);
}

TEST_F(Postgres, CountsTheRowsThatAStatementChanged) {
  add_three();
  EXPECT_EQ(tx().execute("update thing set name = 'x' where id > 1"), 2);
  EXPECT_EQ(tx().execute("select 1"), 0);
  EXPECT_EQ(tx().execute("delete from thing where id = 9"), 0);
}

TEST_F(Postgres, AWriteIsFinishedEvenWhenOnlyItsFirstRowIsWanted) {
  add_three();
  EXPECT_TRUE(tx().query_one("update thing set name = 'x' returning id"));
  EXPECT_EQ(tx().query_one("select count(*) from thing where name = 'x'")->integer(0), 3);
}

TEST_F(Postgres, AQueryMayRunInsideAQueryOfTheSameText) {
  add_three();
  constexpr std::string_view sql = "select id from thing order by id";
  std::vector<std::int64_t> seen;
  Transaction outer(*connection);
  outer.each(sql, [&](Row&& row) {
    seen.push_back(row.integer(0));
    EXPECT_EQ(outer.query(sql).size(), 3u);
    return true;
  });
  EXPECT_EQ(seen, (std::vector<std::int64_t>{1, 2, 3}));
}

TEST_F(Postgres, TheNextStatementRunsAfterAnExceptionInTheMiddleOfRows) {
  add_three();
  EXPECT_THROW(tx().each("select id from thing", [](Row&&) -> bool { throw std::runtime_error("on purpose"); }),
               std::runtime_error);
  EXPECT_EQ(tx().query_one("select count(*) from thing")->integer(0), 3);
}

TEST_F(Postgres, AKeyThatIsThereIsContested) {
  add_three();
  EXPECT_EQ(kind_thrown_by([&] { add_three(); }), Kind::contested);
}

TEST_F(Postgres, ABrokenConstraintIsToldApart) {
  EXPECT_EQ(kind_thrown_by([&] { tx().execute("insert into thing (id) values ($1)", nullptr); }), Kind::constraint);
}

TEST_F(Postgres, AJobIsTakenBackToItsSavepointAfterAnError) {
  connection->begin_write();
  add_three();
  connection->savepoint();
  EXPECT_TRUE(kind_thrown_by([&] { add_three(); }));
  connection->rollback_to_savepoint();
  connection->commit();
  EXPECT_EQ(tx().query_one("select count(*) from thing")->integer(0), 3);
}

TEST_F(Postgres, ACommitOfAFailedTransactionIsAnError) {
  connection->begin_write();
  EXPECT_TRUE(kind_thrown_by([&] { tx().query("select nothing"); }));
  EXPECT_EQ(kind_thrown_by([&] { connection->commit(); }), Kind::statement);
  EXPECT_FALSE(connection->in_transaction());
}

TEST_F(Postgres, WritersWhoseOrderMattersCannotBothCommit) {
  add_three();
  const auto other = open_postgres(url, Access::write);
  Transaction other_tx(*other);
  connection->begin_write();
  other->begin_write();
  tx().query("select count(*) from thing where name = 'y'");
  other_tx.query("select count(*) from thing where name = 'x'");
  tx().execute("update thing set name = 'x' where id = 1");
  other_tx.execute("update thing set name = 'y' where id = 2");
  connection->commit();
  EXPECT_EQ(kind_thrown_by([&] { other->commit(); }), Kind::conflict);
}

TEST_F(Postgres, AReaderSeesOneMomentAndRefusesWrites) {
  const auto reader = open_postgres(url, Access::read);
  Transaction reading(*reader);
  reader->begin_read();
  EXPECT_EQ(reading.query_one("select count(*) from thing")->integer(0), 0);
  add_three();
  EXPECT_EQ(reading.query_one("select count(*) from thing")->integer(0), 0);
  EXPECT_EQ(kind_thrown_by([&] { reading.execute("insert into thing (id) values (9)"); }), Kind::statement);
}

TEST_F(Postgres, ALostSessionIsMadeAnewByTheNextTransaction) {
  const auto other = open_postgres(url, Access::write);
  const auto process = tx().query_one("select pg_backend_pid()")->integer(0);
  connection->begin_write();
  add_three();
  Transaction(*other).query("select pg_terminate_backend(cast($1 as integer))", process);
  EXPECT_EQ(kind_thrown_by([&] { tx().query("select 1"); }), Kind::unavailable);
  EXPECT_FALSE(connection->in_transaction());
  connection->begin_write();
  EXPECT_EQ(tx().query_one("select count(*) from thing")->integer(0), 0);
}

TEST_F(Postgres, AnAlteredTableIsReadAnewByTheNextTransaction) {
  add_three();
  const auto other = open_postgres(url, Access::write);
  Transaction reading(*other);
  reading.query("select * from thing");
  connection->run_script("alter table thing add column more text");
  EXPECT_EQ(kind_thrown_by([&] { reading.query("select * from thing"); }), Kind::conflict);
  other->begin_read();
  EXPECT_EQ(reading.query("select * from thing")[0].size(), 7u);
}

TEST_F(Postgres, AnotherProgramsSchemaIsRefused) {
  connection->run_script("drop table schema_migration");
  EXPECT_EQ(kind_thrown_by([&] { open_postgres(url, Access::write); }), Kind::corrupt);
}

TEST(PostgresAbsent, AServerThatIsNotThereIsNamedWithoutThePassword) {
  try {
    open_postgres("postgresql://censo:geheim@/censo?host=/nowhere", Access::write);
    FAIL() << "opened";
  } catch (const StoreError& error) {
    EXPECT_EQ(error.kind(), Kind::unavailable);
    EXPECT_NE(std::string(error.what()).find("censo:***@"), std::string::npos) << error.what();
    EXPECT_EQ(std::string(error.what()).find("geheim"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace censo::store
