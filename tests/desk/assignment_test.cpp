// Who takes a ticket by rule, load, skill and the item's support group: service-desk rules 07 and 62.
#include "desk/assignment.h"
#include "cmdb/item_edit.h"
#include "desk/deputy.h"
#include "desk/desk_group.h"
#include "tests/desk/desk_fixture.h"

namespace censo::desk {
namespace {

class Assigned : public DeskTest {
 protected:
  Assigned() {
    db.write([&](store::Transaction& tx) {
      tx.execute("update ci set attributes = $2 where id = $1", web.value, R"({"support_group":"web"})");
      tx.execute("update ci set attributes = $2 where id = $1", sql.value, R"({"support_group":"data"})");
    });
    for (const auto* person : {"ana", "bob", "eva"}) member("web", person);
    skills("bob", {"Linux", "nginx"});
    skills("eva", {"linux"});
  }
  void member(const std::string& group, const std::string& person) {
    as<bool>("mia", manager,
             [&](const Operation& operation) { return put_member(operation, group, person).has_value(); });
  }
  void skills(const std::string& person, const std::vector<std::string>& known) {
    as<bool>("mia", manager,
             [&](const Operation& operation) { return put_skills(operation, person, known).has_value(); });
  }
  base::Result<AssignmentRule> rule(AssignmentRule wanted, const Roles& roles = {"desk_manager"}) {
    return as<base::Result<AssignmentRule>>(
        "mia", roles, [&](const Operation& operation) { return put_assignment_rule(operation, wanted); });
  }
  static AssignmentRule named(const std::string& name) {
    AssignmentRule made;
    made.name = name;
    return made;
  }
  static AssignmentRule picking(const std::string& name, const std::vector<std::string>& skills = {}) {
    auto made = named(name);
    made.group = "web";
    made.picks = true;
    made.skills = skills;
    return made;
  }
  Ticket opened(const std::vector<cmdb::CiId>& affected = {}, const FieldValues& fields = {}) {
    return as<base::Result<Ticket>>(
               "luis", {},
               [&](const Operation& operation) {
                 return open_and_assign(operation, {"incident", "Slow", "", "luis", affected, fields});
               })
        .value();
  }

