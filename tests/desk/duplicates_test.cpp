// Merging duplicates (service-desk rule 15), watchers and templates.
#include "desk/ticket_merge.h"
#include "desk/ticket_relation.h"
#include "desk/ticket_template.h"
#include "desk/ticket_watcher.h"
#include "tests/desk/desk_fixture.h"

namespace censo::desk {
namespace {

using Names = std::vector<std::string>;

class DuplicatesTest : public DeskTest {
 protected:
  base::Result<Ticket> merge(const Ticket& duplicate, const std::string& into) {
    return move(duplicate, "cancel", {{"cancel_reason", "duplicate"}, {"duplicate_of", into}});
  }
  Names watchers(const Ticket& ticket) {
    return as<Names>("ana", {},
                     [&](const Operation& operation) { return watchers_of(operation.tx, ticket.id); });
  }
  std::vector<TicketLink> links(const Ticket& ticket) {
    return as<std::vector<TicketLink>>(
        "ana", {}, [&](const Operation& operation) { return links_of(operation.tx, ticket.id); });
  }
  Ticket of(const std::string& requester) {
    NewTicket wanted;
    wanted.title = "Shop is down";
    wanted.description = "error 502";
    wanted.requester = requester;
    return open_with(wanted).value();
  }
  base::Result<TicketTemplate> put(const Roles& roles, const TicketTemplate& wanted) {
    return as<base::Result<TicketTemplate>>(
        "mia", roles, [&](const Operation& operation) { return put_template(operation, wanted); });
  }
};

TEST_F(DuplicatesTest, Rule15DuplicateIsCancelledAndItsItemsGoOver) {
  const auto web01 = db.add_ci("server", "web01"), web02 = db.add_ci("server", "web02");
  const auto stays = open({}, {web01}), duplicate = open({}, {web01, web02});
  EXPECT_EQ(merge(duplicate, stays.number).value().state, "cancelled");
  ASSERT_EQ(links(stays).size(), 2U);
  EXPECT_EQ(links(stays)[1].ci, web02);
}

TEST_F(DuplicatesTest, ItsRequesterAndWatchersWatchTheOther) {
  const auto stays = of("luis"), duplicate = of("pau");
  as<base::Result<void>>("ana", desk_agent, [&](const Operation& operation) {
    return watch(operation, duplicate, "eva");
  }).value();
  merge(duplicate, stays.number).value();
  EXPECT_EQ(watchers(stays), (Names{"eva", "pau"}));
}

TEST_F(DuplicatesTest, WhatWasSaidIsNotedInTheOther) {
  const auto stays = of("luis"), duplicate = of("pau");
  merge(duplicate, stays.number).value();
  const auto notes = as<std::vector<Note>>(
      "ana", desk_agent, [&](const Operation& operation) { return notes_of(operation, stays); });
  EXPECT_EQ(notes.at(0).what.text, "INC-2 of pau was a duplicate of this: Shop is down\nerror 502");
}

TEST_F(DuplicatesTest, ItsChildrenBecomeTheOthers) {
  const auto stays = of("luis"), duplicate = of("pau");
  const auto child = open({{"parent", duplicate.number}});
  merge(duplicate, stays.number).value();
  EXPECT_EQ(now(child).field("parent"), stays.number);
}

TEST_F(DuplicatesTest, AChildThatItIsMergedIntoIsDetached) {
  const auto duplicate = of("pau");
  const auto child = open({{"parent", duplicate.number}});
  merge(duplicate, child.number).value();
  EXPECT_EQ(now(child).field("parent"), "");
}

TEST_F(DuplicatesTest, ItsProblemIsTheOthersToo) {
  const auto stays = of("luis"), duplicate = of("pau");
  NewTicket wanted;
  wanted.kind = "problem";
  wanted.title = "Shop goes down";
  wanted.requester = "mia";
  const auto problem = open_with(wanted).value();
  as<base::Result<Ticket>>("ana", desk_agent, [&](const Operation& operation) {
    return relate_tickets(operation, problem, "incident", duplicate);
  }).value();
  merge(duplicate, stays.number).value();
  const auto incidents = as<std::vector<Ticket>>("ana", {}, [&](const Operation& operation) {
    return tickets_it_names(operation.tx, problem, "incident");
  });
  EXPECT_EQ(incidents.size(), 2U);
}

TEST_F(DuplicatesTest, NoneIsItsOwnDuplicateOrOneOfADuplicate) {
  const auto stays = of("luis"), duplicate = of("pau"), third = of("eva");
  EXPECT_EQ(refusal(merge(stays, stays.number)), "conflict CYCLE");
  merge(duplicate, stays.number).value();
  EXPECT_EQ(refusal(merge(third, duplicate.number)), "conflict CYCLE");
}

TEST_F(DuplicatesTest, OthersAreNamedAsWatchersByTheDeskAlone) {
  const auto ticket = of("luis");
  const auto watched = [&](const std::string& who, const Roles& roles, const std::string& person) {
    return as<base::Result<void>>(
        who, roles, [&](const Operation& operation) { return watch(operation, ticket, person); });
  };
  EXPECT_EQ(refusal(watched("pau", {}, "eva")), "permission_denied ROLE_NEEDED");
  EXPECT_TRUE(watched("pau", {}, "pau"));
  EXPECT_TRUE(watched("ana", desk_agent, "eva"));
  EXPECT_TRUE(watched("ana", desk_agent, "eva"));
  EXPECT_EQ(watchers(ticket), (Names{"eva", "pau"}));
}

TEST_F(DuplicatesTest, ListsWhatSomebodyWatches) {
  const auto ticket = of("luis");
  of("luis");
  as<base::Result<void>>("pau", {}, [&](const Operation& operation) {
    return watch(operation, ticket, "pau");
  }).value();
  TicketFilter filter;
  filter.watcher = "pau";
  const auto found = as<std::vector<Ticket>>("ana", {}, [&](const Operation& operation) {
    return list_tickets(operation.tx, filter, {}).value().rows;
  });
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].number, ticket.number);
}

