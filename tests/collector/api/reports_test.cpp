// The part of reports that runs before the transaction. The rest is in tests/collector/http/agents_test.cpp.
#include "inventory/report_codec.h"
#include "tests/collector/api/called_routes.h"
#include "tests/inventory/sample_report.h"

namespace censo::collector {
namespace api {
Routes reports(const Services& services);
}
namespace {

class ReportRoutes : public testing::Test {
 protected:
  base::Result<Handler> prepare(const std::string& body, const std::string& agent_id) {
    Request request;
    request.body = body;
    request.content_type = "application/json; charset=utf-8";
    request.caller.agent_id = agent_id;
    return routes.route("POST", "/api/v1/reports").prepare(request);
  }
  const std::string json = inventory::to_json(inventory::sample_report());
  CalledRoutes routes{api::reports};
};

TEST_F(ReportRoutes, TakeAReportOfTheCertificatesAgent) {
  EXPECT_TRUE(prepare(json, inventory::sample_report().origin.id));
}

TEST_F(ReportRoutes, TakeNoneOfAnother) {
  const auto refused = prepare(json, "11111111-1111-4111-8111-111111111111");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "AGENT_ID_MISMATCH");
  EXPECT_EQ(refused.error().where, "/origin/id");
}

TEST_F(ReportRoutes, TakeNoneWithAnUnknownField) {
  EXPECT_EQ(prepare(R"({"colour":"blue"})", "x").error().code, base::Errc::malformed);
}

}  // namespace
}  // namespace censo::collector
