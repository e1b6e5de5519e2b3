#include "agent/agent_config.h"

#include "tests/agent/temporary_folder.h"

#include <gtest/gtest.h>

#include <fstream>

namespace censo::agent {
namespace {

class AgentSettings : public testing::Test {
 protected:
  base::Result<AgentConfig> read(const std::string& yaml) const {
    const std::string file = folder_.path() + "/agent.yaml";
    std::ofstream(file) << yaml;
    base::Config::Sources sources;
    sources.main_file = file;
    sources.environment = [](const char*) -> const char* { return nullptr; };
    const auto config = base::Config::load(agent_settings(), sources);
    if (!config) return config.error();
    return to_agent_config(*config);
  }

  test::TemporaryFolder folder_;
};

TEST_F(AgentSettings, HaveTheDocumentedDefaults) {
  const auto config = read("");
  ASSERT_TRUE(config) << base::to_string(config.error());
  EXPECT_EQ(config->state_folder, "/var/lib/censo-agent");
  EXPECT_EQ(config->interval, std::chrono::hours(1));
  EXPECT_EQ(config->spool.max_bytes, 64ULL * 1024 * 1024);
  EXPECT_EQ(config->spool.max_reports, 100U);
}

TEST_F(AgentSettings, AreReadFromTheFile) {
  const auto config = read("inventory: {interval: 4h, exclude: [processes], include_users: false}\n");
  ASSERT_TRUE(config) << base::to_string(config.error());
  EXPECT_EQ(config->interval, std::chrono::hours(4));
  EXPECT_EQ(config->excluded_sources, std::vector<std::string>{"processes"});
  EXPECT_FALSE(config->include_users);
}

TEST_F(AgentSettings, OutOfRangeIsSaidWithTheLine) {
  const auto config = read("inventory:\n  interval: 10ms\n");
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().message, "inventory.interval: expected 1s to 7d, found 10ms");
  EXPECT_TRUE(config.error().where.ends_with("agent.yaml:2")) << config.error().where;
}

TEST_F(AgentSettings, AnUnknownLevelIsRefused) {
  EXPECT_FALSE(read("log: {level: loud}\n"));
}

TEST_F(AgentSettings, ARelativeStateFolderIsRefused) {
  EXPECT_FALSE(read("state: {folder: state}\n"));
}

}  // namespace
}  // namespace censo::agent
