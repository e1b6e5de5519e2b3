#include "tests/collector/api/called_routes.h"

namespace censo::collector {
namespace api {
Routes mail(const Services& services);
}
namespace {

class MailApi : public testing::Test {
 protected:
  MailApi() { routes.role = Role::admin; }
  base::Result<Response> set_server(const std::string& body) {
    return routes.send("PUT", "/api/v1/mail-servers/{way}", {{"way", "out"}}, body);
  }

  CalledRoutes routes{api::mail};
};

constexpr const char* sound =
    R"({"host": "mail.example.org", "address": "desk@example.org", "user": "desk", "password": "hush"})";

TEST_F(MailApi, PasswordIsWrittenAndNeverRead) {
  const auto set = set_server(sound);
  ASSERT_TRUE(set) << to_string(set.error());
  EXPECT_EQ(body_of(set).at("port").as_int64(), 465);
  const auto listed = routes.get("/api/v1/mail-servers");
  EXPECT_EQ(listed->body.find("hush"), std::string::npos);
  EXPECT_TRUE(body_of(listed).at("items").at(0).at("password").as_bool());
}

TEST_F(MailApi, PasswordStaysForItsHostAndUser) {
  ASSERT_TRUE(set_server(sound));
  const auto same = R"({"host": "mail.example.org", "address": "help@example.org", "user": "desk"})";
  EXPECT_TRUE(body_of(set_server(same)).at("password").as_bool());
  const auto other = R"({"host": "evil.example.org", "address": "help@example.org", "user": "desk"})";
  EXPECT_FALSE(body_of(set_server(other)).at("password").as_bool());
}

TEST_F(MailApi, FaultsAreToldWithTheirField) {
  EXPECT_EQ(set_server(R"({"host": "a/b", "address": "desk@example.org"})").error().where, "host");
  EXPECT_EQ(set_server(R"({"host": "mail", "address": "desk"})").error().where, "address");
  EXPECT_EQ(set_server(R"({"host": "mail", "address": "desk@example.org", "security": "ssl"})").error().where,
            "security");
  EXPECT_EQ(
      set_server(R"({"host": "mail", "address": "desk@example.org", "security": "none"})").error().where,
      "security");
}

TEST_F(MailApi, TestNeedsAServer) {
  const auto test = [&] {
    return routes.send("POST", "/api/v1/mail-test", {}, R"({"address": "ana@example.org"})");
  };
  EXPECT_EQ(test().error().reason, "NO_SERVER");
  ASSERT_TRUE(set_server(sound));
  EXPECT_EQ(test()->status, 202);
  EXPECT_EQ(texts_of(routes.get("/api/v1/mail", {}, {{"state", "waiting"}}), "address"),
            std::vector<std::string>{"ana@example.org"});
}

TEST_F(MailApi, AddressesAreSetAndForgotten) {
  const auto set = [&](const std::string& person) {
    return routes.send("PUT", "/api/v1/mail-addresses/{person}", {{"person", person}},
                       R"({"address": "ana@example.org"})");
  };
  ASSERT_TRUE(set("ana"));
  EXPECT_EQ(set("eva").error().reason, "IN_USE");
  EXPECT_EQ(texts_of(routes.get("/api/v1/mail-addresses"), "person"), std::vector<std::string>{"ana"});
  ASSERT_TRUE(routes.send("DELETE", "/api/v1/mail-addresses/{person}", {{"person", "ana"}}, ""));
  EXPECT_TRUE(set("eva"));
}

}  // namespace
}  // namespace censo::collector