  const Roles manager{"desk_manager"};
  const cmdb::CiId web = db.add_ci("server", "web01"), sql = db.add_ci("server", "sql01"),
                   lone = db.add_ci("switch", "core");
};

TEST_F(Assigned, NothingIsDoneWithoutARule) {
  EXPECT_EQ(opened({web}).state, "new");
}

TEST_F(Assigned, SupportGroupOfTheItemTakesIt) {
  ASSERT_TRUE(rule(named("owners")));
  const auto ticket = opened({sql});
  EXPECT_EQ(ticket.state, "assigned");
  EXPECT_EQ(ticket.field("group"), "data");
  EXPECT_EQ(ticket.field("assignee"), "");
  EXPECT_EQ(ticket.field("assigned_because"), "rule owners: data is the support group of sql01");
}

TEST_F(Assigned, ReasonStandsInTheHistoryToo) {
  ASSERT_TRUE(rule(named("owners")));
  const auto last = history(opened({sql})).back();
  EXPECT_EQ(last.event, "assign");
  EXPECT_EQ(last.source, "rule");
  EXPECT_EQ(last.reason, "rule owners: data is the support group of sql01");
}

TEST_F(Assigned, WithoutASupportGroupTheNextRuleIsTried) {
  ASSERT_TRUE(rule(named("owners")));
  auto rest = named("rest");
  rest.group = "service-desk";
  rest.place = 900;
  ASSERT_TRUE(rule(rest));
  EXPECT_EQ(opened({lone}).field("group"), "service-desk");
  EXPECT_EQ(opened({}).field("assigned_because"), "rule rest: given to service-desk");
}

TEST_F(Assigned, RuleAsksForKindCategoryTenantAndItems) {
  auto made = named("network");
  made.group = "network";
  made.query = "class:switch";
  ASSERT_TRUE(rule(made));
  EXPECT_EQ(opened({web}).state, "new");
  EXPECT_EQ(opened({lone}).field("group"), "network");
  made.category = "Access";
  ASSERT_TRUE(rule(made));
  EXPECT_EQ(opened({lone}).state, "new");
  EXPECT_EQ(opened({lone}, {{"category", "access"}}).field("group"), "network");
  made.kind = "task";
  ASSERT_TRUE(rule(made));
  EXPECT_EQ(opened({lone}, {{"category", "access"}}).state, "new");
  made.kind = "incident", made.tenant = "north";
  ASSERT_TRUE(rule(made));
  EXPECT_EQ(opened({lone}, {{"category", "access"}}).state, "new");
  EXPECT_EQ(opened({lone}, {{"category", "access"}, {"tenant", "north"}}).field("group"), "network");
}

TEST_F(Assigned, WhoHasLeastInHandIsPicked) {
  ASSERT_TRUE(rule(picking("web")));
  EXPECT_EQ(opened().field("assignee"), "ana");
  EXPECT_EQ(opened().field("assignee"), "bob");
  const auto third = opened();
  EXPECT_EQ(third.field("assignee"), "eva");
  EXPECT_EQ(third.field("assigned_because"), "rule web: given to web; eva has least in hand (0) of 3");
  EXPECT_EQ(opened().field("assignee"), "ana");
}

TEST_F(Assigned, WhoKnowsWhatIsNeededIsPicked) {
  ASSERT_TRUE(rule(picking("web", {"nginx", "linux"})));
  opened();
  const auto second = opened();
  EXPECT_EQ(second.field("assignee"), "bob");
  EXPECT_EQ(second.field("assigned_because"),
            "rule web: given to web; bob has least in hand (1) of 1 with linux, nginx");
}

TEST_F(Assigned, GroupAloneTakesItWhereNobodyKnows) {
  ASSERT_TRUE(rule(picking("web", {"cobol"})));
  const auto ticket = opened();
  EXPECT_EQ(ticket.field("group"), "web");
  EXPECT_EQ(ticket.field("assignee"), "");
  EXPECT_EQ(ticket.field("assigned_because"), "rule web: given to web; nobody of it with cobol is there");
}

TEST_F(Assigned, WhoIsAwayIsNotPicked) {
  ASSERT_TRUE(rule(picking("web", {"nginx"})));
  as<bool>("mia", manager, [&](const Operation& operation) {
    const auto now = operation.act.clock.now();
    return name_deputy(operation, {"bob", "ana", now, now + 86'400'000, "", 0}).has_value();
  });
  EXPECT_EQ(opened().field("assignee"), "");
}

// Rule 75.
TEST_F(Assigned, SharedItemsAreNotNamedToATenant) {
  ASSERT_TRUE(rule(named("owners")));
  EXPECT_EQ(opened({sql}, {{"tenant", "north"}}).field("assigned_because"),
            "rule owners: data is the support group of an item");
}

TEST_F(Assigned, AGroupWithControlCharactersIsRefused) {
  auto made = named("bad");
  for (const auto* group : {"we\x01"
                            "b",
                            "we\tb", "we\nb"}) {
    made.group = group;
    const auto done = rule(made);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().where, "group");
  }
}

TEST_F(Assigned, ASupportGroupThatNoTicketTakesIsNone) {
  ASSERT_TRUE(rule(named("owners")));
  cmdb::ItemEdit edit;
  edit.attributes.set("support_group", std::string(256, 'x'));
  db.write([&](store::Transaction& tx) {
    const auto done = cmdb::edit_item(tx, {catalog, db.clock(), "mia"}, sql, edit);
    ASSERT_TRUE(done) << to_string(done.error());
  });
  EXPECT_EQ(opened({sql}).state, "new");
}

TEST_F(Assigned, ALongReasonIsCutAtACharacter) {
  ASSERT_TRUE(rule(named("owners")));
  std::string name;
  while (name.size() < 2'100) name += "\u00f1";
  db.write(
      [&](store::Transaction& tx) { tx.execute("update ci set name = $2 where id = $1", web.value, name); });
  const auto ticket = opened({web});
  EXPECT_EQ(ticket.field("group"), "web");
  EXPECT_TRUE(base::is_valid_utf8(ticket.field("assigned_because")));
  EXPECT_GT(ticket.field("assigned_because").size(), 1'900U);
}

// Rule 75.
TEST_F(Assigned, WhoBelongsToAnotherTenantIsNotPicked) {
  ASSERT_TRUE(rule(picking("web")));
  db.write([](store::Transaction& tx) {
    tx.execute(
        "insert into desk_person (person, department, sees_department, tenant) values ('ana', '', 0, "
        "'south')");
  });
  EXPECT_EQ(opened({}, {{"tenant", "north"}}).field("assignee"), "bob");
}

TEST_F(Assigned, WhatAPersonDoesAfterwardsTakesTheReasonAway) {
  ASSERT_TRUE(rule(picking("web")));
  const auto ticket = move(opened(), "reassign", {{"assignee", "zoe"}, {"reason", "she knows it"}}).value();
  EXPECT_EQ(ticket.field("assignee"), "zoe");
  EXPECT_EQ(ticket.field("assigned_because"), "");
}

TEST_F(Assigned, RulesAreTriedAgainWhenTheDeskAsks) {
  const auto ticket = opened({web});
  EXPECT_EQ(refusal(move(ticket, "dispatch")), "conflict NO_RULE_FITS");
  ASSERT_TRUE(rule(named("owners")));
  EXPECT_EQ(move(ticket, "dispatch").value().field("group"), "web");
}

TEST_F(Assigned, TicketThatCameWithAGroupKeepsIt) {
  ASSERT_TRUE(rule(named("owners")));
  const auto task = as<base::Result<Ticket>>("ana", desk_agent, [&](const Operation& operation) {
    return open_and_assign(operation, {"task", "Look", "", "ana", {web}, {{"group", "field"}}});
  });
  EXPECT_EQ(task.value().field("group"), "field");
}

TEST_F(Assigned, OnlyADeskManagerWritesRulesGroupsAndSkills) {
  EXPECT_EQ(refusal(rule(named("owners"), desk_agent)), "permission_denied ROLE_NEEDED");
  const auto refused = as<std::string>("ana", desk_agent, [&](const Operation& operation) {
    return refusal(put_member(operation, "web", "zoe")) + ", " + refusal(put_skills(operation, "zoe", {"x"}));
  });
  EXPECT_EQ(refused, "permission_denied ROLE_NEEDED, permission_denied ROLE_NEEDED");
}

TEST_F(Assigned, RulesThatCannotBeTriedAreRefused) {
  auto bad = named("Bad Name");
  EXPECT_EQ(rule(bad).error().where, "name");
  bad = named("bad"), bad.query = "software:openssl";
  EXPECT_EQ(rule(bad).error().where, "query");
  bad = named("bad"), bad.kind = "wish";
  EXPECT_EQ(rule(bad).error().where, "kind");
  bad = named("bad"), bad.skills = {"linux"};
  EXPECT_EQ(rule(bad).error().where, "skills");
}

// However many tickets there are, what somebody has in hand is counted along an index.
TEST_F(Assigned, LoadIsCountedAlongAnIndex) {
  if (test::on_postgres()) GTEST_SKIP() << "the plan is SQLite's";
  std::string plan;
  db.write([&](store::Transaction& tx) {
    for (const auto& row : tx.query("explain query plan select count(*) from ticket where assignee = $1 and "
                                    "assignee <> '' and is_open = 1",
                                    "ana"))
      plan += row.text(3);
  });
  EXPECT_NE(plan.find("ticket_in_hand"), std::string::npos) << plan;
}

}  // namespace
}  // namespace censo::desk
