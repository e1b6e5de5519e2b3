#include "cmdb/store/transfer.h"

#include "cmdb/store/database.h"
#include "cmdb/store/driver/open.h"
#include "cmdb/store/migrate.h"
#include "tests/cmdb/store/temporary_folder.h"
#include "tests/cmdb/store/test_location.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <thread>

namespace censo::store {
namespace {

using base::Errc;

std::string content_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

class Transfer : public testing::Test {
 protected:
  // Rows of every column type; one item refers to a later one.
  void fill(const std::string& location) {
    const auto connection = open_connection(location);
    Transaction tx(*connection);
    tx.execute("insert into origin (id, kind, native_id) values (1, 'agent', $1)", "ñandú \n'");
    connection->begin_write();
    tx.execute(insert_ci, 7, "web", "{\"a\": 1,  \"b\": [null]}", nullptr);
    tx.execute(insert_ci, 5, "db", "{}", 7);
    tx.execute("insert into component_row (id, digest, class, attributes) values ($1, $2, 'package', '{}')",
               std::int64_t{1} << 62, base::Bytes{0, 255, 39});
    for (int i = 0; i < 2'500; ++i)
      tx.execute("insert into ticket_counter (kind, last) values ($1, $2)", "kind " + std::to_string(i), -i);
    connection->commit();
  }
  std::int64_t count(const std::string& location, std::string_view table) {
    const auto connection = driver::open(location, driver::Access::read);
    return Transaction(*connection).query_one("select count(*) from " + std::string(table))->integer(0);
  }
  void damage(std::size_t at) {
    auto bytes = content_of(file);
    bytes[at] = static_cast<char>(bytes[at] ^ 0x20);
    std::ofstream(file, std::ios::binary) << bytes;
  }
  void cut_to(std::size_t size) { std::filesystem::resize_file(file, size); }

  static constexpr auto insert_ci =
      "insert into ci (id, class, name, stage, attributes, first_seen, merged_into) values ($1, 'server', $2, "
      "'operate', $3, 1, $4)";
  test::TemporaryFolder folder;
  std::string here = test::location(folder / "here.db"), there = test::location(folder / "there.db");
  std::string file = folder / "export", again = folder / "again";
};

TEST_F(Transfer, WhatWasImportedIsExportedAsTheSameBytes) {
  fill(here);
  const auto exported = export_database(here, file, {});
  ASSERT_TRUE(exported) << to_string(exported.error());
  EXPECT_GE(exported->rows, 2'504u);  // and those that migrations make
  const auto imported = import_database(there, file);
  ASSERT_TRUE(imported) << to_string(imported.error());
  EXPECT_EQ(imported->rows, exported->rows);
  ASSERT_TRUE(export_database(there, again, {}));
  EXPECT_EQ(content_of(file), content_of(again));
}

TEST_F(Transfer, FromSqliteToTheServerAndBackNothingChanges) {
  const std::string sqlite = folder / "lite.db", back = folder / "back.db";
  fill(sqlite);
  ASSERT_TRUE(export_database(sqlite, file, {}));
  ASSERT_TRUE(import_database(here, file));
  ASSERT_TRUE(export_database(here, again, {}));
  EXPECT_EQ(content_of(file), content_of(again));
  ASSERT_TRUE(import_database(back, again));
  ASSERT_TRUE(export_database(back, folder / "third", {}));
  EXPECT_EQ(content_of(file), content_of(folder / "third"));
}

TEST_F(Transfer, AFileOfAnOlderVersionIsBroughtUpToDate) {
  std::vector<base::EmbeddedFile> older;
  std::ranges::copy_if(embedded_migrations(), std::back_inserter(older),
                       [](const base::EmbeddedFile& migration) { return migration.path < "0005"; });
  const auto connection = driver::open(here, driver::Access::write);
  migrate(*connection, older, 1);
  connection->run_script(
      "insert into ci (id, class, name, stage, attributes, first_seen) values (1, 'server', 'web', 'operate', '{}', 77)");
  ASSERT_TRUE(export_database(here, file, {}));
  ASSERT_TRUE(import_database(there, file));
  EXPECT_EQ(schema_versions(there).found, known_schema());
  EXPECT_EQ(Transaction(*driver::open(there, driver::Access::read)).query_one("select since from ci")->integer(0), 77);
}

TEST_F(Transfer, FilesComeBackAsTheyWere) {
  fill(here);
  ASSERT_TRUE(export_database(here, file, {{"ca/ca.key", std::string("a\0b", 3)}, {"scanner.key", ""}}));
  const auto verified = verify_export(file);
  ASSERT_TRUE(verified);
  EXPECT_EQ(verified->files, (std::map<std::string, std::string>{{"ca/ca.key", std::string("a\0b", 3)}, {"scanner.key", ""}}));
}

TEST_F(Transfer, TheFileIsForItsOwnerOnlyAndNeverWrittenOver) {
  fill(here);
  ASSERT_TRUE(export_database(here, file, {}));
  struct stat found {};
  ASSERT_EQ(stat(file.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0600u);
  EXPECT_EQ(export_database(here, file, {}).error().code, Errc::conflict);
}

TEST_F(Transfer, ADatabaseWithRowsIsNotImportedInto) {
  fill(here);
  ASSERT_TRUE(export_database(here, file, {}));
  EXPECT_EQ(import_database(here, file).error().code, Errc::conflict);
}

TEST_F(Transfer, ADamagedFileIsRefusedWholeWithItsPlace) {
  fill(here);
  ASSERT_TRUE(export_database(here, file, {}));
  damage(content_of(file).size() / 2);
  const auto imported = import_database(there, file);
  EXPECT_EQ(imported.error().code, Errc::malformed);
  EXPECT_EQ(imported.error().where.substr(0, 5), "byte ");
}

TEST_F(Transfer, AFileThatIsCutOffIsRefusedWhole) {
  fill(here);
  ASSERT_TRUE(export_database(here, file, {}));
  cut_to(content_of(file).size() - 1);
  EXPECT_EQ(import_database(there, file).error().code, Errc::malformed);
  EXPECT_EQ(count(there, "ci"), 0);
}

TEST_F(Transfer, AFileWithoutItsLastBlockIsRefused) {
  fill(here);
  ASSERT_TRUE(export_database(here, file, {}));
  cut_to(content_of(file).size() - 40);
  EXPECT_EQ(verify_export(file).error().code, Errc::malformed);
}

TEST_F(Transfer, WhatFollowsTheEndIsRefused) {
  fill(here);
  ASSERT_TRUE(export_database(here, file, {}));
  std::ofstream(file, std::ios::binary | std::ios::app) << "x";
  EXPECT_EQ(verify_export(file).error().code, Errc::malformed);
}

TEST_F(Transfer, AnotherFileIsRefusedAsNoExport) {
  std::ofstream(file) << "SQLite format 3";
  EXPECT_EQ(import_database(there, file).error().code, Errc::malformed);
  EXPECT_EQ(import_database(there, folder / "none").error().code, Errc::not_found);
}

// Two rows in each commit: an export between them would have an odd number.
TEST_F(Transfer, AnExportUnderLoadIsOfOneMoment) {
  std::atomic<bool> stop = false;
  Database database({here});
  std::jthread writer([&] {
    for (std::int64_t id = 1; !stop; id += 2) {
      EXPECT_TRUE(database.write([id](Transaction& tx) -> Outcome {
        tx.execute("insert into origin (id, kind, native_id) values ($1, 'a', $2)", id, std::to_string(id));
        tx.execute("insert into origin (id, kind, native_id) values ($1, 'b', $2)", id + 1, std::to_string(id));
        return {};
      }));
    }
  });
  const auto exported = export_database(here, file, {});
  stop = true;
  writer.join();
  ASSERT_TRUE(exported);
  ASSERT_TRUE(import_database(there, file));
  EXPECT_EQ(count(there, "origin") % 2, 0);
}

TEST_F(Transfer, VersionsOfTheSchemaAreToldWithoutChangingIt) {
  (void)driver::open(here, driver::Access::write);
  EXPECT_EQ(schema_versions(here).found, 0);
  (void)open_connection(here);
  EXPECT_EQ(schema_versions(here).found, known_schema());
}

}  // namespace
}  // namespace censo::store
