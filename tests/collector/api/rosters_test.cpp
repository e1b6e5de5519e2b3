// Rosters over their routes: service-desk rule 65.
#include "tests/collector/api/called_routes.h"

namespace censo::collector {
namespace api {
Routes rosters(const Services& services);
}
namespace {

using base::Errc;
using Names = std::vector<std::string>;

class RostersApi : public testing::Test {
 protected:
  RostersApi() { routes.role = Role::admin; }
  base::Result<Response> put(std::string body = "{}") {
    return routes.send("PUT", "/api/v1/rosters/{group}", {{"group", "web"}}, std::move(body));
  }
  base::Result<Response> put_shift(const std::string& name, std::string body) {
    return routes.send("PUT", "/api/v1/rosters/{group}/shifts/{shift}", {{"group", "web"}, {"shift", name}},
                       std::move(body));
  }
  base::Result<Response> remove(std::string_view pattern, Texts parameters) {
    return routes.send("DELETE", pattern, std::move(parameters), "");
  }
  base::Result<Response> on_call(const std::string& at) {
    return routes.get("/api/v1/rosters/{group}/on-call", {{"group", "web"}}, {{"at", at}});
  }
  const std::string nights =
      R"({"person": "eva", "place": 2, "zone": "Europe/Madrid", "starts": "2026-11-01T20:00",
          "ends": "2026-11-02T08:00", "repeats": "FREQ=DAILY"})";

  CalledRoutes routes{api::rosters};
};

TEST_F(RostersApi, ARosterIsWrittenWithItsShifts) {
  put(R"({"unassigned_min": 5})").value();
  const auto body = body_of(put_shift("night", nights));
  EXPECT_EQ(body.at("unassigned_min").as_int64(), 5);
  EXPECT_EQ(body.at("acknowledge_min").as_int64(), 10);
  EXPECT_EQ(body.at_pointer("/shifts/0/person").as_string(), "eva");
  EXPECT_EQ(texts_of(routes.get("/api/v1/rosters"), "group"), Names{"web"});
}

TEST_F(RostersApi, WhoIsOnCallAtAMoment) {
  put().value();
  put_shift("night", nights).value();
  EXPECT_EQ(texts_of(on_call("2026-12-01T22:00+01:00"), "person"), Names{"eva"});
  EXPECT_EQ(texts_of(on_call("2026-12-01T12:00+01:00"), "person"), Names{});
  EXPECT_EQ(on_call("tonight").error().where, "at");
}

TEST_F(RostersApi, WhatIsNotThereIsNotFoundBeforeTheRole) {
  routes.role = Role::viewer;
  EXPECT_EQ(put_shift("night", nights).error().code, Errc::not_found);
  EXPECT_EQ(remove("/api/v1/rosters/{group}", {{"group", "web"}}).error().code, Errc::not_found);
  EXPECT_EQ(put().error().reason, "ROLE_NEEDED");
  EXPECT_EQ(on_call("2026-12-01").error().code, Errc::not_found);
}

TEST_F(RostersApi, ItIsRemoved) {
  put().value();
  put_shift("night", nights).value();
  const Texts night{{"group", "web"}, {"shift", "night"}};
  EXPECT_EQ(remove("/api/v1/rosters/{group}/shifts/{shift}", night)->status, 204);
  EXPECT_EQ(remove("/api/v1/rosters/{group}/shifts/{shift}", night).error().code, Errc::not_found);
  EXPECT_EQ(remove("/api/v1/rosters/{group}", {{"group", "web"}})->status, 204);
  EXPECT_EQ(routes.get("/api/v1/rosters/{group}", {{"group", "web"}}).error().code, Errc::not_found);
}

}  // namespace
}  // namespace censo::collector
