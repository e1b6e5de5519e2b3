#include "agent/central_settings.h"

#include "tests/agent/temporary_folder.h"

#include <gtest/gtest.h>

namespace censo::agent {
namespace {

std::string refusal(const std::string& json) {
  const auto settings = parse_central_settings(json);
  return settings ? "" : settings.error().message;
}

TEST(CentralSettings, ReadBackAsWritten) {
  const CentralSettings settings{std::chrono::minutes(15), {"processes"}, false, {"dmz", "größe"}};
  EXPECT_EQ(*parse_central_settings(to_json(settings)), settings);
}

TEST(CentralSettings, NothingSetIsNothing) {
  EXPECT_EQ(*parse_central_settings("{}"), CentralSettings());
}

TEST(CentralSettings, SurviveARestart) {
  const test::TemporaryFolder folder;
  const CentralSettings settings{std::chrono::minutes(15), {}, {}, {}};
  save_central_settings(folder.path(), settings).value();
  EXPECT_EQ(load_central_settings(folder.path()), settings);
}

TEST(CentralSettings, AnIntervalHasLimits) {
  EXPECT_EQ(refusal(R"({"interval":"59s"})"), "expected 1m to 7d");
  EXPECT_EQ(refusal(R"({"interval":"8d"})"), "expected 1m to 7d");
  EXPECT_NE(refusal(R"({"interval":60})"), "");
}

TEST(CentralSettings, WrongTypesAreRefused) {
  EXPECT_NE(refusal(R"({"exclude":"processes"})"), "");
  EXPECT_NE(refusal(R"({"tags":[1]})"), "");
  EXPECT_NE(refusal(R"({"include_users":"no"})"), "");
  EXPECT_NE(refusal("[]"), "");
}

TEST(CentralSettings, TextsHaveNoControlCharacters) {
  EXPECT_NE(refusal(R"({"tags":["a\u001bb"]})"), "");
}

}  // namespace
}  // namespace censo::agent
