// Whether items are a tenant's: a few are looked up, of more all of the tenant's are read once.
#include "cmdb/tenant.h"
#include "tests/cmdb/seeded_database.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace censo::cmdb {
namespace {

class OwnItemsTest : public testing::Test {
 protected:
  CiId add(const std::string& name, const std::string& tenant) {
    const auto ci = db.add_ci("server", name);
    db.write([&](store::Transaction& tx) {
      tx.execute("update ci set tenant = $2 where id = $1", ci.value, tenant);
    });
    return ci;
  }
  SeededDatabase db;
};

TEST_F(OwnItemsTest, BeyondThoseThatAreLookedUpTheAnswersStayTheSame) {
  std::vector<CiId> norths, others;
  for (int i = 0; i < 70; ++i) {
    norths.push_back(add("north" + std::to_string(i), "north"));
    others.push_back(add("other" + std::to_string(i), i % 2 == 0 ? "south" : ""));
  }
  db.write([&](store::Transaction& tx) {
    OwnItems own(tx, "north");
    for (std::size_t i = 0; i < norths.size(); ++i) {
      EXPECT_TRUE(own.has(norths[i])) << i;
      EXPECT_FALSE(own.has(others[i])) << i;
    }
  });
}

TEST_F(OwnItemsTest, WhatIsMergedIsItsRootsHoweverItIsAnswered) {
  const auto root = add("root", "north"), merged = add("merged", ""), of_south = add("south", "south");
  db.write([&](store::Transaction& tx) {
    tx.execute("update ci set merged_into = $2 where id = $1", merged.value, root.value);
    OwnItems own(tx, "north");
    for (int i = 0; i < 70; ++i) {
      EXPECT_TRUE(own.has(merged)) << i;
      EXPECT_FALSE(own.has(of_south)) << i;
    }
  });
}

TEST_F(OwnItemsTest, ATenantWithoutItemsHasNone) {
  const auto one = add("one", ""), other = add("other", "south");
  db.write([&](store::Transaction& tx) {
    OwnItems own(tx, "north");
    for (int i = 0; i < 70; ++i) EXPECT_FALSE(own.has(one) || own.has(other)) << i;
  });
}

}  // namespace
}  // namespace censo::cmdb
