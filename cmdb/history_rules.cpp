#include "cmdb/history_rules.h"

#include "base/text.h"
#include "cmdb/schema_file.h"

#include <algorithm>

namespace censo::cmdb {
namespace {

constexpr std::int64_t longest_number = 1'000'000;
constexpr base::TimeMs minute_ms = 60'000;
constexpr base::TimeMs day_ms = 24 * 60 * minute_ms;

base::TimeMs unit_ms(char unit) {
  switch (unit) {
    case 's': return 1'000;
    case 'm': return minute_ms;
    case 'h': return 60 * minute_ms;
    case 'd': return day_ms;
    case 'w': return 7 * day_ms;
    case 'y': return 365 * day_ms;
    default: return 0;
  }
}

std::optional<base::TimeMs> length_of(SchemaMapping& mapping, std::string_view key,
                                      std::optional<base::TimeMs> otherwise) {
  if (!mapping.has(key)) return otherwise;
  const auto length = parse_length(mapping.text(key));
  if (!length) {
    mapping.refuse(key, length.error().message);
    return otherwise;
  }
  if (*length == base::TimeMs{0}) mapping.refuse(key, "expected a length above 0");
  return *length;
}

HistoryRule rule_of(SchemaMapping& mapping, const HistoryRule& otherwise) {
  HistoryRule rule;
  const auto fold = length_of(mapping, "fold_within", otherwise.fold_within_ms);
  if (!fold) mapping.refuse("fold_within", "expected a length such as 7d, found \"forever\"");
  rule.fold_within_ms = fold.value_or(0);
  rule.keep_ms = length_of(mapping, "keep", otherwise.keep_ms);
  rule.keep_components_ms = length_of(mapping, "keep_components", otherwise.keep_components_ms);
  return rule;
}

}  // namespace

base::Result<std::optional<base::TimeMs>> parse_length(std::string_view text) {
  using Answer = base::Result<std::optional<base::TimeMs>>;
  if (text == "forever") return Answer(std::nullopt);
  const auto unit = text.empty() ? 0 : unit_ms(text.back());
  const auto number = unit == 0 ? std::nullopt : base::parse_unsigned(text.substr(0, text.size() - 1));
  if (!number || *number > longest_number) {
    return base::fail(base::Errc::malformed,
                      "expected a length such as 30s, 90m, 12h, 7d, 6w, 2y or forever, found \"" +
                          base::sanitize_utf8(text, 40) + "\"");
  }
  return Answer(static_cast<base::TimeMs>(*number) * unit);
}

base::Result<HistoryRules> load_history_rules(std::span<const base::EmbeddedFile> files) {
  HistoryRules rules;
  const auto found = std::ranges::find(files, "history.yaml", &base::EmbeddedFile::path);
  if (found == files.end()) return rules;
  SchemaFile file(found->path, found->content);
  SchemaMapping mapping(file, file.root(), {"fold_within", "keep", "keep_components", "classes"});
  rules.otherwise = rule_of(mapping, rules.otherwise);
  for (const auto& [name, node] : mapping.optional_members("classes")) {
    SchemaMapping of_class(file, *node, {"fold_within", "keep", "keep_components"});
    rules.by_class.emplace(name, rule_of(of_class, rules.otherwise));
  }
  if (file.fault()) return *file.fault();
  return rules;
}

}  // namespace censo::cmdb
