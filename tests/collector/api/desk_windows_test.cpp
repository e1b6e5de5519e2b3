// Windows and the calendar over their routes.
#include "tests/collector/api/called_routes.h"

namespace censo::collector {
namespace api {
Routes desk_windows(const Services& services);
Routes change_calendar(const Services& services);
}  // namespace api
namespace {

constexpr const char* one = "/api/v1/desk-windows/{name}";
constexpr const char* freeze =
    R"({"kind": "freeze", "title": "Year's end", "zone": "Europe/Madrid", "starts": "2026-12-19T08:00",
        "ends": "2027-01-07", "query": "class:server", "overriders": ["change_authority"]})";

class DeskWindowsApi : public testing::Test {
 protected:
  base::Result<Response> put(const std::string& body) {
    Request request;
    request.parameters = {{"name", "year_end"}};
    request.body = body;
    request.content_type = "application/json";
    return routes.call("PUT", one, std::move(request));
  }
  CalledRoutes routes{api::desk_windows};
};

TEST_F(DeskWindowsApi, WrittenWindowIsListedWithItsNextTime) {
  routes.role = Role::admin;
  ASSERT_TRUE(put(freeze));
  const auto listed = boost::json::parse(routes.get("/api/v1/desk-windows").value().body);
  const auto& window = listed.at_pointer("/items/0");
  EXPECT_EQ(window.at("name"), "year_end");
  EXPECT_EQ(window.at("ends"), "2027-01-07T00:00");
  EXPECT_EQ(window.at("overriders").as_array().size(), 1U);
  EXPECT_TRUE(window.as_object().contains("next_start"));
}

TEST_F(DeskWindowsApi, OnlyAChangeManagerWritesThem) {
  routes.role = Role::technician;
  const auto refused = put(freeze);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "ROLE_NEEDED");
}

TEST_F(DeskWindowsApi, RemovedOneIsGone) {
  routes.role = Role::admin;
  ASSERT_TRUE(put(freeze));
  Request request;
  request.parameters = {{"name", "year_end"}};
  ASSERT_TRUE(routes.call("DELETE", one, request));
  EXPECT_EQ(routes.call("DELETE", one, request).error().code, base::Errc::not_found);
}

TEST(ChangeCalendarApi, TimesThatAreNoneAreRefused) {
  CalledRoutes routes{api::change_calendar};
  routes.role = Role::viewer;
  const auto where = [&](Texts query) {
    const auto answer = routes.get("/api/v1/change-calendar", {}, std::move(query));
    return answer ? std::string("taken") : answer.error().where;
  };
  EXPECT_EQ(where({}), "taken");
  EXPECT_EQ(where({{"from", "soon"}}), "from");
  EXPECT_EQ(where({{"from", "2026-01-02T00:00Z"}, {"to", "2026-01-01T00:00Z"}}), "to");
  EXPECT_EQ(where({{"from", "2020-01-01T00:00Z"}, {"to", "2026-01-01T00:00Z"}}), "to");
}

}  // namespace
}  // namespace censo::collector
