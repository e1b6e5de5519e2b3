#include "desk/ticket.h"

#include "desk/ticket_kind.h"
#include "tests/cmdb/seeded_database.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <set>
#include <string>
#include <vector>

namespace censo::desk {
namespace {

using base::Errc;

class TicketTest : public testing::Test {
 protected:
  Act act() { return {"ana", "api", db.clock()}; }

  base::Result<Ticket> open(const NewTicket& wanted) {
    base::Result<Ticket> result = base::fail(Errc::unavailable, "not run");
    db.write([&](store::Transaction& tx) { result = open_ticket(tx, kinds, wanted, act()); });
    return result;
  }
  Ticket open_about(const std::vector<cmdb::CiId>& affected, const std::string& title = "Web is slow") {
    NewTicket wanted;
    wanted.title = title;
    wanted.requester = "Luis";
    wanted.affected = affected;
    return open(wanted).value();
  }
  // Opening would fail with this field.
  std::string unfit_field(const NewTicket& wanted) {
    const auto opened = open(wanted);
    if (opened || opened.error().code != Errc::invalid_argument) return "none";
    return opened.error().where;
  }
  base::Result<void> link(const Ticket& ticket, cmdb::CiId ci, LinkRole role) {
    base::Result<void> result = base::fail(Errc::unavailable, "not run");
    db.write([&](store::Transaction& tx) { result = link_ci(tx, ticket, ci, role, act()); });
    return result;
  }
  base::Result<void> unlink(const Ticket& ticket, cmdb::CiId ci) {
    base::Result<void> result = base::fail(Errc::unavailable, "not run");
    db.write([&](store::Transaction& tx) { result = unlink_ci(tx, ticket, ci, act()); });
    return result;
  }
  Ticket now(const Ticket& ticket) {
    Ticket result;
    db.write([&](store::Transaction& tx) { result = find_ticket(tx, ticket.number).value(); });
    return result;
  }
  std::vector<TicketLink> links(const Ticket& ticket) {
    std::vector<TicketLink> result;
    db.write([&](store::Transaction& tx) { result = links_of(tx, ticket.id); });
    return result;
  }
  std::vector<TicketHistoryEntry> history(const Ticket& ticket) {
    std::vector<TicketHistoryEntry> result;
    db.write([&](store::Transaction& tx) { result = history_of(tx, ticket.id); });
    return result;
  }
  cmdb::Page<Ticket> list(const TicketFilter& filter, const cmdb::PageRequest& page = {}) {
    cmdb::Page<Ticket> result;
    db.write([&](store::Transaction& tx) { result = list_tickets(tx, filter, page).value(); });
    return result;
  }
  std::vector<std::string> found(std::string_view text) {
    std::vector<std::string> numbers;
    db.write([&](store::Transaction& tx) {
      for (const auto& ticket : search_tickets(tx, text, {}).value().rows) numbers.push_back(ticket.number);
    });
    return numbers;
  }

