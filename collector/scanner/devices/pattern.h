// A regular expression out of a file: RE2, so that no text of a device takes longer than its length.
#pragma once

#include "base/result.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace re2 {
class RE2;
}

namespace censo::scanner {

// Copies share the compiled expression. Safe to use from several threads.
class Pattern {
 public:
  // Errc::malformed with what is wrong; also for an expression that needs more than a megabyte.
  static base::Result<Pattern> compile(std::string_view text);

  bool matches(std::string_view text) const;  // anywhere in it
  // The first group that took part, or the whole match where the expression has no groups.
  std::optional<std::string> capture(std::string_view text) const;
  // By name; groups without a value are left out. Nothing: no match.
  std::optional<std::map<std::string, std::string>> named(std::string_view text) const;
  std::map<std::string, int> group_names() const;
  std::string text() const;

 private:
  explicit Pattern(std::shared_ptr<const re2::RE2> compiled) : compiled_(std::move(compiled)) {}

  std::shared_ptr<const re2::RE2> compiled_;  // shared: definitions are copied, the expression need not be
};

}  // namespace censo::scanner
