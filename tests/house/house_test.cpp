// The rules of CONTRIBUTING.md that a machine can check. A finding names file and line; mend the code, not
// the rule.
#include "tests/house/source_tree.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <regex>
#include <set>

namespace censo::house {
namespace {

using Findings = std::vector<std::string>;

std::string text_of(const Findings& findings) {
  std::string text;
  for (const auto& finding : findings) text += "\n  " + finding;
  return text;
}

bool begins_with(const std::string& text, const std::string& prefix) {
  return text.rfind(prefix, 0) == 0;
}

// Which libraries a library may include (besides itself).
const std::map<std::string, std::set<std::string>>& floors() {
  static const std::map<std::string, std::set<std::string>> allowed{
      {"base", {}},
      {"inventory", {"base"}},
      {"cmdb/store", {"base"}},
      {"agent", {"inventory", "base"}},
      {"collector/scanner", {"inventory", "base"}},
      {"cmdb", {"inventory", "cmdb/store", "base"}},
      {"desk", {"cmdb", "cmdb/store", "inventory", "base"}},
      {"collector", {"collector/scanner", "desk", "cmdb", "cmdb/store", "inventory", "base"}},
      {"collector/cli", {"base"}},
  };
  return allowed;
}

std::string own_include(const std::string& include) {
  return include.front() == '"' ? include.substr(1, include.size() - 2) : std::string();
}

TEST(Floors, IncludesPointDownOnly) {
  Findings findings;
  for (const auto& file : product_files()) {
    const std::string library = library_of(file.path);
    ASSERT_TRUE(floors().contains(library)) << file.path << " is in no known library";
    for (const auto& include : file.includes) {
      const std::string path = own_include(include);
      if (path.empty()) continue;
      const std::string target = library_of(path);
      if (target != library && !floors().at(library).contains(target))
        findings.push_back(file.path + " includes " + path);
    }
  }
  EXPECT_TRUE(findings.empty()) << text_of(findings);
}

TEST(FrontDoor, SubfoldersArePrivateToTheirFolder) {
  Findings findings;
  for (const auto& file : product_files()) {
    for (const auto& include : file.includes) {
      const std::string path = own_include(include);
      if (path.empty()) continue;
      const std::string target = library_of(path);
      const bool in_subfolder = path.find('/', target.size() + 1) != std::string::npos;
      if (in_subfolder && target != library_of(file.path))
        findings.push_back(file.path + " includes " + path);
    }
  }
  EXPECT_TRUE(findings.empty()) << text_of(findings);
}

struct Fence {
  std::regex header;
  std::vector<std::string> inside;  // path prefixes
};

TEST(Fence, ThirdPartyHeadersStayBehindIt) {
  const std::vector<Fence> fences{
      {std::regex("^<net-snmp/"), {"collector/scanner/snmp/"}},
      // Databases of rpm and Proxmox are SQLite files: the agent reads them with the same library
      // (docs/decisions/0025).
      {std::regex("^<sqlite3\\.h>"),
       {"cmdb/store/driver/", "agent/sources/linux/rpm", "agent/rpm_", "agent/proxmox_guests"}},
      {std::regex("^<libpq"), {"cmdb/store/driver/"}},
      {std::regex("^<boost/(asio|beast)"), {"collector/http/", "collector/cli/", "agent/delivery"}},
      {std::regex("^<yaml-cpp/"), {"base/yaml.cpp"}},
      {std::regex("^<spdlog/"), {"base/log.cpp"}},
      {std::regex("^<re2/"), {"collector/scanner/devices/pattern", "collector/listen/syslog_rules"}},
      {std::regex("^<magic\\.h>"), {"desk/file_type.cpp"}},
      {std::regex("^<curl/"), {"collector/mail/", "collector/probe/centre_client"}},
      {std::regex("^<gmime/"), {"collector/mail/"}},
      {std::regex("^<libxml/"), {"collector/mail/", "collector/scanner/announcements/xml_values"}},
      {std::regex("^<sodium"), {"collector/access/", "collector/jobs/"}},
      {std::regex("^<libmnl/"), {"agent/"}},
      {std::regex("^<zstd"),
       {"inventory/report_codec", "inventory/report_zstd", "inventory/compress", "cmdb/"}},
      {std::regex("^<CLI/"), {"agent/", "collector/main.cpp", "collector/command", "collector/cli/"}},
  };
  Findings findings;
  for (const auto& file : product_files())
    for (const auto& include : file.includes)
      for (const auto& fence : fences) {
        const auto within = [&](const std::string& place) { return begins_with(file.path, place); };
        if (std::regex_search(include, fence.header) &&
            std::none_of(fence.inside.begin(), fence.inside.end(), within))
          findings.push_back(file.path + " includes " + include);
      }
  EXPECT_TRUE(findings.empty()) << text_of(findings);
}

TEST(Await, StandsOnlyAtTheHttpEdge) {
  Findings findings;
  for (const auto& file : product_files())
    for (std::size_t i = 0; i < file.code.size(); ++i)
      if (file.code[i].find("co_await") != std::string::npos && !begins_with(file.path, "collector/http/"))
        findings.push_back(file.path + ":" + std::to_string(i + 1));
  EXPECT_TRUE(findings.empty()) << text_of(findings);
}

// g++ 12 destroys temporaries twice that stand beside an await in one statement.
TEST(Await, StandsAlone) {
  static const std::regex condition(R"(\b(if|while|for|switch|return)\s*\(.*co_await)");
  static const std::regex beside(R"(co_await[^;]*(\[[&=\w, ]*\]\s*\(|\{|\?))");
  static const std::regex before(R"((\?|\|\||&&)[^;]*co_await)");
  Findings findings;
  for (const auto& file : product_files()) {
    for (std::size_t i = 0; i < file.code.size(); ++i) {
      if (file.code[i].find("co_await") == std::string::npos) continue;
      std::string statement = file.code[i];
      for (std::size_t j = i + 1; j < file.code.size() && statement.find(';') == std::string::npos; ++j)
        statement += file.code[j];
      if (std::regex_search(statement, condition) || std::regex_search(statement, beside) ||
          std::regex_search(statement, before))
        findings.push_back(file.path + ":" + std::to_string(i + 1) + ": " + file.lines[i]);
    }
  }
  EXPECT_TRUE(findings.empty()) << text_of(findings);
}

TEST(Size, FilesHaveAtMost400Lines) {
  Findings findings;
  for (const auto* files : {&product_files(), &test_files()})
    for (const auto& file : *files)
      if (file.lines.size() > 400) findings.push_back(file.path + ": " + std::to_string(file.lines.size()));
  EXPECT_TRUE(findings.empty()) << text_of(findings);
}

TEST(Size, LinesHaveAtMost110Columns) {
  Findings findings;
  const auto columns = [](const std::string& line) {
    return std::count_if(line.begin(), line.end(),
                         [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
  };
  for (const auto& file : product_files())
    for (std::size_t i = 0; i < file.lines.size(); ++i)
      if (columns(file.lines[i]) > 110) findings.push_back(file.path + ":" + std::to_string(i + 1));
  EXPECT_TRUE(findings.empty()) << text_of(findings);
}

struct Function {
  std::size_t first, last;  // lines of the body's braces, 1-based
  std::string head;         // everything before the opening brace
};

// Definitions at namespace level: a head that starts in column 0 and a closing brace there.
std::vector<Function> functions_of(const SourceFile& file) {
  static const std::regex not_a_function(R"(^\s*(namespace|struct|class|enum|union|extern|using|typedef)\b)");
  std::vector<Function> found;
  std::string head;
  for (std::size_t i = 0; i < file.code.size(); ++i) {
    const std::string& line = file.code[i];
    const bool top = !line.empty() && !std::isspace(static_cast<unsigned char>(line[0])) && line[0] != '#';
    if (top && line[0] != '}')
      head = line;
    else if (!head.empty())
      head += line;
    if (head.empty()) continue;
    if (line.find(';') != std::string::npos && head.find('{') == std::string::npos) head.clear();
    if (head.find('{') == std::string::npos) continue;
    const bool function = head.find('(') != std::string::npos && !std::regex_search(head, not_a_function);
    if (function && line.find('}') == std::string::npos) {
      std::size_t end = i + 1;
      while (end < file.code.size() && (file.code[end].empty() || file.code[end][0] != '}')) ++end;
      found.push_back({i + 1, end + 1, head.substr(0, head.find('{'))});
      i = end;
    }
    head.clear();
  }
  return found;
}

TEST(Size, FunctionsHaveAtMost60Lines) {
  Findings findings;
  for (const auto& file : product_files())
    for (const auto& function : functions_of(file))
      if (function.last - function.first > 60)
        findings.push_back(file.path + ":" + std::to_string(function.first) + ": " +
                           std::to_string(function.last - function.first) + " lines");
  EXPECT_TRUE(findings.empty()) << text_of(findings);
}

std::size_t parameters_of(const std::string& head) {
  const auto open = head.find('(');
  int depth = 0;
  std::size_t commas = 0;
  bool any = false;
  for (std::size_t i = open; i < head.size(); ++i) {
    const char c = head[i];
    if (c == '(' || c == '<' || c == '[') ++depth;
    if (c == ')' || c == '>' || c == ']') --depth;
    if (depth == 0) break;
    if (i > open && !std::isspace(static_cast<unsigned char>(c))) any = true;
    if (c == ',' && depth == 1) ++commas;
  }
  return any ? commas + 1 : 0;
}

TEST(Size, FunctionsHaveAtMost5Parameters) {
  Findings findings;
  for (const auto& file : product_files())
    for (const auto& function : functions_of(file))
      if (parameters_of(function.head) > 5)
        findings.push_back(file.path + ":" + std::to_string(function.first) + ": " + function.head);
  EXPECT_TRUE(findings.empty()) << text_of(findings);
}

TEST(Size, FilesIncludeAtMost20OwnHeadersAndAtMost6Deep) {
  std::map<std::string, const SourceFile*> by_path;
  for (const auto& file : product_files()) by_path[file.path] = &file;
  std::function<std::size_t(const std::string&)> depth = [&](const std::string& path) -> std::size_t {
    const auto found = by_path.find(path);
    if (found == by_path.end()) return 0;
    std::size_t deepest = 0;
    for (const auto& include : found->second->includes) {
      const std::string own = own_include(include);
      if (!own.empty()) deepest = std::max(deepest, 1 + depth(own));
    }
    return deepest;
  };
  Findings findings;
  for (const auto& file : product_files()) {
    const auto own = std::count_if(file.includes.begin(), file.includes.end(),
                                   [](const auto& include) { return include.front() == '"'; });
    if (own > 20) findings.push_back(file.path + ": " + std::to_string(own) + " own headers");
    if (depth(file.path) > 6)
      findings.push_back(file.path + ": headers " + std::to_string(depth(file.path)) + " deep");
  }
  EXPECT_TRUE(findings.empty()) << text_of(findings);
}

TEST(Size, BaseHasAtMost15Headers) {
  const auto& files = product_files();
  EXPECT_LE(
      std::count_if(files.begin(), files.end(),
                    [](const auto& f) { return begins_with(f.path, "base/") && f.path.ends_with(".h"); }),
      15);
}

TEST(Names, NoFileIsADrawerForOddments) {
  static const std::regex drawer(R"((^|[/_])(utils?|common|helpers?|misc|managers?)([/_.]|$))");
  Findings findings;
  for (const auto& file : product_files())
    if (std::regex_search(file.path, drawer)) findings.push_back(file.path);
  EXPECT_TRUE(findings.empty()) << text_of(findings);
}

TEST(Names, HeadersAreGuardedByPragmaOnce) {
  Findings findings;
  for (const auto& file : product_files())
    if (file.path.ends_with(".h") &&
        std::find(file.lines.begin(), file.lines.end(), "#pragma once") == file.lines.end())
      findings.push_back(file.path);
  EXPECT_TRUE(findings.empty()) << text_of(findings);
}

TEST(Errors, CatchStandsOnlyWhereAJobOrAThreadEnds) {
  // Besides these four places, a library's exceptions are turned into Results where it is fenced in.
  static const std::regex allowed(
      R"((^|/)main\.cpp$|^collector/http/|^cmdb/store/|^base/yaml\.cpp$|^base/config\.cpp$|^agent/delivery|)"
      R"(^agent/collect_report\.cpp$|^agent/run_loop\.cpp$|^collector/scanner/snmp/|^collector/cli/|^collector/jobs/)");
  Findings findings;
  for (const auto& file : product_files())
    for (std::size_t i = 0; i < file.code.size(); ++i)
      if (file.code[i].find("catch (") != std::string::npos && !std::regex_search(file.path, allowed))
        findings.push_back(file.path + ":" + std::to_string(i + 1));
  EXPECT_TRUE(findings.empty()) << text_of(findings);
}

TEST(Words, NothingIsLeftForLaterWithoutAnIssue) {
  static const std::regex later(R"(\b(TODO(?!\(#\d+\))|FIXME|XXX|HACK|not implemented yet)\b)");
  Findings findings;
  for (const auto* files : {&product_files(), &test_files()})
    for (const auto& file : *files)
      for (std::size_t i = 0; i < file.lines.size(); ++i)
        if (!begins_with(file.path, "tests/house/") && std::regex_search(file.lines[i], later))
          findings.push_back(file.path + ":" + std::to_string(i + 1));
  EXPECT_TRUE(findings.empty()) << text_of(findings);
}

TEST(Agent, StartsNoProgram) {
  static const std::regex start(
      R"(\b(system|popen|execl|execlp|execle|execv|execvp|execve|execvpe|posix_spawn|posix_spawnp|fork|vfork)\s*\()");
  Findings findings;
  for (const auto& file : product_files()) {
    if (library_of(file.path) != "agent") continue;
    for (std::size_t i = 0; i < file.code.size(); ++i)
      if (std::regex_search(file.code[i], start)) findings.push_back(file.path + ":" + std::to_string(i + 1));
  }
  EXPECT_TRUE(findings.empty()) << text_of(findings);
}

// SQL is never put together from values.
TEST(Sql, StatementsAreLiterals) {
  static const std::regex built(
      R"re((query|query_one|execute|each)\(\s*(std::string\(|fmt::|"[^"]*"\s*\+))re");
  Findings findings;
  for (const auto& file : product_files())
    for (std::size_t i = 0; i < file.code.size(); ++i)
      if (std::regex_search(file.code[i], built)) findings.push_back(file.path + ":" + std::to_string(i + 1));
  EXPECT_TRUE(findings.empty()) << text_of(findings);
}

}  // namespace
}  // namespace censo::house