  using Texts = std::vector<std::string>;
  SeededDatabase db;
  const TicketKinds kinds = TicketKinds::load(cmdb::built_in_schemas()).value();
  const cmdb::CiId web01 = db.add_ci("server", "web01"), nginx = db.add_ci("web_server", "nginx");
};

TEST_F(TicketTest, FirstIncidentIsNumberOne) {
  EXPECT_EQ(open_about({}).number, "INC-1");
}

TEST_F(TicketTest, NumbersFollowEachOther) {
  open_about({});
  EXPECT_EQ(open_about({}).number, "INC-2");
}

TEST_F(TicketTest, FailedOpeningLeavesNoGap) {
  open_about({});
  const auto refused = db.database().write([&](store::Transaction& tx) -> store::Outcome {
    NewTicket wanted;
    wanted.title = "Never kept";
    const auto opened = open_ticket(tx, kinds, wanted, act());
    EXPECT_EQ(opened->number, "INC-2");
    return base::fail(Errc::conflict, "the job fails after the ticket got its number");
  });
  EXPECT_FALSE(refused);
  EXPECT_EQ(open_about({}).number, "INC-2");
}

TEST_F(TicketTest, ConcurrentOpeningsHaveNoGapAndNoRepeat) {
  constexpr std::size_t count = 64;
  std::atomic<std::size_t> failed = 0;
  std::latch done(count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto job = [&](store::Transaction& tx) -> store::Outcome {
      NewTicket wanted;
      wanted.title = "At once";
      if (const auto opened = open_ticket(tx, kinds, wanted, act()); !opened) return opened.error();
      return {};
    };
    const bool taken = db.database().submit_write(job, [&](const store::Outcome& outcome) {
      if (!outcome) ++failed;
      done.count_down();
    });
    ASSERT_TRUE(taken);
  }
  done.wait();
  std::set<std::string> numbers;
  for (const auto& ticket : list({}, {1000, ""}).rows) numbers.insert(ticket.number);
  EXPECT_EQ(failed, 0U);
  EXPECT_EQ(numbers.size(), count);
  EXPECT_TRUE(numbers.contains("INC-64"));
}

TEST_F(TicketTest, OpensInTheFirstState) {
  EXPECT_EQ(open_about({}).state, "new");
}

TEST_F(TicketTest, Rule06KeepsTheTimeOfOpening) {
  EXPECT_EQ(open_about({}).opened_at, db.clock().now());
}

TEST_F(TicketTest, Rule03BeginsWithVersionOne) {
  EXPECT_EQ(open_about({}).version, 1);
}

TEST_F(TicketTest, LinksWhatItNamesAsAffected) {
  const auto linked = links(open_about({web01}));
  ASSERT_EQ(linked.size(), 1U);
  EXPECT_EQ(linked[0].name, "web01");
  EXPECT_EQ(linked[0].role, LinkRole::affected);
}

TEST_F(TicketTest, TitleIsTrimmed) {
  EXPECT_EQ(open_about({}, "  Slow \n").title, "Slow");
}

TEST_F(TicketTest, EmptyTitleIsRefused) {
  NewTicket wanted;
  wanted.title = " ";
  EXPECT_EQ(unfit_field(wanted), "title");
}

TEST_F(TicketTest, TitleOf200CharactersIsTaken) {
  std::string title;
  for (int i = 0; i < 200; ++i) title += "ñ";
  EXPECT_EQ(open_about({}, title).title, title);
}

TEST_F(TicketTest, TitleOf201CharactersIsRefused) {
  NewTicket wanted;
  wanted.title = std::string(201, 'a');
  EXPECT_EQ(unfit_field(wanted), "title");
}

TEST_F(TicketTest, UnknownKindIsRefused) {
  NewTicket wanted;
  wanted.title = "Title";
  wanted.kind = "wish";
  EXPECT_EQ(unfit_field(wanted), "kind");
}

TEST_F(TicketTest, UnknownItemIsRefused) {
  NewTicket wanted;
  wanted.title = "Title";
  wanted.affected = {cmdb::CiId(7)};
  EXPECT_EQ(unfit_field(wanted), "affected");
}

TEST_F(TicketTest, ItemTwiceIsRefused) {
  NewTicket wanted;
  wanted.title = "Title";
  wanted.affected = {web01, web01};
  EXPECT_EQ(unfit_field(wanted), "affected");
}

TEST_F(TicketTest, RefusedTicketIsNotKept) {
  NewTicket wanted;
  EXPECT_FALSE(open(wanted));
  EXPECT_TRUE(list({}).rows.empty());
}

TEST_F(TicketTest, IsFoundByNumberInAnyCase) {
  const auto ticket = open_about({});
  db.write([&](store::Transaction& tx) { EXPECT_EQ(find_ticket(tx, " inc-1 ")->id, ticket.id); });
}

TEST_F(TicketTest, UnknownNumberIsNotFound) {
  db.write(
      [&](store::Transaction& tx) { EXPECT_EQ(find_ticket(tx, "INC-99").error().code, Errc::not_found); });
}

TEST_F(TicketTest, ListGoesFromNewToOld) {
  open_about({}, "first");
  open_about({}, "second");
  EXPECT_EQ(list({}).rows.front().title, "second");
}

TEST_F(TicketTest, ListByState) {
  open_about({});
  EXPECT_EQ(list({"new", ""}).rows.size(), 1U);
  EXPECT_TRUE(list({"closed", ""}).rows.empty());
}

TEST_F(TicketTest, ListByKind) {
  open_about({});
  EXPECT_EQ(list({"", "incident"}).rows.size(), 1U);
  EXPECT_TRUE(list({"", "change"}).rows.empty());
}

TEST_F(TicketTest, ListByStateAndKind) {
  open_about({});
  EXPECT_EQ(list({"new", "incident"}).rows.size(), 1U);
  EXPECT_TRUE(list({"new", "change"}).rows.empty());
}

TEST_F(TicketTest, PagesFollowEachOther) {
  open_about({}, "first");
  open_about({}, "second");
  const auto newest = list({}, {1, ""});
  ASSERT_EQ(newest.rows.size(), 1U);
  const auto oldest = list({}, {1, newest.next});
  EXPECT_EQ(oldest.rows.at(0).title, "first");
  EXPECT_TRUE(oldest.next.empty());
}

TEST_F(TicketTest, ForeignCursorIsRefused) {
  db.write([&](store::Transaction& tx) {
    EXPECT_EQ(list_tickets(tx, {}, {10, "!"}).error().code, Errc::malformed);
  });
}

TEST_F(TicketTest, Rule05LinkHasARole) {
  const auto ticket = open_about({});
  ASSERT_TRUE(link(ticket, web01, LinkRole::cause));
  EXPECT_EQ(links(ticket).at(0).role, LinkRole::cause);
}

TEST_F(TicketTest, Rule05ComputedRoleIsRefused) {
  const auto linked = link(open_about({}), web01, LinkRole::impacted);
  EXPECT_EQ(linked.error().code, Errc::invalid_argument);
  EXPECT_EQ(linked.error().where, "role");
}

TEST_F(TicketTest, LinkingAgainReplacesTheRole) {
  const auto ticket = open_about({web01});
  ASSERT_TRUE(link(ticket, web01, LinkRole::excluded));
  ASSERT_EQ(links(ticket).size(), 1U);
  EXPECT_EQ(links(ticket)[0].role, LinkRole::excluded);
}

TEST_F(TicketTest, LinkingInTheSameRoleWritesNothing) {
  const auto ticket = open_about({web01});
  ASSERT_TRUE(link(ticket, web01, LinkRole::affected));
  EXPECT_EQ(now(ticket).version, 1);
  EXPECT_EQ(history(ticket).size(), 1U);
}

TEST_F(TicketTest, LinkingAnUnknownItemIsNotFound) {
  EXPECT_EQ(link(open_about({}), cmdb::CiId(7), LinkRole::cause).error().code, Errc::not_found);
}

TEST_F(TicketTest, Rule03LinkingRaisesTheVersion) {
  const auto ticket = open_about({});
  db.advance_ms(1000);
  ASSERT_TRUE(link(ticket, web01, LinkRole::cause));
  EXPECT_EQ(now(ticket).version, 2);
  EXPECT_EQ(now(ticket).updated_at, ticket.opened_at + 1000);
}

TEST_F(TicketTest, UnlinkedItemIsGone) {
  const auto ticket = open_about({web01});
  ASSERT_TRUE(unlink(ticket, web01));
  EXPECT_TRUE(links(ticket).empty());
}

TEST_F(TicketTest, UnlinkingWhatIsNotLinkedIsNotFound) {
  EXPECT_EQ(unlink(open_about({}), web01).error().code, Errc::not_found);
}

TEST_F(TicketTest, Rule02OpeningIsInTheHistory) {
  const auto entries = history(open_about({web01}));
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].event, "open");
  EXPECT_EQ(entries[0].from_state, "");
  EXPECT_EQ(entries[0].to_state, "new");
  EXPECT_EQ(entries[0].before, "{}");
  EXPECT_NE(entries[0].after.find("\"title\":\"Web is slow\""), std::string::npos);
}

