#include "cmdb/merge.h"

#include "cmdb/store/database.h"
#include "tests/cmdb/store/test_location.h"

#include <gtest/gtest.h>

namespace censo::cmdb {
namespace {

class MergeEdges : public testing::Test {
 protected:
  void add(std::int64_t id, std::optional<std::int64_t> merged_into = {}) {
    tx.execute(
        "insert into ci (id, class, name, stage, attributes, first_seen, merged_into)"
        " values ($1, 'server', 'web', 'operate', '{}', 0, $2)",
        id, merged_into);
  }

  std::unique_ptr<store::Connection> connection = test::open_connection();
  store::Transaction tx{*connection};
};

TEST_F(MergeEdges, AnItemWithoutAnEdgeIsItsOwnRoot) {
  add(1);
  EXPECT_EQ(root_of(tx, CiId(1)), CiId(1));
  EXPECT_EQ(members_of(tx, CiId(1)), (std::vector<CiId>{CiId(1)}));
}

TEST_F(MergeEdges, AChainEndsAtItsRoot) {
  add(1);
  add(2, 1);
  add(3, 2);
  EXPECT_EQ(root_of(tx, CiId(3)), CiId(1));
  EXPECT_EQ(members_of(tx, CiId(1)), (std::vector<CiId>{CiId(1), CiId(2), CiId(3)}));
}

TEST_F(MergeEdges, ACircleInADamagedDatabaseEnds) {
  add(1);
  add(2, 1);
  tx.execute("update ci set merged_into = 2 where id = 1");
  EXPECT_EQ(members_of(tx, CiId(1)).size(), 2u);
  EXPECT_NE(root_of(tx, CiId(1)).value, 0);
}

}  // namespace
}  // namespace censo::cmdb
