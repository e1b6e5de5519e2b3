#include "collector/access/secret.h"
#include "tests/collector/access/public_key.h"
#include "tests/collector/api/called_routes.h"

namespace censo::collector {
namespace api {
Routes enrolment(const Services& services);
}
namespace {

class EnrolmentRoutes : public testing::Test {
 protected:
  std::string token(const std::string& body = R"({"name":"rack 4"})") {
    return std::string(body_of(routes.send("POST", "/api/v1/enrolment-tokens", {}, body)).at("token").as_string());
  }
  base::Result<Response> enrol(const std::string& with) {
    Request request;
    request.host = "cmdb.example";
    request.body = boost::json::serialize(
        boost::json::object{{"token", with}, {"public_key", access::new_public_key()}, {"host_name", "web01"}});
    return routes.call("POST", "/api/v1/enrol", std::move(request));
  }
  CalledRoutes routes{api::enrolment};
};

TEST_F(EnrolmentRoutes, GiveACertificateForAToken) {
  const auto answer = enrol(token());
  EXPECT_EQ(answer->status, 201);
  const auto body = body_of(answer).as_object();
  EXPECT_EQ(body.at("agent_id").as_string().size(), 36u);
  EXPECT_TRUE(access::parse_certificate(std::string(body.at("certificate").as_string())));
  EXPECT_TRUE(access::parse_certificate(std::string(body.at("ca").as_string())));
}

TEST_F(EnrolmentRoutes, SendTheAgentToTheHostThatItKnows) {
  EXPECT_EQ(body_of(enrol(token())).at("report_url").as_string(), "https://cmdb.example:8444/api/v1/reports");
}

TEST_F(EnrolmentRoutes, CountTheUses) {
  ASSERT_TRUE(enrol(token(R"({"name":"rack 4","max_uses":3})")));
  const auto item = body_of(routes.get("/api/v1/enrolment-tokens")).at("items").at(0).as_object();
  EXPECT_EQ(item.at("uses").as_int64(), 1);
  EXPECT_EQ(item.at("max_uses").as_int64(), 3);
  EXPECT_FALSE(item.contains("token"));
}

TEST_F(EnrolmentRoutes, RefuseAWithdrawnToken) {
  const auto text = token();
  const auto id = std::string(body_of(routes.get("/api/v1/enrolment-tokens")).at("items").at(0).at("id").as_string());
  ASSERT_EQ(routes.send("DELETE", "/api/v1/enrolment-tokens/{id}", {{"id", id}}, {})->status, 204);
  EXPECT_EQ(enrol(text).error().code, base::Errc::unauthenticated);
}

TEST_F(EnrolmentRoutes, RefuseATokenWithoutUses) {
  EXPECT_FALSE(routes.send("POST", "/api/v1/enrolment-tokens", {}, R"({"name":"a","max_uses":0})"));
}

TEST_F(EnrolmentRoutes, RefuseATokenForEver) {
  const auto answer = routes.send("POST", "/api/v1/enrolment-tokens", {}, R"({"name":"a","expires_in":"365d"})");
  EXPECT_EQ(answer.error().where, "/expires_in");
}

}  // namespace
}  // namespace censo::collector
