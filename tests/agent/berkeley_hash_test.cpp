// Files that db5.3_load wrote, and ones that nobody did.
#include "agent/berkeley_hash.h"

#include "base/file.h"
#include "tests/fuzz/memory_host.h"

#include <gtest/gtest.h>

namespace censo::agent {
namespace {

using base::Errc;

constexpr std::string_view path = "/var/lib/rpm/Basenames";
constexpr std::size_t page_bytes = 512;

// The index of a host: 300 names in 32 buckets, some with pages of their own.
std::string basenames() {
  return base::read_own_file(CENSO_CASES "/sources/linux/services/rpm_host_of_old/root" + std::string(path))
      .value();
}

void put(std::string& file, std::size_t at, std::uint32_t number) {
  for (std::size_t i = 0; i < 4; ++i) file[at + i] = static_cast<char>(number >> (8 * i));
}

base::Result<BerkeleyHash> opened(std::string file) {
  std::map<std::string, std::string, std::less<>> files;
  files[std::string(path)] = std::move(file);
  return BerkeleyHash::open(MemoryHost(std::move(files)), path);
}

std::size_t count_in(const BerkeleyHash& hash) {
  std::size_t count = 0;
  static_cast<void>(hash.each([&](std::string_view, const auto& value) { count += value ? 1 : 0; }));
  return count;
}

TEST(BerkeleyHash, FindsEachKeyInItsBucketAndNoOther) {
  const auto hash = opened(basenames()).value();
  std::size_t found = 0, all = 0;
  const auto done = hash.each([&](std::string_view key, const base::Result<std::string>& value) {
    const auto again = hash.find(key);
    ++all;
    found += again && value && *again == *value ? 1 : 0;
  });
  ASSERT_TRUE(done);
  EXPECT_GT(all, 300U);
  EXPECT_EQ(found, all);
  EXPECT_EQ(hash.find("no-such-file").error().code, Errc::not_found);
}

TEST(BerkeleyHash, OfAnotherHashFunctionIsLookedThrough) {
  auto file = basenames();
  put(file, 92, 12345);  // what its function makes of a known key
  const auto value = opened(file)->find("file-17.conf");
  ASSERT_TRUE(value);
  EXPECT_EQ(value->size(), 8U);
}

TEST(BerkeleyHash, OfOtherFilesIsNone) {
  EXPECT_EQ(opened("x").error().code, Errc::malformed);
  EXPECT_EQ(opened(std::string(4096, '\0')).error().code, Errc::malformed);
  auto encrypted = basenames();
  encrypted[24] = 1;
  EXPECT_EQ(opened(encrypted).error().code, Errc::unsupported);
}

TEST(BerkeleyHash, PagesThatGoRoundInACircleEnd) {
  auto file = basenames();
  for (std::size_t page = 1; page * page_bytes < file.size(); ++page)
    put(file, page * page_bytes + 16, static_cast<std::uint32_t>(page));
  EXPECT_EQ(opened(file)->each([](auto, const auto&) {}).error().code, Errc::malformed);
}

// Found by fuzzing: values that go round in circles, in a file that says it has two million pages.
TEST(BerkeleyHash, APageIsReadOnceWhateverTheFileSaysOfItsLength) {
  auto file = basenames();
  const auto whole = count_in(opened(file).value());
  put(file, 32, 2'000'000);
  EXPECT_EQ(count_in(opened(file).value()), whole);
}

TEST(BerkeleyHash, AFileThatIsCutOffGivesWhatIsLeft) {
  auto file = basenames();
  const auto whole = count_in(opened(file).value());
  file.resize(file.size() / 2);
  const auto hash = opened(file).value();
  EXPECT_LT(count_in(hash), whole);
  EXPECT_GT(count_in(hash), 0U);
}

}  // namespace
}  // namespace censo::agent
