// Recordings of real machines with the answers of other programs; they are too big and not ours to keep here.
#pragma once

#include "agent/source.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

namespace censo::agent::host_data {

namespace fs = std::filesystem;

// Beside the checkout, or where the environment says.
inline fs::path folder(std::string_view kind) {
  const char* place = std::getenv("CENSO_SHARED");
  return fs::path(place == nullptr ? CENSO_SHARED : place) / "host-data" / kind;
}

// Names of the recordings: files that end in `suffix`, without it. One empty name where there are none.
inline std::vector<std::string> names(std::string_view kind, std::string_view suffix) {
  std::vector<std::string> found;
  if (fs::is_directory(folder(kind))) {
    for (const auto& entry : fs::directory_iterator(folder(kind))) {
      const auto name = entry.path().filename().string();
      if (name.ends_with(suffix)) found.push_back(name.substr(0, name.size() - suffix.size()));
    }
  }
  std::sort(found.begin(), found.end());
  if (found.empty()) found.emplace_back();
  return found;
}

inline std::string content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param.empty() ? "absent" : info.param;
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return isalnum(c) == 0; }, '_');
  return name;
}

// Removed with all it holds.
class TemporaryFolder {
 public:
  TemporaryFolder() : path_((fs::temp_directory_path() / "censo-host-data-XXXXXX").string()) {
    if (mkdtemp(path_.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() { fs::remove_all(path_); }
  fs::path path() const { return path_; }
  void unpack(const fs::path& archive) const {
    if (system(("tar -xf '" + archive.string() + "' -C '" + path_ + "'").c_str()) != 0) {
      throw std::runtime_error("tar failed for " + archive.string());
    }
  }

 private:
  std::string path_;
};

inline SourceOutput run(std::string_view source_name, const fs::path& root) {
  const auto sources = all_sources();
  const auto source = std::find_if(sources.begin(), sources.end(),
                                   [&](const Source& row) { return row.name == source_name; });
  SourceOutput out;
  out.section.name = source_name;
  out.section.complete = true;
  const auto done = source->collect(*recorded_host(root.string(), 0), out);
  EXPECT_TRUE(done || done.error().code == base::Errc::not_found);
  return out;
}

inline std::int64_t integer_of(const inventory::Attributes& attributes, std::string_view name) {
  const auto* value = attributes.find(name);
  return value == nullptr ? 0 : std::get<std::int64_t>(*value);
}

}  // namespace censo::agent::host_data
