#include "collector/cli/impact_tree.h"

#include "collector/cli/output.h"

#include <fmt/core.h>
#include <boost/json.hpp>

#include <map>
#include <set>
#include <vector>

namespace censo::cli {
namespace {

using boost::json::value;

const boost::json::array& list_of(const value& answer, std::string_view name) {
  static const boost::json::array none;
  const auto* object = answer.if_object();
  const auto* found = object == nullptr ? nullptr : object->if_contains(name);
  return found != nullptr && found->is_array() ? found->get_array() : none;
}

std::string shown(const value& row, std::string_view pointer) {
  return printable(text_at(row, pointer));
}

std::string line_of(const value& item) {
  return fmt::format("{} ({}) {}: {}", shown(item, "/name"), shown(item, "/class"), shown(item, "/verdict"),
                     shown(item, "/reason"));
}

std::string group_line_of(const value& group) {
  std::string names;
  for (const auto& name : list_of(group, "names")) {
    if (name.is_string()) names += (names.empty() ? "" : ", ") + printable(name.get_string());
  }
  return fmt::format("{} of {} {}: {}, ...", shown(group, "/count"), shown(group, "/class"),
                     shown(group, "/verdict"), names);
}

class Tree {
 public:
  explicit Tree(const value& answer) {
    for (const auto& item : list_of(answer, "items")) {
      below_[text_at(item, "/through/id")].push_back({line_of(item), text_at(item, "/id")});
      listed_.insert(text_at(item, "/id"));
    }
    for (const auto& group : list_of(answer, "groups")) {
      below_[text_at(group, "/through/id")].push_back({group_line_of(group), ""});
    }
  }

  std::string text(const value& answer) {
    for (const auto& item : list_of(answer, "failed")) {
      text_ += fmt::format("{} ({})\n", shown(item, "/name"), shown(item, "/class"));
      add_below(text_at(item, "/id"), "");
    }
    // What is left is reached through members of a group.
    bool told = false;
    for (const auto& item : list_of(answer, "items")) {
      const std::string through = text_at(item, "/through/id");
      if (done_.contains(through) || listed_.contains(through)) continue;  // below that one
      if (!told) text_ += "through items of these groups\n";
      told = true;
      add_below(through, "");
    }
    return std::move(text_);
  }

 private:
  struct Line {
    std::string text, id;
  };

  void add_below(const std::string& id, const std::string& indent) {
    const auto found = below_.find(id);
    if (found == below_.end() || !done_.insert(id).second) return;
    const auto& lines = found->second;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const bool last = i + 1 == lines.size();
      text_ += indent + (last ? "└─ " : "├─ ") + lines[i].text + "\n";
      if (!lines[i].id.empty()) add_below(lines[i].id, indent + (last ? "   " : "│  "));
    }
  }

  std::map<std::string, std::vector<Line>> below_;  // by the id of the item that they are reached through
  std::set<std::string> listed_, done_;             // ids
  std::string text_;
};

}  // namespace

std::string impact_tree(const value& answer) {
  return fmt::format("{} down, {} degraded{}\n", text_at(answer, "/counts/down"),
                     text_at(answer, "/counts/degraded"),
                     text_at(answer, "/truncated") == "true" ? "; a limit cut the walk" : "") +
         Tree(answer).text(answer);
}

}  // namespace censo::cli
