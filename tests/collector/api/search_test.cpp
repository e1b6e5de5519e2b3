#include "desk/ticket.h"
#include "desk/ticket_kind.h"
#include "tests/collector/api/called_routes.h"

namespace censo::collector {
namespace api {
Routes search(const Services& services);
}
namespace {

using base::Errc;
using Names = std::vector<std::string>;

class SearchApi : public testing::Test {
 protected:
  SearchApi() {
    open("web01 is slow");
    open("web02 is slow too");
  }
  void open(const std::string& title) {
    const auto kinds = desk::TicketKinds::load(cmdb::built_in_schemas()).value();
    db.write([&](store::Transaction& tx) {
      desk::NewTicket wanted;
      wanted.title = title;
      ASSERT_TRUE(desk::open_ticket(tx, kinds, wanted, {"ana", "api", db.clock()}));
    });
  }
  base::Result<Response> search(std::string text, std::string limit = "50", std::string after = "") {
    return routes.get("/api/v1/search", {},
                      {{"text", std::move(text)}, {"limit", std::move(limit)}, {"after", std::move(after)}});
  }

  CalledRoutes routes{api::search};
  SeededDatabase& db = routes.db;
  const cmdb::CiId web01 = db.add_ci("server", "web01"), web02 = db.add_ci("server", "web02");
};

TEST_F(SearchApi, ItemsComeBeforeTickets) {
  EXPECT_EQ(texts_of(search("web"), "name"), (Names{"web01", "web02", "web02 is slow too", "web01 is slow"}));
  EXPECT_EQ(texts_of(search("web"), "kind"), (Names{"ci", "ci", "ticket", "ticket"}));
}

TEST_F(SearchApi, ItemHasItsIdAndWhatMatched) {
  const auto item = body_of(search("web01")).at("items").as_array().at(0);
  EXPECT_EQ(item.at("id").as_string(), base::to_text(web01));
  EXPECT_EQ(item.at("class").as_string(), "server");
  EXPECT_EQ(item.at("match").as_string(), "name web01");
}

TEST_F(SearchApi, TicketIsFoundByItsNumber) {
  const auto answer = search("inc-2");
  EXPECT_EQ(texts_of(answer, "id"), Names{"INC-2"});
  EXPECT_EQ(texts_of(answer, "class"), Names{"incident"});
}

TEST_F(SearchApi, PagesGoFromItemsToTickets) {
  const auto first = search("web", "2");
  EXPECT_EQ(texts_of(first, "name"), (Names{"web01", "web02"}));
  const auto second = search("web", "2", std::string(body_of(first).at("next").as_string()));
  EXPECT_EQ(texts_of(second, "name"), (Names{"web02 is slow too", "web01 is slow"}));
  EXPECT_FALSE(body_of(second).as_object().contains("next"));
}

TEST_F(SearchApi, PageMayHoldItemsAndTickets) {
  const auto first = search("web", "3");
  EXPECT_EQ(texts_of(first, "kind"), (Names{"ci", "ci", "ticket"}));
  const auto second = search("web", "3", std::string(body_of(first).at("next").as_string()));
  EXPECT_EQ(texts_of(second, "name"), Names{"web01 is slow"});
}

TEST_F(SearchApi, PagesFollowEachOtherWithinItems) {
  const auto first = search("web", "1");
  const auto second = search("web", "1", std::string(body_of(first).at("next").as_string()));
  EXPECT_EQ(texts_of(second, "name"), Names{"web02"});
}

TEST_F(SearchApi, EmptyTextIsRefused) {
  EXPECT_EQ(search("").error().where, "text");
}

TEST_F(SearchApi, ForeignCursorIsRefused) {
  EXPECT_EQ(search("web", "1", "page2").error().code, Errc::malformed);
}

TEST_F(SearchApi, ForeignCursorOfTicketsIsRefused) {
  EXPECT_EQ(search("web", "1", "ticket-!").error().code, Errc::malformed);
}

}  // namespace
}  // namespace censo::collector
