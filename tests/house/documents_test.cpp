// What documents and scripts promise about each other.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

namespace censo::house {
namespace {

namespace fs = std::filesystem;

const fs::path root = CENSO_SOURCE_DIR;

std::string content(const fs::path& file) {
  std::ifstream in(root / file);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

TEST(Documents, EveryPackageOfDevIsExplained) {
  const std::string script = content("dev"), page = content("docs/dependencies.md");
  const std::regex list(R"(packages=\(([^)]*)\))"), word(R"([a-z0-9.+-]+)");
  std::size_t packages = 0;
  for (std::sregex_iterator i(script.begin(), script.end(), list), end; i != end; ++i) {
    const std::string names = (*i)[1];
    for (std::sregex_iterator j(names.begin(), names.end(), word); j != end; ++j, ++packages)
      EXPECT_NE(page.find("| " + j->str() + " |"), std::string::npos) << j->str();
  }
  EXPECT_GT(packages, 20u);
}

TEST(Documents, LinksBetweenThemLeadSomewhere) {
  const std::regex link(R"(\]\(([^)#]+)[^)]*\))");
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    const auto path = fs::relative(entry.path(), root);
    const std::string first = path.begin()->string();
    if (path.extension() != ".md" || first == "build" || first == "var" || first == ".git") continue;
    const std::string text = content(path);
    for (std::sregex_iterator i(text.begin(), text.end(), link), end; i != end; ++i) {
      const std::string target = (*i)[1];
      const bool elsewhere = target.find("://") != std::string::npos;
      EXPECT_TRUE(elsewhere || fs::exists(root / path.parent_path() / target))
          << path << " links to " << target;
    }
  }
}

// getifaddrs() asks the kernel over netlink: without it nothing is heard of what is announced by multicast.
TEST(Documents, UnitsThatScanMayAskForTheNetworksOfTheHost) {
  const std::regex families(R"(\nRestrictAddressFamilies=[^\n]*\bAF_NETLINK\b)");
  for (const std::string unit : {"censo-collector.service", "censo-probe.service"})
    EXPECT_TRUE(std::regex_search(content("packaging/systemd/" + unit), families)) << unit;
}

TEST(Documents, DecisionsHaveNumbersOfTheirOwn) {
  std::set<std::string> numbers;
  for (const auto& entry : fs::directory_iterator(root / "docs/decisions")) {
    const std::string number = entry.path().filename().string().substr(0, 4);
    EXPECT_TRUE(numbers.insert(number).second) << number << " is given twice";
  }
}

TEST(Documents, EveryFuzzTargetHasSeeds) {
  std::size_t targets = 0;
  for (const auto& entry : fs::directory_iterator(root / "tests/fuzz")) {
    const std::string name = entry.path().stem().string();
    if (entry.path().extension() != ".cpp" || !name.ends_with("_fuzz")) continue;
    ++targets;
    EXPECT_TRUE(fs::is_directory(root / "tests/fuzz" / name)) << name;
  }
  EXPECT_GT(targets, 0u);
}

}  // namespace
}  // namespace censo::house
