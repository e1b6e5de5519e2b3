// Along which index lists of tickets are read: a filter that few fit must not look up every ticket.
#include "cmdb/store/database.h"
#include "desk/sight.h"
#include "desk/ticket.h"
#include "tests/cmdb/ingest_fixture.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace censo::desk {
namespace {

class TicketPlans : public testing::Test {
 protected:
  // How SQLite would run the statement of this list, with the index that it takes.
  std::string plan_of(const TicketFilter& filter, const Sight& sight = {}) {
    watched.statements.clear();
    EXPECT_TRUE(list_tickets(tx, filter, {}, sight));
    const std::string sql = watched.statements.back();
    std::size_t parameters = 0;
    while (sql.find("$" + std::to_string(parameters + 1)) != std::string::npos) ++parameters;
    const std::vector<store::Parameter> nulls(parameters, nullptr);
    std::string plan;
    for (const auto& row : tx.query_list("explain query plan " + sql, nulls)) plan += row.text(3) + "\n";
    return plan;
  }
  static TicketFilter open() {
    TicketFilter filter;
    filter.state = "open";
    return filter;
  }
  static bool reads(const std::string& plan, const std::string& index) {
    return plan.find("SEARCH ticket USING INDEX " + index + " ") != std::string::npos &&
           plan.find("TEMP B-TREE") == std::string::npos;
  }

  cmdb::WatchedConnection watched{store::open_connection(":memory:")};
  store::Transaction tx{watched};
};

TEST_F(TicketPlans, OpenOnesByAssignee) {
  auto filter = open();
  filter.assignee = "ana";
  EXPECT_TRUE(reads(plan_of(filter), "ticket_in_hand")) << plan_of(filter);
}

TEST_F(TicketPlans, OpenOnesByGroup) {
  auto filter = open();
  filter.group = "network";
  EXPECT_TRUE(reads(plan_of(filter), "ticket_by_group")) << plan_of(filter);
}

TEST_F(TicketPlans, OpenOnesByRequester) {
  auto filter = open();
  filter.requester = "eva";
  EXPECT_TRUE(reads(plan_of(filter), "ticket_by_requester")) << plan_of(filter);
}

TEST_F(TicketPlans, OpenOnesByKind) {
  auto filter = open();
  filter.kind = "release";
  EXPECT_TRUE(reads(plan_of(filter), "ticket_by_kind")) << plan_of(filter);
}

TEST_F(TicketPlans, AllByPriority) {
  TicketFilter filter;
  filter.priority = 2;
  EXPECT_TRUE(reads(plan_of(filter), "ticket_by_priority")) << plan_of(filter);
}

TEST_F(TicketPlans, OpenOnesThatBreached) {
  auto filter = open();
  filter.breached = true;
  EXPECT_TRUE(reads(plan_of(filter), "ticket_by_open")) << plan_of(filter);
}

// Rule 73: of a million tickets his few are looked up, none of the others.
TEST_F(TicketPlans, ThoseInSightOfARequester) {
  const auto plan = plan_of({}, {false, "luis", "sales"});
  EXPECT_EQ(plan.find("SCAN"), std::string::npos) << plan;
  for (const auto* index :
       {"ticket_by_requester", "ticket_in_hand", "ticket_watcher_by_person", "desk_person_by_department"})
    EXPECT_NE(plan.find(index), std::string::npos) << index << "\n" << plan;
}

TEST_F(TicketPlans, ThoseHandedToASupplierAndThoseOfADeputy) {
  const auto plan = plan_of({}, {false, "max", "", {"max", "Acme"}, {"eva"}});
  EXPECT_EQ(plan.find("SCAN"), std::string::npos) << plan;
  for (const auto* index : {"ticket_by_supplier", "ticket_by_state"})
    EXPECT_NE(plan.find(index), std::string::npos) << index << "\n" << plan;
}

// Rule 75.
TEST_F(TicketPlans, OpenOnesOfATenant) {
  auto filter = open();
  filter.tenant = "north";
  EXPECT_TRUE(reads(plan_of(filter), "ticket_by_tenant")) << plan_of(filter);
  EXPECT_TRUE(reads(plan_of(open(), {true, "eva", "", {}, {}, "north"}), "ticket_by_tenant"));
}

}  // namespace
}  // namespace censo::desk
