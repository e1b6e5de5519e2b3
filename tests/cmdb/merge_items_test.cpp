// Merging and taking back: after any number of later reports both items are as if they had never been merged.
#include "cmdb/search.h"
#include "tests/cmdb/identification_fixture.h"

namespace censo::cmdb {
namespace {

class Merges : public IdentificationCase {
 protected:
  base::Result<void> merge(CiId ci, CiId into) {
    return merge_item(tx, catalog, clock, {ci, into}, {"person ana", "the same box", clock.now()});
  }
  base::Result<void> unmerge(CiId ci) {
    return unmerge_item(tx, catalog, clock, ci, {"person ana", "it was not", clock.now()});
  }
  CiId add(const std::string& agent, const std::string& serial, std::int64_t memory = 1) {
    return take(report(agent, 1, serial, memory)).ci;
  }
  inventory::Report report(const std::string& agent, std::uint64_t sequence, const std::string& serial,
                           std::int64_t memory) const {
    return agent_report(agent, sequence,
                        {section("hardware", attributes({{"serial_number", serial}, {"memory_mib", memory}}),
                                 {item("disk", attributes({{"name", "d-" + agent}}))})},
                        "host-" + agent);
  }
  // All that stands in the tables of an item, times and ids of histories apart.
  std::string state_of_item(CiId ci) {
    std::string all;
    for (const char* sql :
         {"select class, name, stage, attributes from ci where id = $1",
          "select rule, value, cast(identifying as text) from ci_key where ci_id = $1 order by value, rule",
          "select class, name, sections, evidence from ci_value where ci_id = $1 order by source_id"}) {
      for (const auto& row : tx.query(sql, ci.value)) {
        for (std::size_t i = 0; i < row.size(); ++i) all += row.text(i) + "|";
        all += "\n";
      }
    }
    return all;
  }
};

TEST_F(Merges, AMergedItemIsShownAsItsRoot) {
  const CiId a = add("a", "CZ1"), b = add("b", "CZ2");
  ASSERT_TRUE(merge(b, a));
  const auto found = find_ci(tx, b);
  EXPECT_EQ(found->id, a);
  EXPECT_EQ(found->asked, b);
  EXPECT_EQ(found->merged, std::vector<CiId>{b});
  EXPECT_EQ(list_cis(tx, catalog, {}, {})->rows.size(), 1u);
}

TEST_F(Merges, KeysOfAMemberFindTheRoot) {
  const CiId a = add("a", "CZ1"), b = add("b", "CZ2");
  ASSERT_TRUE(merge(b, a));
  EXPECT_EQ(resolve_ci(tx, "CZ2")->id, a);
  EXPECT_EQ(search_cis(tx, "cz2", {})->rows.at(0).id, a);
}

TEST_F(Merges, ComponentsAndHistoryOfAMemberAreTheRootsToo) {
  const CiId a = add("a", "CZ1"), b = add("b", "CZ2");
  ASSERT_TRUE(merge(b, a));
  EXPECT_EQ(components_of(tx, a, "disk").size(), 2u);
  EXPECT_EQ(history(a, "created").size(), 2u);
}

TEST_F(Merges, ReportsOfAMemberGoOnUnderItAndShowOnTheRoot) {
  const CiId a = add("a", "CZ1"), b = add("b", "CZ2");
  ASSERT_TRUE(merge(b, a));
  EXPECT_EQ(take(report("b", 2, "CZ2", 7)).ci, b);
  EXPECT_EQ(*find_ci(tx, a)->attributes.find("memory_mib"), inventory::Value(std::int64_t{7}));
}

TEST_F(Merges, AChangeOfAMemberIsToldOnce) {
  const CiId a = add("a", "CZ1"), b = add("b", "CZ2");
  ASSERT_TRUE(merge(b, a));
  const auto before = history(a, "attribute").size();
  take(report("b", 2, "CZ2", 7));
  EXPECT_EQ(history(a, "attribute").size(), before + 1);
}

TEST_F(Merges, UnmergeRestoresBothAsIfTheyHadNeverBeenMerged) {
  const CiId a = add("a", "CZ1"), b = add("b", "CZ2");
  ASSERT_TRUE(merge(b, a));
  take(report("a", 2, "CZ1", 5));
  take(report("b", 2, "CZ3", 6));
  take(report("b", 3, "CZ3", 7));
  ASSERT_TRUE(unmerge(b));
  const std::string parted_a = state_of_item(a), parted_b = state_of_item(b);

  const CiId twin_a = add("ta", "CZT1"), twin_b = add("tb", "CZT2");
  take(report("ta", 2, "CZT1", 5));
  take(report("tb", 2, "CZT3", 6));
  take(report("tb", 3, "CZT3", 7));
  const auto as_twin = [](std::string text, const std::string& from, const std::string& to) {
    for (auto at = text.find(from); at != text.npos; at = text.find(from, at + to.size()))
      text.replace(at, from.size(), to);
    return text;
  };
  EXPECT_EQ(as_twin(as_twin(parted_a, "CZ1", "CZT1"), "cz1", "czt1"),
            as_twin(state_of_item(twin_a), "host-ta", "host-a"));
  EXPECT_EQ(as_twin(as_twin(parted_b, "CZ3", "CZT3"), "cz3", "czt3"),
            as_twin(state_of_item(twin_b), "host-tb", "host-b"));
}

TEST_F(Merges, CirclesAreRefused) {
  const CiId a = add("a", "CZ1"), b = add("b", "CZ2");
  ASSERT_TRUE(merge(b, a));
  EXPECT_EQ(merge(a, b).error().code, base::Errc::conflict);
  EXPECT_EQ(merge(a, a).error().code, base::Errc::conflict);
}

TEST_F(Merges, WhatIsMergedIsNotMergedAgain) {
  const CiId a = add("a", "CZ1"), b = add("b", "CZ2"), c = add("c", "CZ3");
  ASSERT_TRUE(merge(b, a));
  EXPECT_EQ(merge(b, c).error().code, base::Errc::conflict);
}

TEST_F(Merges, UndoOfUndoWorksAndAllIsRecorded) {
  const CiId a = add("a", "CZ1"), b = add("b", "CZ2");
  ASSERT_TRUE(merge(b, a));
  ASSERT_TRUE(unmerge(b));
  ASSERT_TRUE(merge(b, a));
  EXPECT_EQ(root(b), a);
  const auto records = merges_of(tx, a);
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0].undone_at, 0);
  EXPECT_EQ(records[1].undone_by, "person ana");
  EXPECT_EQ(history(b, "merged").size(), 2u);
}

TEST_F(Merges, AChainOfMergesEndsAtOneRoot) {
  const CiId a = add("a", "CZ1"), b = add("b", "CZ2"), c = add("c", "CZ3");
  ASSERT_TRUE(merge(c, b));
  ASSERT_TRUE(merge(b, a));
  EXPECT_EQ(root(c), a);
  ASSERT_TRUE(unmerge(b));
  EXPECT_EQ(root(c), b);
}

}  // namespace
}  // namespace censo::cmdb
