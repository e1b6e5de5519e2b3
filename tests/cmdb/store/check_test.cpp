#include "cmdb/store/check.h"

#include "cmdb/store/database.h"
#include "tests/cmdb/store/temporary_folder.h"
#include "tests/cmdb/store/test_location.h"

#include <gtest/gtest.h>

namespace censo::store {
namespace {

std::vector<std::string> nothing_more(Transaction&) {
  return {};
}

class CheckDatabase : public testing::Test {
 protected:
  test::TemporaryFolder folder;
  std::string location = test::location(folder / "censo.db");
};

TEST_F(CheckDatabase, ANewDatabaseHasNoFindings) {
  (void)open_connection(location);
  EXPECT_EQ(check_database(location, nothing_more), std::vector<std::string>{});
}

TEST_F(CheckDatabase, WhatTheCallerFindsIsAdded) {
  (void)open_connection(location);
  const auto findings = check_database(location, [](Transaction& tx) {
    return std::vector<std::string>{tx.query_one("select 'found'")->text(0)};
  });
  EXPECT_EQ(findings, std::vector<std::string>{"found"});
}

TEST_F(CheckDatabase, AReferenceToNothingIsFoundInSqlite) {
  if (test::on_postgres()) GTEST_SKIP() << "the server lets nobody take a target away";
  open_connection(location)->run_script(
      "pragma foreign_keys = off; insert into scan_device (run_id, address, port, "
      "verdict, detail, credential, outcome, duration_ms) values (9, 'a', 1, '', '', '', '', 0)");
  const auto findings = check_database(location, nothing_more);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0], "references: 1 rows of scan_device.run_id name rows of scan_run that are not there");
}

}  // namespace
}  // namespace censo::store
