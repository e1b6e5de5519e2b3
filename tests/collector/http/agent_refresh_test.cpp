// A report of everything that a person asks of an agent.
#include "tests/collector/http/reporting_agent.h"

namespace censo::collector::http {
namespace {

// As `censo agent refresh` asks for it.
class Refresh : public ReportingAgent {
 protected:
  Refresh() { send(agent, report(1, agent.id)); }
  HttpAnswer ask() {
    return server.ask(
        {"POST", "/api/v1/agents/" + agent.id + "/refresh", server.token(Role::technician), "{}"});
  }
  boost::json::value shown() {
    return boost::json::parse(
        server.ask({"GET", "/api/v1/agents/" + agent.id, server.token(Role::viewer)}).body);
  }
};

TEST_F(Refresh, WantsAReportWholeThatSaysNothingNew) {
  ASSERT_EQ(ask().status, 200);
  EXPECT_FALSE(shown().at("refresh_asked_at").is_null());
  const auto next = report(2, agent.id);
  const auto answer = offer(agent, 2, inventory::content_digest(next));
  EXPECT_EQ(text(answer, "outcome"), "wanted");
  EXPECT_TRUE(boost::json::parse(answer.body).at("unless_changed").as_object().empty());
  EXPECT_EQ(text(send(agent, next), "outcome"), "updated");
  EXPECT_TRUE(shown().at("refresh_asked_at").is_null());
  EXPECT_EQ(shown().at("events").at(0).at("what").as_string(), "refreshed");
  EXPECT_EQ(text(offer(agent, 3, inventory::content_digest(report(3, agent.id))), "outcome"), "unchanged");
}

TEST_F(Refresh, PutsRightWhatTheCollectorLost) {
  server.write([](store::Transaction& tx) {
    tx.execute("update ci_value set sections = '{}'");
    tx.execute("update ci set attributes = '{}'");
  });
  ASSERT_EQ(ask().status, 200);
  send(agent, report(2, agent.id));
  std::string attributes;
  server.write(
      [&](store::Transaction& tx) { attributes = tx.query_one("select attributes from ci")->text(0); });
  EXPECT_NE(attributes.find("SN-1"), std::string::npos) << attributes;
}

TEST_F(Refresh, WaitsWhileTheLastReportIsOnlySentAgain) {
  ASSERT_EQ(ask().status, 200);
  EXPECT_EQ(text(send(agent, report(1, agent.id)), "outcome"), "duplicate");
  EXPECT_FALSE(shown().at("refresh_asked_at").is_null());
}

TEST_F(Refresh, OfARevokedAgentIsAConflict) {
  server.ask({"POST", "/api/v1/agents/" + agent.id + "/revoke", server.token(Role::admin)});
  EXPECT_EQ(ask().status, 409);
}

TEST_F(Refresh, IsNothingThatAViewerMayAsk) {
  EXPECT_EQ(server.ask({"POST", "/api/v1/agents/" + agent.id + "/refresh", server.token(Role::viewer), "{}"})
                .status,
            403);
}

}  // namespace
}  // namespace censo::collector::http
