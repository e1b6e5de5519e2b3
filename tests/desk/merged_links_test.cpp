// Tickets that were linked to items which became one: they are gathered where that one is shown.
#include "desk/ticket.h"
#include "desk/ticket_kind.h"
#include "tests/cmdb/seeded_database.h"

#include <gtest/gtest.h>

namespace censo::desk {
namespace {

class MergedLinks : public testing::Test {
 protected:
  MergedLinks() {
    db.write([&](store::Transaction& tx) {
      NewTicket wanted;
      wanted.title = "Web is slow";
      wanted.requester = "Luis";
      wanted.affected = {web, copy};
      ticket = open_ticket(tx, kinds, wanted, act()).value();
      tx.execute("update ci set merged_into = $2 where id = $1", copy.value, web.value);
    });
  }
  Act act() { return {"ana", "api", db.clock()}; }
  std::vector<TicketLink> links() {
    std::vector<TicketLink> found;
    db.write([&](store::Transaction& tx) { found = links_of(tx, ticket.id); });
    return found;
  }
  std::int64_t rows() {
    std::int64_t count = 0;
    db.write([&](store::Transaction& tx) {
      count = tx.query_one("select count(*) from ticket_link")->integer(0);
    });
    return count;
  }

  SeededDatabase db;
  const TicketKinds kinds = TicketKinds::load(cmdb::built_in_schemas()).value();
  const cmdb::CiId web = db.add_ci("server", "web01"), copy = db.add_ci("server", "web01-old");
  Ticket ticket;
};

TEST_F(MergedLinks, AreOneUnderTheNameThatIsShown) {
  ASSERT_EQ(links().size(), 1U);
  EXPECT_EQ(links().at(0).ci, web);
  EXPECT_EQ(links().at(0).name, "web01");
}

TEST_F(MergedLinks, AreTwoAgainAfterTheMergeIsTakenBack) {
  db.write([&](store::Transaction& tx) { tx.execute("update ci set merged_into = null"); });
  EXPECT_EQ(links().size(), 2U);
}

TEST_F(MergedLinks, AreListedUnderWhicheverIsAskedForHoweverFarTheyWereMerged) {
  const cmdb::CiId oldest = db.add_ci("server", "web01-oldest");
  db.write([&](store::Transaction& tx) {
    NewTicket wanted;
    wanted.title = "Web was slow";
    wanted.requester = "Luis";
    wanted.affected = {oldest};
    ASSERT_TRUE(open_ticket(tx, kinds, wanted, act()));
    tx.execute("update ci set merged_into = $2 where id = $1", oldest.value, copy.value);
    for (const cmdb::CiId asked : {web, copy, oldest}) {
      TicketFilter filter;
      filter.ci = asked;
      EXPECT_EQ(list_tickets(tx, filter, {10, ""})->rows.size(), 2U);
    }
  });
}

TEST_F(MergedLinks, LinkingTheShownOneAgainChangesTheLinkThatIsThere) {
  db.write([&](store::Transaction& tx) {
    ASSERT_TRUE(unlink_ci(tx, ticket, web, act()));
    ASSERT_TRUE(link_ci(tx, ticket, copy, LinkRole::affected, act()));
    ASSERT_TRUE(link_ci(tx, ticket, web, LinkRole::cause, act()));
  });
  ASSERT_EQ(links().size(), 1U);
  EXPECT_EQ(links().at(0).role, LinkRole::cause);
  EXPECT_EQ(rows(), 1);
}

TEST_F(MergedLinks, UnlinkingTheShownOneUnlinksAll) {
  db.write([&](store::Transaction& tx) { ASSERT_TRUE(unlink_ci(tx, ticket, web, act())); });
  EXPECT_TRUE(links().empty());
  EXPECT_EQ(rows(), 0);
}

}  // namespace
}  // namespace censo::desk
