#include "collector/listen/syslog_rules.h"

#include "base/text.h"
#include "cmdb/schema_file.h"
#include "desk/event.h"

#include <re2/re2.h>

#include <algorithm>

namespace censo::collector::listen {
namespace {

using cmdb::SchemaFile;
using cmdb::SchemaMapping;

constexpr std::size_t longest_value = 200;

std::shared_ptr<const re2::RE2> read_match(SchemaMapping& mapping) {
  const auto text = mapping.optional_text("match");
  if (text.empty()) return nullptr;
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(1024 * 1024);
  auto match = std::make_shared<const re2::RE2>(text, options);
  if (match->ok()) return match;
  mapping.refuse("match", "no regular expression: " + match->error());
  return nullptr;
}

Values known_names(const SyslogRule& rule) {
  Values names{{"app", ""}, {"text", ""}, {"severity", ""}};
  if (rule.match)
    for (const auto& [name, number] : rule.match->NamedCapturingGroups()) names.emplace(name, "");
  return names;
}

SyslogRule read_rule(SchemaFile& file, const base::YamlValue& node) {
  SchemaMapping mapping(
      file, node,
      {"pattern", "apps", "severities", "match", "means", "condition", "severity", "summary", "lasts"});
  SyslogRule rule;
  rule.form = read_form(mapping, mapping.name("pattern"));
  rule.apps = mapping.optional_texts("apps");
  rule.severities = mapping.optional_names("severities");
  for (const auto& severity : rule.severities) {
    bool known = false;
    for (int i = 0; i < 8; ++i) known = known || severity_name(i) == severity;
    if (!known)
      mapping.refuse("severities", "expected emerg, alert, crit, err, warning, notice, info or debug");
  }
  rule.match = read_match(mapping);
  const auto known = known_names(rule);
  if (!is_form(rule.form.condition, known)) mapping.refuse("condition", "expected {group}, {one|another}");
  if (!is_form(rule.form.summary, known)) mapping.refuse("summary", "expected {group}, {one|another}");
  return rule;
}

SyslogRules read_rules(SchemaFile& file) {
  SchemaMapping mapping(file, file.root(), {"patterns"});
  SyslogRules rules;
  for (const auto* node : mapping.optional_sequence("patterns"))
    rules.rules.push_back(read_rule(file, *node));
  if (rules.rules.empty() || !rules.rules.back().apps.empty() || !rules.rules.back().severities.empty() ||
      rules.rules.back().match)
    mapping.refuse("patterns", "expected a last one that fits every message");
  return rules;
}

bool means_app(const std::string& wanted, const std::string& app) {
  if (wanted.ends_with('*')) return app.starts_with(wanted.substr(0, wanted.size() - 1));
  return app == wanted;
}

// The groups' values; nothing: it does not match.
std::optional<Values> match(const SyslogRule& rule, const std::string& line) {
  if (!rule.match) return Values{};
  std::vector<re2::StringPiece> found(static_cast<std::size_t>(rule.match->NumberOfCapturingGroups()) + 1);
  if (!rule.match->Match(line, 0, line.size(), re2::RE2::UNANCHORED, found.data(),
                         static_cast<int>(found.size())))
    return std::nullopt;
  Values values;
  for (const auto& [name, number] : rule.match->NamedCapturingGroups())
    values[name] = base::sanitize_utf8(found[static_cast<std::size_t>(number)].as_string(), longest_value);
  return values;
}

// Nothing: the rule is not this message's.
std::optional<Values> fit(const SyslogRule& rule, const SyslogMessage& told, const std::string& line) {
  const auto means = [&](const std::string& wanted) { return means_app(wanted, told.app); };
  if (!rule.apps.empty() && std::ranges::none_of(rule.apps, means)) return std::nullopt;
  const auto severity = severity_name(told.severity);
  if (!rule.severities.empty() && std::ranges::find(rule.severities, severity) == rule.severities.end())
    return std::nullopt;
  auto values = match(rule, line);
  if (!values) return values;
  values->emplace("app", told.app);
  values->emplace("text", told.text);
  values->emplace("severity", severity);
  return values;
}

desk::EventMessage event_of(const EventForm& form, const Values& values, const SyslogMessage& told,
                            const std::string& address) {
  auto message = message_of(form, values);
  message.source = "syslog";
  message.item = base::sanitize_utf8(told.host.empty() ? address : told.host, desk::longest_item);
  for (const auto& name : {told.host, address})
    if (!name.empty()) message.names.push_back(name);
  if (message.severity.empty()) message.severity = severity_name(told.severity);
  if (message.summary.empty()) message.summary = base::sanitize_utf8(told.text, desk::longest_summary);
  message.details = base::sanitize_utf8(told.app + (told.app.empty() ? "" : ": ") + told.text + "\nSent by " +
                                            address + " as " + std::string(severity_name(told.severity)),
                                        desk::longest_details);
  return message;
}

}  // namespace

base::Result<SyslogRules> SyslogRules::load(std::span<const base::EmbeddedFile> files) {
  for (const auto& [path, content] : files) {
    if (path != "syslog.yaml") continue;
    SchemaFile file(path, content);
    auto rules = read_rules(file);
    if (file.fault()) return *file.fault();
    return rules;
  }
  return base::fail(base::Errc::not_found, "no file syslog.yaml");
}

std::optional<desk::EventMessage> SyslogRules::message_of(const SyslogMessage& told,
                                                          const std::string& address) const {
  const auto line = told.app.empty() ? told.text : told.app + ": " + told.text;
  for (const auto& rule : rules) {
    const auto values = fit(rule, told, line);
    if (!values) continue;
    if (rule.form.means == Means::nothing) return std::nullopt;
    return event_of(rule.form, *values, told, address);
  }
  return std::nullopt;
}

}  // namespace censo::collector::listen
