#include "tests/collector/api/called_routes.h"

#include <algorithm>

namespace censo::collector {
namespace api {
Routes classes(const Services& services);
}
namespace {

// The member of a list with this text.
boost::json::value member(const boost::json::value& list, std::string_view field, std::string_view text) {
  const auto& all = list.as_array();
  const auto has_text = [&](const auto& one) { return one.at(field).as_string() == text; };
  const auto found = std::find_if(all.begin(), all.end(), has_text);
  return found == all.end() ? boost::json::value() : *found;
}

class ClassesApi : public testing::Test {
 protected:
  CalledRoutes routes{api::classes};
  const boost::json::value answer = body_of(routes.get("/api/v1/classes"));
};

TEST_F(ClassesApi, LabelsAreInBothLanguages) {
  const auto server = member(answer.at("items"), "class", "server");
  EXPECT_EQ(server.at("label").at("en").as_string(), "Server");
  EXPECT_EQ(server.at("label").at("es").as_string(), "Servidor");
}

TEST_F(ClassesApi, AttributesAreThereWithWhatIsInherited) {
  const auto server = member(answer.at("items"), "class", "server");
  const auto memory = member(server.at("attributes"), "name", "memory_mib");
  EXPECT_EQ(memory.at("type").as_string(), "integer");
  EXPECT_EQ(memory.at("unit").as_string(), "MiB");
  EXPECT_FALSE(member(server.at("attributes"), "name", "serial_number").is_null());
}

TEST_F(ClassesApi, KindTellsComponentsApart) {
  EXPECT_EQ(member(answer.at("items"), "class", "disk").at("kind").as_string(), "component");
}

TEST_F(ClassesApi, IdentityIsShown) {
  const auto server = member(answer.at("items"), "class", "server");
  EXPECT_EQ(server.at("identity").as_array().at(0).at("rule").as_string(), "smbios_uuid");
}

TEST_F(ClassesApi, RelationsAreThere) {
  const auto runs_on = member(answer.at("relations"), "relation", "runs_on");
  EXPECT_EQ(runs_on.at("reverse").at("es").as_string(), "ejecuta");
  EXPECT_EQ(runs_on.at("impact").as_string(), "to_from");
}

TEST_F(ClassesApi, StagesAreThereWithTheirStatuses) {
  const auto stock = member(answer.at("stages"), "stage", "stock");
  EXPECT_EQ(stock.at("label").at("es").as_string(), "Almacén");
  EXPECT_FALSE(member(stock.at("statuses"), "status", "in_repair").is_null());
}

constexpr const char* robot = R"({"yaml": "class: robot\nextends: hardware\nlabel: {en: Robot, es: Robot}\n)"
                              R"(identity: [{rule: robot, attributes: [serial_number]}]\n"})";

TEST_F(ClassesApi, AClassOfUsersIsShownWithItsTextAndAuthor) {
  const auto added = routes.send("POST", "/api/v1/classes", {}, robot);
  ASSERT_TRUE(added) << to_string(added.error());
  EXPECT_EQ(added->status, 201);
  const auto shown = body_of(routes.get("/api/v1/classes/{name}", {{"name", "robot"}}));
  EXPECT_EQ(shown.at("author").as_string(), "ana");
  EXPECT_FALSE(shown.at("built_in").as_bool());
  EXPECT_TRUE(shown.at("yaml").as_string().starts_with("class: robot"));
}

TEST_F(ClassesApi, AddingItTwiceIsAConflict) {
  ASSERT_TRUE(routes.send("POST", "/api/v1/classes", {}, robot));
  EXPECT_EQ(routes.send("POST", "/api/v1/classes", {}, robot).error().reason, "EXISTS");
  EXPECT_TRUE(routes.send("PUT", "/api/v1/classes/{name}", {{"name", "robot"}}, robot));
}

TEST_F(ClassesApi, ADryRunAddsNothing) {
  ASSERT_TRUE(routes.send("POST", "/api/v1/classes", {}, robot, {{"dry_run", "true"}}));
  EXPECT_EQ(routes.get("/api/v1/classes/{name}", {{"name", "robot"}}).error().code, base::Errc::not_found);
}

TEST_F(ClassesApi, ARemovedClassIsGone) {
  ASSERT_TRUE(routes.send("POST", "/api/v1/classes", {}, robot));
  ASSERT_TRUE(routes.send("DELETE", "/api/v1/classes/{name}", {{"name", "robot"}}, ""));
  EXPECT_EQ(routes.get("/api/v1/classes/{name}", {{"name", "robot"}}).error().code, base::Errc::not_found);
}

TEST_F(ClassesApi, ABadFileIsRefusedWithItsLine) {
  const auto refused =
      routes.send("POST", "/api/v1/relations", {}, R"({"yaml": "relation: guards\nfrom: ghost\n"})");
  EXPECT_EQ(refused.error().where, "relationships/guards.yaml:1");
}

}  // namespace
}  // namespace censo::collector
