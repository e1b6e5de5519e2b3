// Service-desk rule 75: whose a ticket is, and what it may name.
#include "desk/tenant.h"
#include "desk/sight.h"
#include "desk/ticket_watcher.h"
#include "tests/desk/desk_fixture.h"

namespace censo::desk {
namespace {

class Tenant : public DeskTest {
 protected:
  Tenant() {
    db.write([&](store::Transaction& tx) {
      for (const auto& [ci, tenant] : {std::pair(north, "north"), std::pair(south, "south")})
        tx.execute("update ci set attributes = $2, tenant = $3 where id = $1", ci.value,
                   "{\"tenant\":\"" + std::string(tenant) + "\"}", tenant);
      for (const auto& [person, tenant] : {std::pair("luis", "south"), std::pair("eva", "north")})
        tx.execute(
            "insert into desk_person (person, department, sees_department, tenant) values ($1, '', 0, $2)",
            person, tenant);
    });
  }
  // Of somebody of none.
  base::Result<Ticket> opened(const std::string& requester, const FieldValues& fields = {},
                              const std::vector<cmdb::CiId>& affected = {}) {
    return open_with({"incident", "Slow", "", requester, affected, fields});
  }
  base::Result<Ticket> opened_by_eva(const FieldValues& fields,
                                     const std::vector<cmdb::CiId>& affected = {}) {
    return as<base::Result<Ticket>>("eva", desk_agent, [&](const Operation& operation) {
      const Act act{"eva", "api", db.clock(), desk_agent, "north"};
      return open_ticket(operation.tx, kinds, {"incident", "Slow", "", "eva", affected, fields}, act);
    });
  }
  base::Result<Ticket> edited(const Ticket& ticket, const FieldValues& fields) {
    return as<base::Result<Ticket>>("ana", desk_agent, [&](const Operation& operation) {
      const auto fresh = find_ticket(operation.tx, ticket.number).value();
      return edit_ticket(operation, fresh, {{}, {}, fields, fresh.version});
    });
  }

  const cmdb::CiId north = db.add_ci("server", "web01"), south = db.add_ci("server", "web02"),
                   shared = db.add_ci("switch", "core");
};

TEST_F(Tenant, OfATicketIsItsRequesters) {
  EXPECT_EQ(opened("luis").value().field("tenant"), "south");
  EXPECT_EQ(opened("ana").value().field("tenant"), "");
  EXPECT_EQ(opened("ana", {{"tenant", "north"}}).value().field("tenant"), "north");
  EXPECT_EQ(refusal(opened("luis", {{"tenant", "north"}})), "conflict OTHER_TENANT");
}

TEST_F(Tenant, OfATicketIsTheActors) {
  EXPECT_EQ(opened_by_eva({}).value().field("tenant"), "north");
  EXPECT_EQ(refusal(opened_by_eva({{"tenant", "south"}})), "permission_denied ROLE_NEEDED");
}

TEST_F(Tenant, TicketNamesItsOwnItemsAndNobodys) {
  EXPECT_TRUE(opened("luis", {}, {south, shared}));
  EXPECT_EQ(refusal(opened("luis", {}, {north})), "conflict OTHER_TENANT");
  EXPECT_TRUE(opened("ana", {}, {north, south, shared}));
}

TEST_F(Tenant, WhoBelongsToOneNamesNeitherOthersItemsNorNobodys) {
  EXPECT_TRUE(opened_by_eva({}, {north}));
  EXPECT_EQ(refusal(opened_by_eva({}, {south})), "invalid_argument CI_NOT_FOUND");
  EXPECT_EQ(refusal(opened_by_eva({}, {shared})), "invalid_argument CI_NOT_FOUND");
}

TEST_F(Tenant, FieldsNameItemsAndTicketsOfTheSameAlone) {
  const auto ours = opened_by_eva({}).value(), theirs = opened("luis").value(),
             nobodys = opened("ana").value();
  EXPECT_EQ(refusal(opened_by_eva({{"follows", theirs.number}})), "invalid_argument BAD_VALUE");
  EXPECT_EQ(refusal(opened_by_eva({{"follows", nobodys.number}})), "invalid_argument BAD_VALUE");
  EXPECT_EQ(refusal(edited(ours, {{"parent", theirs.number}})), "conflict OTHER_TENANT");
  EXPECT_TRUE(edited(ours, {{"parent", nobodys.number}}));  // one disturbance of all
  auto solution = resolution;
  solution["cause"] = "web02";
  const auto assigned = move(ours, "assign", {{"group", "web"}}).value();
  EXPECT_EQ(refusal(move(assigned, "resolve", solution)), "conflict OTHER_TENANT");
}

TEST_F(Tenant, ADuplicateTellsAnotherTenantNothing) {
  const auto theirs = opened("luis").value(), nobodys = opened("ana").value();
  const FieldValues duplicate{{"cancel_reason", "duplicate"}, {"duplicate_of", theirs.number}};
  EXPECT_EQ(refusal(move(nobodys, "cancel", duplicate)), "conflict OTHER_TENANT");
  EXPECT_EQ(refusal(move(opened_by_eva({}).value(), "cancel", duplicate)), "conflict OTHER_TENANT");
}

TEST_F(Tenant, IsChangedOnlyWhereItsItemsFit) {
  const auto ticket = opened("ana", {}, {south}).value();
  EXPECT_EQ(refusal(edited(ticket, {{"tenant", "north"}})), "conflict OTHER_TENANT");
  EXPECT_EQ(edited(ticket, {{"tenant", "south"}}).value().field("tenant"), "south");
  EXPECT_EQ(history(ticket).back().after, R"({"tenant":"south"})");
}

TEST_F(Tenant, WatchersHearOfTheirOwnAlone) {
  const auto ticket = opened("luis").value();
  const auto watched_by = [&](const std::string& person) {
    return as<std::string>("ana", desk_agent, [&](const Operation& operation) {
      return refusal(watch(operation, ticket, person));
    });
  };
  EXPECT_EQ(watched_by("eva"), "conflict OTHER_TENANT");
  EXPECT_EQ(watched_by("bob"), "done");
}

TEST_F(Tenant, IsSeenByWhoBelongsToItAndWhoBelongsToNone) {
  const auto ticket = opened("luis").value();
  const auto seen_by = [&](const std::string& tenant) {
    return as<bool>("bob", desk_agent, [&](const Operation& operation) {
      const Act act{"bob", "api", db.clock(), desk_agent, tenant};
      return sees({operation.tx, kinds, act}, ticket);
    });
  };
  EXPECT_TRUE(seen_by("south"));
  EXPECT_TRUE(seen_by(""));
  EXPECT_FALSE(seen_by("north"));
}

}  // namespace
}  // namespace censo::desk
