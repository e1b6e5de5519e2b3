// Known errors and tickets like one that is being written (service-desk rules 26 and 67).
#include "desk/suggestions.h"

#include "desk/likeness.h"
#include "desk/ticket_relation.h"
#include "tests/desk/change_fixture.h"

namespace censo::desk {
namespace {

class SuggestionsTest : public ChangeTest {
 protected:
  SuggestionsTest() { db.relate(shop, "runs_on", web01); }

  Ticket titled(const std::string& title, const std::vector<cmdb::CiId>& affected = {},
                const std::string& kind = "incident") {
    NewTicket wanted;
    wanted.kind = kind;
    wanted.title = title;
    wanted.requester = "luis";
    wanted.affected = affected;
    return open_with(wanted).value();
  }
  Suggestions for_text(const std::string& text, const std::vector<cmdb::CiId>& items = {},
                       std::size_t limit = 5) {
    return as<Suggestions>("ana", {}, [&](const Operation& operation) {
      return suggestions_for(operation, {text, items}, limit);
    });
  }
  std::vector<std::string> numbers(const std::vector<Suggestion>& suggestions) {
    std::vector<std::string> found;
    for (const auto& one : suggestions) found.push_back(one.ticket.number);
    return found;
  }
  // With a workaround, caused by this item.
  Ticket known_error(const std::string& title, const std::string& cause) {
    const auto problem = titled(title, {}, "problem"), incident = open();
    as<bool>("mia", all_desk_roles(), [&](const Operation& operation) {
      return relate_tickets(operation, problem, "incident", incident).has_value();
    });
    act("mia", now(problem), "accept", {{"statement", "it stalls"}}).value();
    act("mia", now(problem), "investigate", {{"assignee", "eva"}, {"method", "timeline"}}).value();
    return act("eva", now(problem), "publish",
               {{"root_cause", "a leak"}, {"cause", cause}, {"workaround", "restart it at night"}})
        .value();
  }

  const cmdb::CiId shop = db.add_ci("web_server", "shop");
  using Numbers = std::vector<std::string>;
};

TEST_F(SuggestionsTest, TitlesAlikeAreFoundAndSayWhichWords) {
  const auto toner = titled("Printer on the second floor is out of toner");
  titled("Mail is slow");
  const auto found = for_text("the PRINTER has no toner!");
  EXPECT_EQ(numbers(found.tickets), Numbers{toner.number});
  EXPECT_EQ(found.tickets[0].reasons, Numbers{"alike: printer, toner"});
}

TEST_F(SuggestionsTest, RareWordsCountMoreThanCommonOnes) {
  for (int i = 0; i < 20; ++i) titled("Printer jams " + std::to_string(100 + i));
  const auto rare = titled("Plotter jams");
  EXPECT_EQ(numbers(for_text("plotter jams").tickets).front(), rare.number);
  EXPECT_EQ(numbers(for_text("printer overheating").tickets), Numbers{});
}

TEST_F(SuggestionsTest, WordsThatEverySentenceHasSayNothing) {
  titled("The mail is not in the inbox");
  EXPECT_TRUE(for_text("it is not on the desk").tickets.empty());
  EXPECT_EQ(telling_words("The PRINTER is on la mesa"), (Words{"mesa", "printer"}));
}

TEST_F(SuggestionsTest, AWorkaroundOfWhatTheItemNeedsIsToldFirst) {
  const auto problem = known_error("Memory leak", "web01");
  const auto found = for_text("cannot pay", {shop});
  ASSERT_EQ(numbers(found.known_errors), Numbers{problem.number});
  EXPECT_EQ(found.known_errors[0].help, "restart it at night");
  EXPECT_EQ(found.known_errors[0].reasons, Numbers{"known error on web01, needed by shop"});
}

TEST_F(SuggestionsTest, OpenTicketsOnTheItemAndOfWhatItNeedsAreTold) {
  const auto on_it = titled("Cannot pay", {shop}), above = titled("Unreachable", {web01});
  titled("Elsewhere", {web02});
  const auto found = for_text("", {shop});
  EXPECT_EQ(numbers(found.tickets), (Numbers{on_it.number, above.number}));
  EXPECT_EQ(found.tickets[0].reasons, Numbers{"open on shop"});
  EXPECT_EQ(found.tickets[1].reasons, Numbers{"open on web01, needed by shop"});
}

TEST_F(SuggestionsTest, WhatHelpedBeforeIsToldAndWhatWasCancelledIsNot) {
  const auto started_one =
      move(titled("Printer jams"), "assign", {{"group", "web"}, {"assignee", "ana"}}).value();
  resolved(started_one);
  const auto gone = titled("Printer jams again");
  move(gone, "cancel", {{"cancel_reason", "mistaken"}}).value();
  const auto found = for_text("printer jams");
  ASSERT_EQ(numbers(found.tickets), Numbers{started_one.number});
  EXPECT_EQ(found.tickets[0].help, "restarted");
}

TEST_F(SuggestionsTest, AtMostSoMany) {
  for (int i = 0; i < 4; ++i) titled("Printer jams");
  EXPECT_EQ(for_text("printer jams", {}, 3).tickets.size(), 3U);
  EXPECT_TRUE(for_text("").tickets.empty());
}

}  // namespace
}  // namespace censo::desk
