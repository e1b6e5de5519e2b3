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

}  // namespace
}  // namespace censo::collector