TEST_F(TicketTest, Rule02HistorySaysWhoWhenAndByWhichWay) {
  const auto entry = history(open_about({})).at(0);
  EXPECT_EQ(entry.actor, "ana");
  EXPECT_EQ(entry.source, "api");
  EXPECT_EQ(entry.at, db.clock().now());
}

TEST_F(TicketTest, Rule02HistoryKeepsTheRoleBeforeAndAfter) {
  const auto ticket = open_about({web01});
  ASSERT_TRUE(link(ticket, web01, LinkRole::cause));
  const auto entry = history(ticket).at(1);
  EXPECT_EQ(entry.event, "link");
  EXPECT_EQ(entry.before, "{\"ci\":\"" + base::to_text(web01) + "\",\"role\":\"affected\"}");
  EXPECT_EQ(entry.after, "{\"ci\":\"" + base::to_text(web01) + "\",\"role\":\"cause\"}");
}

TEST_F(TicketTest, Rule02UnlinkingIsInTheHistory) {
  const auto ticket = open_about({web01});
  ASSERT_TRUE(unlink(ticket, web01));
  EXPECT_EQ(history(ticket).at(1).event, "unlink");
  EXPECT_EQ(history(ticket).at(1).after, "{}");
}

TEST_F(TicketTest, SearchFindsByNumber) {
  open_about({});
  EXPECT_EQ(found("inc-1"), Texts{"INC-1"});
}

