#include "tests/collector/api/called_routes.h"

#include <algorithm>

namespace censo::collector {
namespace api {
Routes status(const Services& services);
}
namespace {

class StatusRoutes : public testing::Test {
 protected:
  CalledRoutes routes{api::status};
};

TEST_F(StatusRoutes, SayThatAllIsWell) { EXPECT_EQ(routes.get("/healthz")->body, R"({"status":"ok"})"); }

TEST_F(StatusRoutes, CountWhatThereIs) {
  routes.db.add_ci("server", "web01");
  const auto body = body_of(routes.get("/api/v1/status")).as_object();
  EXPECT_EQ(body.at("counts").at("cis").as_int64(), 1);
  EXPECT_EQ(body.at("counts").at("agents").as_int64(), 0);
  EXPECT_EQ(body.at("database").at("state").as_string(), "ok");
}

TEST_F(StatusRoutes, TellTheCallerWhoHeIs) {
  const auto body = body_of(routes.get("/api/v1/whoami")).as_object();
  EXPECT_EQ(body.at("name").as_string(), "ana");
  EXPECT_EQ(body.at("role").as_string(), "technician");
}

TEST_F(StatusRoutes, ListEveryRoute) {
  const auto paths = texts_of(routes.get("/api/v1/routes"), "path");
  for (const char* path : {"/healthz", "/api/v1/cis/{id}", "/api/v1/reports", "/api/v1/scan-jobs"}) {
    EXPECT_NE(std::find(paths.begin(), paths.end(), path), paths.end()) << path;
  }
}

TEST_F(StatusRoutes, ShowMetricsAsPrometheusReadsThem) {
  routes.db.add_ci("server", "web01");
  const auto answer = routes.get("/metrics");
  EXPECT_EQ(answer->content_type, "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_NE(answer->body.find("# TYPE censo_configuration_items gauge\ncenso_configuration_items 1\n"), std::string::npos);
  EXPECT_NE(answer->body.find("# TYPE process_open_fds gauge"), std::string::npos);
}

}  // namespace
}  // namespace censo::collector