TEST_F(DuplicatesTest, TemplateIsCheckedAsATicketIs) {
  const Roles manager{"desk_manager"};
  TicketTemplate wanted{"new_laptop", "request", "A laptop", "", {{"manager", "mia"}}, "", 0};
  EXPECT_EQ(refusal(put(desk_agent, wanted)), "permission_denied ROLE_NEEDED");
  EXPECT_EQ(put(manager, wanted).value().person, "mia");
  wanted.fields = {{"colour", "red"}};
  EXPECT_EQ(refusal(put(manager, wanted)), "invalid_argument UNKNOWN_FIELD");
  wanted.fields = {};
  wanted.name = "New Laptop";
  EXPECT_EQ(put(manager, wanted).error().where, "name");
  wanted.name = "new_laptop";
  wanted.kind = "wish";
  EXPECT_EQ(put(manager, wanted).error().where, "kind");
}

TEST_F(DuplicatesTest, TemplateIsReplacedAndRemoved) {
  const Roles manager{"desk_manager"};
  TicketTemplate wanted{"new_laptop", "request", "A laptop", "", {}, "", 0};
  put(manager, wanted).value();
  wanted.title = "A new laptop";
  put(manager, wanted).value();
  const auto all = as<std::vector<TicketTemplate>>(
      "ana", {}, [](const Operation& operation) { return ticket_templates(operation.tx); });
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].title, "A new laptop");
  const auto remove = [&] {
    return as<base::Result<void>>(
        "mia", manager, [](const Operation& operation) { return remove_template(operation, "new_laptop"); });
  };
  EXPECT_EQ(refusal(remove()), "done");
  EXPECT_EQ(remove().error().code, base::Errc::not_found);
}

}  // namespace
}  // namespace censo::desk
