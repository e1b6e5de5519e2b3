#include "base/config.h"

#include "tests/base/scratch_folder.h"

#include <gtest/gtest.h>

#include <array>
#include <fstream>

namespace censo::base {
namespace {

constexpr std::array<Setting, 6> table{{
    {"server.listen", "TEST_LISTEN", SettingKind::text, "127.0.0.1:1", "Address"},
    {"server.workers", "TEST_WORKERS", SettingKind::integer, "2", "Threads"},
    {"server.tls", "", SettingKind::boolean, "true", "Encrypt"},
    {"interval", "", SettingKind::duration, "1h", "Pause"},
    {"spool.size", "", SettingKind::size, "64MiB", "Room"},
    {"server.names", "TEST_NAMES", SettingKind::text_list, "a,b", "Names"},
}};

class ConfigFiles : public testing::Test {
 protected:
  void main_file(std::string_view text) { write("main.yaml", text); }
  void write(const std::string& name, std::string_view text) {
    std::filesystem::create_directories(std::filesystem::path(folder_ / name).parent_path());
    std::ofstream(folder_ / name) << text;
    std::filesystem::permissions(folder_ / name, std::filesystem::perms(0600));
  }
  Result<Config> load() {
    sources_.main_file = folder_ / "main.yaml";
    sources_.directory = folder_ / "conf.d";
    sources_.environment = [this](const char* name) {
      const auto found = environment_.find(name);
      return found == environment_.end() ? nullptr : found->second.c_str();
    };
    return Config::load(table, sources_);
  }
  std::string refusal(std::string_view text) {
    main_file(text);
    const auto config = load();
    if (config) return "accepted";
    std::string where = config.error().where;
    if (where.starts_with(folder_.path())) where.erase(0, folder_.path().size() + 1);
    return config.error().message + " (" + where + ")";
  }
  ScratchFolder folder_;
  Config::Sources sources_;
  std::map<std::string, std::string> environment_;
};

}  // namespace

TEST_F(ConfigFiles, WithoutFilesTheDefaultsHold) {
  EXPECT_EQ(load()->text("server.listen"), "127.0.0.1:1");
}
TEST_F(ConfigFiles, AListsDefaultIsSplitAtCommas) {
  EXPECT_EQ(load()->text_list("server.names"), (std::vector<std::string>{"a", "b"}));
}
TEST_F(ConfigFiles, TheMainFileBeatsTheDefault) {
  main_file("server: {workers: 7}\n");
  EXPECT_EQ(load()->integer("server.workers"), 7);
}
TEST_F(ConfigFiles, TheLastOfTheFolderBeatsTheMainFile) {
  main_file("interval: 1s");
  write("conf.d/20.yaml", "interval: 3s");
  write("conf.d/10.yaml", "interval: 2s");
  EXPECT_EQ(load()->duration_ms("interval"), 3000);
}
TEST_F(ConfigFiles, OtherFilesOfTheFolderAreLeftAlone) {
  write("conf.d/10.yaml.dpkg-old", "no: setting");
  EXPECT_TRUE(load());
}
TEST_F(ConfigFiles, TheEnvironmentBeatsFiles) {
  main_file("server: {workers: 7}\n");
  environment_["TEST_WORKERS"] = "8";
  EXPECT_EQ(load()->integer("server.workers"), 8);
}
TEST_F(ConfigFiles, AFlagBeatsTheEnvironment) {
  environment_["TEST_WORKERS"] = "8";
  sources_.flags["server.workers"] = "9";
  EXPECT_EQ(load()->integer("server.workers"), 9);
}
TEST_F(ConfigFiles, ASequenceReplacesTheWholeList) {
  main_file("server:\n  names: [x]\n");
  EXPECT_EQ(load()->text_list("server.names"), std::vector<std::string>{"x"});
}
TEST_F(ConfigFiles, SizesHaveUnits) {
  main_file("spool: {size: 8KiB}");
  EXPECT_EQ(load()->size_bytes("spool.size"), 8192);
}
TEST_F(ConfigFiles, BooleansAreTrueOrFalse) {
  main_file("server: {tls: false}");
  EXPECT_FALSE(load()->boolean("server.tls"));
}
TEST_F(ConfigFiles, AGroupMayBeEmpty) {
  EXPECT_EQ(refusal("server:\n  # nothing yet\n"), "accepted");
}
TEST_F(ConfigFiles, ShownTellsTheLineOfAValue) {
  main_file("server:\n  workers: 7\n");
  const auto shown = load()->shown();
  ASSERT_EQ(shown.size(), table.size());
  EXPECT_EQ(shown[1].origin, folder_ / "main.yaml:2");
}
TEST_F(ConfigFiles, ShownTellsTheEnvironmentVariable) {
  environment_["TEST_NAMES"] = "p, q";
  EXPECT_EQ(load()->shown()[5].origin, "environment TEST_NAMES");
}
TEST_F(ConfigFiles, ANameThatIsNotInTheTableThrows) {
  const auto config = load();
  EXPECT_THROW((void)config->text("server.nothing"), std::logic_error);
}
TEST_F(ConfigFiles, AnotherKindThrows) {
  const auto config = load();
  EXPECT_THROW((void)config->text("server.workers"), std::logic_error);
}
TEST(Config, AWrongDefaultThrows) {
  constexpr std::array<Setting, 1> wrong{{{"n", "", SettingKind::integer, "many", ""}}};
  EXPECT_THROW((void)Config::load(wrong, {}), std::logic_error);
}

TEST_F(ConfigFiles, AnUnknownKeyIsRefusedWithItsLine) {
  EXPECT_EQ(refusal("server:\n  listn: x"), "there is no setting \"server.listn\" (main.yaml:2)");
}
TEST_F(ConfigFiles, AnUnknownGroupIsRefused) {
  EXPECT_EQ(refusal("sever: {}"), "there is no setting \"sever\" (main.yaml:1)");
}
TEST_F(ConfigFiles, AWordIsNoInteger) {
  EXPECT_EQ(refusal("server: {workers: two}"),
            "server.workers: expected an integer, found \"two\" (main.yaml:1)");
}
TEST_F(ConfigFiles, AQuotedNumberIsText) {
  EXPECT_EQ(refusal("server: {workers: '2'}"),
            "server.workers: expected an integer, found the text \"2\" (main.yaml:1)");
}
TEST_F(ConfigFiles, YesIsNoBoolean) {
  EXPECT_EQ(refusal("server: {tls: yes}"), "server.tls: expected true or false, found \"yes\" (main.yaml:1)");
}
TEST_F(ConfigFiles, ASettingWithoutAValueIsRefused) {
  EXPECT_EQ(refusal("server:\n  listen:\n"), "server.listen: expected a text, found nothing (main.yaml:2)");
}
TEST_F(ConfigFiles, ATextIsNoSequence) {
  EXPECT_EQ(refusal("server: {names: x}"),
            "server.names: expected a sequence of texts, found \"x\" (main.yaml:1)");
}
TEST_F(ConfigFiles, ASequenceHoldsTextsOnly) {
  EXPECT_EQ(refusal("server: {names: [[x]]}"),
            "server.names: expected a sequence of texts, found a sequence in it (main.yaml:1)");
}
TEST_F(ConfigFiles, AGroupIsNoText) {
  EXPECT_EQ(refusal("server: x"), "server: expected settings as \"name: value\" (main.yaml:1)");
}
TEST_F(ConfigFiles, AFileIsAMapping) {
  EXPECT_EQ(refusal("- x"), "expected settings as \"name: value\" (main.yaml:1)");
}
TEST_F(ConfigFiles, AnUnknownFlagIsRefused) {
  sources_.flags["nothing"] = "1";
  EXPECT_EQ(load().error().where, "flag");
}
TEST_F(ConfigFiles, AWrongEnvironmentIsRefused) {
  environment_["TEST_WORKERS"] = "";
  EXPECT_EQ(load().error().where, "environment TEST_WORKERS");
}
TEST_F(ConfigFiles, AFileThatOthersMayWriteIsRefused) {
  main_file("interval: 1s");
  std::filesystem::permissions(folder_ / "main.yaml", std::filesystem::perms(0666));
  EXPECT_EQ(load().error().code, Errc::permission_denied);
}

class Duration : public testing::TestWithParam<std::pair<const char*, std::int64_t>> {};
TEST_P(Duration, IsRead) {
  EXPECT_EQ(*parse_duration_ms(GetParam().first), GetParam().second);
}
INSTANTIATE_TEST_SUITE_P(Config, Duration,
                         testing::Values(std::pair("250ms", 250), std::pair("30s", 30'000),
                                         std::pair("5m", 300'000), std::pair("4h", 14'400'000),
                                         std::pair("1d", 86'400'000), std::pair("0s", 0)));
class NoDuration : public testing::TestWithParam<const char*> {};
TEST_P(NoDuration, IsRefused) {
  EXPECT_EQ(parse_duration_ms(GetParam()).error().code, Errc::malformed);
}
INSTANTIATE_TEST_SUITE_P(Config, NoDuration,
                         testing::Values("", "5", "-5s", "5 weeks", "s", "1.5h", "9223372036854775807d",
                                         "99999999999999999999s"));
TEST(Size, WithoutUnitIsBytes) {
  EXPECT_EQ(*parse_size_bytes("100"), 100);
}
TEST(Size, HasBinaryUnits) {
  EXPECT_EQ(*parse_size_bytes("2GiB"), 2'147'483'648);
}
TEST(Size, DecimalUnitsAreRefused) {
  EXPECT_FALSE(parse_size_bytes("2GB"));
}
TEST(Size, OverflowIsRefused) {
  EXPECT_FALSE(parse_size_bytes("9999999999TiB"));
}

}  // namespace censo::base
