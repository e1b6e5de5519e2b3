// The catalogue over its routes: service-desk rules 19 and 73.
#include "tests/collector/api/called_routes.h"

namespace censo::collector {
namespace api {
Routes request_items(const Services& services);
}
namespace {

using base::Errc;

class RequestItemsApi : public testing::Test {
 protected:
  RequestItemsApi() { routes.role = Role::viewer; }
  base::Result<Response> ask(const std::string& item, std::string body) {
    return routes.send("POST", "/api/v1/request-items/{item}/requests", {{"item", item}}, std::move(body));
  }
  CalledRoutes routes{api::request_items};
};

TEST_F(RequestItemsApi, WhatCanBeAskedFor) {
  EXPECT_EQ(texts_of(routes.get("/api/v1/request-items"), "item"),
            (std::vector<std::string>{"access", "new_laptop", "password"}));
  const auto laptop = body_of(routes.get("/api/v1/request-items/{item}", {{"item", "new_laptop"}}));
  EXPECT_EQ(laptop.at_pointer("/approval/1").as_string(), "cost_owner");
  EXPECT_EQ(laptop.at_pointer("/tasks/2/after/0").as_string(), "order");
}

TEST_F(RequestItemsApi, AViewerAsksForHimself) {
  const auto answer = ask("access", R"({"description": "the shop", "fields": {"manager": "mia"}})");
  const auto request = body_of(answer);
  EXPECT_EQ(answer->status, 201);
  EXPECT_EQ(request.at("requester").as_string(), "ana");
  EXPECT_EQ(request.at_pointer("/fields/item").as_string(), "access");
  EXPECT_EQ(request.at_pointer("/allowed/0/event").as_string(), "submit");
}

TEST_F(RequestItemsApi, WhatIsMissingOrNotThereIsRefused) {
  EXPECT_EQ(ask("access", "{}").error().where, "/fields/manager");
  EXPECT_EQ(ask("moon", "{}").error().code, Errc::not_found);
  EXPECT_EQ(ask("password", R"({"colour": "red"})").error().reason, "UNKNOWN_FIELD");
}

}  // namespace
}  // namespace censo::collector