TEST_F(TicketTest, SearchFindsByTheBeginningOfANumber) {
  open_about({});
  EXPECT_EQ(found("INC-"), Texts{"INC-1"});
}

TEST_F(TicketTest, SearchFindsByAWordOfTheTitle) {
  open_about({}, "The printer is jammed");
  EXPECT_EQ(found("PRINT"), Texts{"INC-1"});
}

TEST_F(TicketTest, SearchFindsByWordsInTheirOrder) {
  open_about({}, "The printer is jammed");
  EXPECT_EQ(found("printer is jam"), Texts{"INC-1"});
  EXPECT_TRUE(found("jammed printer").empty());
}

TEST_F(TicketTest, SearchTakesWildcardsAsTheyAre) {
  open_about({}, "Load is 100 percent");
  EXPECT_TRUE(found("100%").empty());
}

TEST_F(TicketTest, SearchOfSignsFindsNothing) {
  open_about({});
  EXPECT_TRUE(found("%").empty());
}

TEST_F(TicketTest, SearchIsAnIndexSearch) {
  if (test::on_postgres()) GTEST_SKIP() << "plans are compared on SQLite";
  db.write([&](store::Transaction& tx) {
    const auto plan = tx.query(
        "explain query plan select id from ticket where id in (select ticket_id from ticket_word where word "
        ">= $1 and "
        "word < $2) and id < $3 order by id desc limit $4",
        "print", "prinu", 9, 9);
    for (const auto& row : plan) EXPECT_EQ(row.text(3).find("SCAN"), std::string::npos) << row.text(3);
  });
}

TEST(LinkRoles, UnknownWordIsRefused) {
  EXPECT_EQ(parse_link_role("owner").error().where, "role");
}

TEST(LinkRoles, WordsAreReadBack) {
  EXPECT_EQ(parse_link_role(name_of(LinkRole::excluded)).value(), LinkRole::excluded);
}

}  // namespace
}  // namespace censo::desk
