#include "tests/house/source_tree.h"

#include <algorithm>
#include <fstream>
#include <regex>

namespace censo::house {
namespace {

namespace fs = std::filesystem;

// Blanks comments and literals, keeping the line's length roughly; `in_block` carries /* */ across lines.
std::string code_of(const std::string& line, bool& in_block) {
  std::string out;
  char quote = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    const char next = i + 1 < line.size() ? line[i + 1] : '\0';
    if (in_block) {
      if (c == '*' && next == '/') { in_block = false; ++i; }
      continue;
    }
    if (quote != 0) {
      if (c == '\\') { ++i; continue; }
      if (c == quote) { quote = 0; out += c; }
      continue;
    }
    if (c == '/' && next == '/') break;
    if (c == '/' && next == '*') { in_block = true; ++i; continue; }
    const bool digit_separator = c == '\'' && i > 0 && std::isalnum(static_cast<unsigned char>(line[i - 1]));
    if (c == '"' || (c == '\'' && !digit_separator)) quote = c;
    out += c;
  }
  return out;
}

SourceFile read(const fs::path& root, const fs::path& file) {
  SourceFile source;
  source.path = fs::relative(file, root).string();
  std::ifstream in(file);
  bool in_block = false;
  static const std::regex include(R"re(^\s*#\s*include\s*(["<][^">]+[">]))re");
  for (std::string line; std::getline(in, line);) {
    std::smatch match;
    if (std::regex_search(line, match, include)) source.includes.push_back(match[1]);
    source.code.push_back(code_of(line, in_block));
    source.lines.push_back(std::move(line));
  }
  return source;
}

std::vector<SourceFile> read_all(const std::vector<std::string>& folders) {
  const fs::path root = CENSO_SOURCE_DIR;
  std::vector<SourceFile> files;
  for (const std::string& folder : folders) {
    if (!fs::exists(root / folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      const auto extension = entry.path().extension();
      if (entry.path().string().find("node_modules") != std::string::npos) continue;
      if (extension == ".h" || extension == ".cpp") files.push_back(read(root, entry.path()));
    }
  }
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  return files;
}

}  // namespace

const std::vector<SourceFile>& product_files() {
  static const auto files = read_all({"agent", "base", "cmdb", "collector", "desk", "inventory"});
  return files;
}

const std::vector<SourceFile>& test_files() {
  static const auto files = read_all({"tests"});
  return files;
}

std::string library_of(const std::string& path) {
  for (const char* nested : {"cmdb/store", "collector/scanner", "collector/cli"})
    if (path.rfind(std::string(nested) + "/", 0) == 0) return nested;
  return path.substr(0, path.find('/'));
}

}  // namespace censo::house
