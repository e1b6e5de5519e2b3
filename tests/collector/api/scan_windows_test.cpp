// Windows of scan jobs over the API.
#include "tests/collector/api/called_routes.h"

namespace censo::collector {
namespace api {
Routes scans(const Services& services);
}
namespace {

class ScanWindowsApi : public testing::Test {
 protected:
  ScanWindowsApi() {
    routes.db.write([](store::Transaction& tx) { jobs::save_credential(tx, {"public", "v2c", "", 1}, {1}); });
    stand_at("2026-12-19T12:00Z");  // a Saturday
  }
  void stand_at(std::string_view moment) {
    routes.db.advance_ms(*base::parse_iso8601(moment) - routes.db.clock().now());
  }
  base::Result<Response> add(const std::string& windows) {
    return routes.send("POST", "/api/v1/scan-jobs", {},
                       R"({"name":"office","ranges":["10.0.0.0/30"],"credentials":["public"],)"
                       R"("schedule":"every 4h","windows":)" +
                           windows + "}");
  }
  base::Result<Response> put(const std::string& body, const std::string& job = "office") {
    return routes.send("PUT", "/api/v1/scan-jobs/{id}/windows", {{"id", job}}, body);
  }
  base::Result<Response> run(const std::string& body) {
    return routes.send("POST", "/api/v1/scan-jobs/{id}/runs", {{"id", "office"}}, body);
  }
  boost::json::value job() { return body_of(routes.get("/api/v1/scan-jobs/{id}", {{"id", "office"}})); }

  CalledRoutes routes{api::scans};
  const std::string nights = R"(["allowed mon-fri 22:00-05:00 Europe/Madrid"])";
};

TEST_F(ScanWindowsApi, AJobTellsItsNextRunAndWhyItWaits) {
  const auto made = body_of(add(nights));
  EXPECT_EQ(made.at("windows").at(0), "allowed mon-fri 22:00-05:00 Europe/Madrid");
  EXPECT_EQ(made.at("next_run_at"), "2026-12-21T21:00:00.000Z");
  EXPECT_EQ(made.at("waits"), "due at 2026-12-19T12:00:00.000Z, when its windows are closed");
  EXPECT_EQ(body_of(routes.get("/api/v1/scan-jobs")).at("items").at(0).at("next_run_at"),
            made.at("next_run_at"));
}

TEST_F(ScanWindowsApi, AJobWithoutWindowsIsDueAndDoesNotWait) {
  const auto made = body_of(add("[]"));
  EXPECT_EQ(made.at("next_run_at"), "2026-12-19T12:00:00.000Z");
  EXPECT_EQ(made.at("waits"), "");
}

TEST_F(ScanWindowsApi, BadWindowsAreRefusedByPlace) {
  const auto made = add(R"(["mon-fri 22:00-05:00 Europe/Madrid","forbidden sat 9-12 Etc/UTC"])");
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, base::Errc::malformed);
  EXPECT_EQ(made.error().where, "/windows/1");
  EXPECT_EQ(made.error().message, "expected a span of the day such as 22:00-05:00, found \"9-12\"");
}

TEST_F(ScanWindowsApi, ARunByHandOutsideIsRefusedUnlessForced) {
  ASSERT_TRUE(add(nights));
  const auto refused = run("{}");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, base::Errc::conflict);
  EXPECT_EQ(refused.error().reason, "OUTSIDE_WINDOW");
  const auto forced = body_of(run(R"({"force":true})"));
  EXPECT_EQ(forced.at("state"), "queued");
  EXPECT_EQ(forced.at("forced"), true);
  EXPECT_EQ(forced.at("detail"), "") << "it does not wait";
}

TEST_F(ScanWindowsApi, ARunByHandInsideNeedsNoForce) {
  ASSERT_TRUE(add(nights));
  stand_at("2026-12-21T22:00Z");
  EXPECT_EQ(body_of(run("{}")).at("forced"), false);
}

TEST_F(ScanWindowsApi, AQueuedRunTellsWhatItWaitsFor) {
  ASSERT_TRUE(add(nights));
  routes.db.write([&](store::Transaction& tx) {
    ASSERT_TRUE(
        jobs::queue_run(tx, *jobs::find_job(tx, "office"), routes.db.clock(), "here", jobs::Outside::waits));
  });
  EXPECT_EQ(job().at("last_run").at("detail"), "it waits: its windows open at 2026-12-21T21:00:00.000Z");
}

TEST_F(ScanWindowsApi, WindowsAreReplacedAndTakenAway) {
  ASSERT_TRUE(add(nights));
  EXPECT_EQ(body_of(put(R"({"windows":["sat 12:00-13:00 Etc/UTC"]})")).at("waits"), "");
  ASSERT_TRUE(put(R"({"windows":[]})"));
  EXPECT_TRUE(job().at("windows").as_array().empty());
}

TEST_F(ScanWindowsApi, AReplacementIsChecked) {
  ASSERT_TRUE(add(nights));
  EXPECT_EQ(put(R"({"windows":["weekends"]})").error().where, "/windows/0");
  EXPECT_EQ(put("{}").error().reason, "MISSING_FIELD");
  EXPECT_EQ(put("{}", "nobody").error().code, base::Errc::not_found);
  EXPECT_EQ(job().at("windows").as_array().size(), 1u) << "nothing was written";
}

}  // namespace
}  // namespace censo::collector
