#include "collector/scanner/devices/pattern.h"

#include <re2/re2.h>

#include <vector>

namespace censo::scanner {
namespace {

// The groups of a match, the whole first; none when there is no match.
std::vector<re2::StringPiece> groups(const re2::RE2& expression, std::string_view text) {
  std::vector<re2::StringPiece> found(static_cast<std::size_t>(expression.NumberOfCapturingGroups()) + 1);
  const re2::StringPiece piece(text.data(), text.size());
  const bool matched = expression.Match(piece, 0, piece.size(), re2::RE2::UNANCHORED, found.data(),
                                        static_cast<int>(found.size()));
  if (!matched) found.clear();
  return found;
}

}  // namespace

base::Result<Pattern> Pattern::compile(std::string_view text) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(1024 * 1024);
  auto compiled = std::make_shared<const re2::RE2>(re2::StringPiece(text.data(), text.size()), options);
  if (!compiled->ok())
    return base::fail(base::Errc::malformed, "no regular expression: " + compiled->error());
  return Pattern(std::move(compiled));
}

bool Pattern::matches(std::string_view text) const {
  return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *compiled_);
}

std::optional<std::string> Pattern::capture(std::string_view text) const {
  const auto found = groups(*compiled_, text);
  if (found.empty()) return std::nullopt;
  if (found.size() == 1) return found[0].as_string();
  for (std::size_t i = 1; i < found.size(); ++i) {
    if (!found[i].empty()) return found[i].as_string();
  }
  return std::string();
}

std::optional<std::map<std::string, std::string>> Pattern::named(std::string_view text) const {
  const auto found = groups(*compiled_, text);
  if (found.empty()) return std::nullopt;
  std::map<std::string, std::string> values;
  for (const auto& [name, number] : compiled_->NamedCapturingGroups()) {
    const auto& value = found[static_cast<std::size_t>(number)];
    if (!value.empty()) values.emplace(name, value.as_string());
  }
  return values;
}

std::map<std::string, int> Pattern::group_names() const {
  return compiled_->NamedCapturingGroups();
}

std::string Pattern::text() const {
  return compiled_->pattern();
}

}  // namespace censo::scanner
