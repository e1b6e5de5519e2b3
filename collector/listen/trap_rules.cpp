#include "collector/listen/trap_rules.h"

#include "base/digest.h"
#include "base/text.h"
#include "cmdb/schema_file.h"
#include "desk/event.h"

#include <algorithm>
#include <cctype>

namespace censo::collector::listen {
namespace {

using cmdb::SchemaFile;
using cmdb::SchemaMapping;
using scanner::Oid;

constexpr std::size_t longest_value = 1'000;

bool is_text(const std::string& octets) {
  return std::ranges::all_of(octets,
                             [](unsigned char c) { return c >= ' ' || c == '\n' || c == '\t' || c == '\r'; });
}

Oid read_oid(SchemaMapping& mapping, std::string_view key, std::string_view text) {
  const auto oid = scanner::parse_oid(text);
  if (oid) return *oid;
  mapping.refuse(key, oid.error().message);
  return {};
}

// The names and what always has a value, for checking forms.
Values known_names(const TrapRules& rules) {
  Values names{{"trap", ""}};
  for (const auto& [name, oid] : rules.variables) names.emplace(name, "");
  return names;
}

void read_when(SchemaFile& file, SchemaMapping& mapping, const TrapRules& rules, TrapRule& rule) {
  for (const auto& [name, values] : mapping.optional_members("when")) {
    if (!rules.variables.contains(name)) mapping.refuse("when", "no variable \"" + name + "\"");
    auto& wanted = rule.values[name];
    for (const auto& value : values->sequence) wanted.push_back(value.scalar);
    if (wanted.empty()) file.refuse(*values, "expected a list of values");
  }
}

TrapRule read_rule(SchemaFile& file, const base::YamlValue& node, const TrapRules& rules) {
  SchemaMapping mapping(file, node,
                        {"trap", "oids", "when", "means", "condition", "severity", "summary", "lasts"});
  TrapRule rule;
  rule.form = read_form(mapping, mapping.name("trap"));
  for (const std::string_view text : mapping.optional_texts("oids")) {
    const bool below = text.ends_with(".*");
    rule.traps.push_back(read_oid(mapping, "oids", below ? text.substr(0, text.size() - 2) : text));
    rule.below.push_back(below);
  }
  read_when(file, mapping, rules, rule);
  const auto known = known_names(rules);
  if (!is_form(rule.form.condition, known)) mapping.refuse("condition", "expected {variable}, {one|another}");
  if (!is_form(rule.form.summary, known)) mapping.refuse("summary", "expected {variable}, {one|another}");
  return rule;
}

TrapRules read_rules(SchemaFile& file) {
  SchemaMapping mapping(file, file.root(), {"variables", "traps"});
  TrapRules rules;
  for (const auto& [name, value] : mapping.optional_members("variables"))
    rules.variables.emplace(name, read_oid(mapping, "variables", value->scalar));
  for (const auto* node : mapping.optional_sequence("traps"))
    rules.rules.push_back(read_rule(file, *node, rules));
  if (rules.rules.empty() || !rules.rules.back().traps.empty() || !rules.rules.back().values.empty())
    mapping.refuse("traps", "expected a last one that fits every trap");
  return rules;
}

bool fits_trap(const TrapRule& rule, const Oid& trap) {
  if (rule.traps.empty()) return true;
  for (std::size_t i = 0; i < rule.traps.size(); ++i)
    if (rule.below[i] ? trap.starts_with(rule.traps[i]) : trap == rule.traps[i]) return true;
  return false;
}

}  // namespace

std::string value_text(const scanner::VarBind& bind) {
  if (const auto* number = std::get_if<std::int64_t>(&bind.value)) return std::to_string(*number);
  if (const auto* number = std::get_if<std::uint64_t>(&bind.value)) return std::to_string(*number);
  if (const auto* oid = std::get_if<Oid>(&bind.value)) return to_text(*oid);
  const auto* octets = std::get_if<std::string>(&bind.value);
  if (!octets) return {};
  const std::span bytes(reinterpret_cast<const std::uint8_t*>(octets->data()), octets->size());
  if (bind.type == scanner::VarType::address && bytes.size() == 4)
    return std::to_string(bytes[0]) + "." + std::to_string(bytes[1]) + "." + std::to_string(bytes[2]) + "." +
           std::to_string(bytes[3]);
  const auto text =
      is_text(*octets) ? *octets : "0x" + base::to_hex(bytes.first(std::min<std::size_t>(bytes.size(), 200)));
  return std::string(base::trim(base::sanitize_utf8(text, longest_value)));
}

base::Result<TrapRules> TrapRules::load(std::span<const base::EmbeddedFile> files) {
  for (const auto& [path, content] : files) {
    if (path != "traps.yaml") continue;
    SchemaFile file(path, content);
    auto rules = read_rules(file);
    if (file.fault()) return *file.fault();
    return rules;
  }
  return base::fail(base::Errc::not_found, "no file traps.yaml");
}

Values TrapRules::values_of(const scanner::Trap& trap) const {
  Values values{{"trap", to_text(trap.trap)}};
  for (const auto& [name, column] : variables) {
    const auto of_column = [&](const scanner::VarBind& bind) { return bind.oid.starts_with(column); };
    const auto found = std::ranges::find_if(trap.binds, of_column);
    if (found != trap.binds.end()) values[name] = value_text(*found);
  }
  return values;
}

const TrapRule& TrapRules::rule_of(const scanner::Trap& trap) const {
  const auto values = values_of(trap);
  const auto has = [&](const auto& wanted) {
    const auto found = values.find(wanted.first);
    return found != values.end() && std::ranges::find(wanted.second, found->second) != wanted.second.end();
  };
  const auto fits = [&](const TrapRule& rule) {
    return fits_trap(rule, trap.trap) && std::ranges::all_of(rule.values, has);
  };
  const auto found = std::ranges::find_if(rules, fits);
  return found == rules.end() ? rules.back() : *found;
}

std::optional<desk::EventMessage> TrapRules::message_of(const scanner::Trap& trap,
                                                        const std::string& address) const {
  const auto& form = rule_of(trap).form;
  if (form.means == Means::nothing) return std::nullopt;
  auto message = listen::message_of(form, values_of(trap));
  message.source = "snmp";
  message.item = trap.agent.empty() ? address : trap.agent;
  for (const auto& name : {trap.engine_id, trap.agent, address})
    if (!name.empty()) message.names.push_back(name);
  std::string details = "Trap " + to_text(trap.trap) + " from " + address + ", " +
                        std::string(name_of(trap.version)) + ", credential " + trap.credential;
  for (const auto& bind : trap.binds) {
    details += "\n" + to_text(bind.oid) + " = " + value_text(bind);
    if (details.size() > desk::longest_details) break;
  }
  message.details = base::sanitize_utf8(details, desk::longest_details);
  return message;
}

}  // namespace censo::collector::listen
