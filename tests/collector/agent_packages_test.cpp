// Packages in a folder; what is in them does not matter to who hands them out.
#include "collector/agent_packages.h"

#include "base/digest.h"
#include "tests/cmdb/seeded_database.h"
#include "tests/collector/api/called_routes.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace censo::collector {
namespace api {
Routes installation(const Services& services);
}
namespace {

class AgentPackagesTest : public testing::Test {
 protected:
  AgentPackagesTest() : folder_(routes.db.folder() + "/agents") { std::filesystem::create_directory(folder_); }
  void add(const std::string& name, const std::string& content) const { std::ofstream(folder_ + "/" + name) << content; }
  bool script_has(const std::string& text) const {
    return AgentPackages::open(folder_).install_script("PIN=").value().find(text) != std::string::npos;
  }

  CalledRoutes routes{api::installation};
  std::string folder_;
};

TEST_F(AgentPackagesTest, TheScriptNamesEachPackageWithItsDigest) {
  add("censo-agent_0.1.0_amd64.deb", "deb");
  add("censo-agent-0.1.0-1.x86_64.rpm", "rpm");
  EXPECT_TRUE(script_has("deb-x86_64) file=censo-agent_0.1.0_amd64.deb sha256=" + base::to_hex(base::sha256("deb"))));
  EXPECT_TRUE(script_has("rpm-x86_64) file=censo-agent-0.1.0-1.x86_64.rpm sha256="));
  EXPECT_TRUE(script_has("\npin='PIN='\n"));
}

TEST_F(AgentPackagesTest, TheLastVersionIsHandedOut) {
  add("censo-agent_0.1.0_amd64.deb", "old");
  add("censo-agent_0.2.0_amd64.deb", "new");
  EXPECT_FALSE(script_has("0.1.0"));
  EXPECT_TRUE(script_has("0.2.0"));
}

TEST_F(AgentPackagesTest, ANameThatAShellWouldReadOtherwiseIsNone) {
  add("censo-agent;reboot;_amd64.deb", "x");
  EXPECT_FALSE(AgentPackages::open(folder_).install_script("PIN="));
}

TEST_F(AgentPackagesTest, WithoutPackagesTheScriptSaysWhereTheyShouldBe) {
  const auto refused = AgentPackages::open(folder_).install_script("PIN=").error();
  EXPECT_EQ(refused.code, base::Errc::not_found);
  EXPECT_NE(refused.message.find(folder_), std::string::npos);
}

TEST_F(AgentPackagesTest, OnlyPackagesAreHandedOut) {
  add("censo-agent_0.1.0_amd64.deb", "deb");
  add("secret", "x");
  const auto packages = AgentPackages::open(folder_);
  EXPECT_EQ(packages.content("censo-agent_0.1.0_amd64.deb").value(), "deb");
  EXPECT_EQ(packages.content("secret").error().code, base::Errc::not_found);
  EXPECT_EQ(packages.content("../scanner.key").error().code, base::Errc::not_found);
}

TEST_F(AgentPackagesTest, APackageThatWasChangedIsNotHandedOutUnderItsOldDigest) {
  add("censo-agent_0.1.0_amd64.deb", "deb");
  const auto packages = AgentPackages::open(folder_);
  add("censo-agent_0.1.0_amd64.deb", "other");
  EXPECT_EQ(packages.content("censo-agent_0.1.0_amd64.deb").error().code, base::Errc::conflict);
}

TEST_F(AgentPackagesTest, TheRoutesAnswerWithScriptAndPackage) {
  add("censo-agent_0.1.0_amd64.deb", "deb");
  EXPECT_EQ(routes.get("/enrol.sh").error().code, base::Errc::not_found);
  routes.packages = AgentPackages::open(folder_);
  EXPECT_EQ(routes.get("/enrol.sh")->content_type, "text/x-shellscript");
  EXPECT_EQ(routes.get("/agents/{file}", {{"file", "censo-agent_0.1.0_amd64.deb"}})->body, "deb");
}

}  // namespace
}  // namespace censo::collector
