#include "desk/mail_rules.h"

#include "base/text.h"
#include "cmdb/history_rules.h"
#include "cmdb/schema_file.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace censo::desk {
namespace {

using cmdb::SchemaFile;
using cmdb::SchemaMapping;

constexpr std::array<std::string_view, 4> receivers{"requester", "assignee", "watchers", "notified"};
// What only the desk sees, and so only an assignee is told.
constexpr std::array<std::string_view, 2> internal_events{"internal_note", "work"};

constexpr std::array<std::string_view, 3> unknown_words{"open", "wait", "drop"};

template <class List>
bool contains(const List& list, std::string_view one) {
  return std::ranges::find(list, one) != list.end();
}

MailText read_text(SchemaMapping& mapping, std::string_view key) {
  auto label = mapping.label(key);
  return {std::move(label.en), std::move(label.es)};
}

void check_receivers(SchemaMapping& mapping, const NoticeRule& rule) {
  if (rule.to.empty()) mapping.refuse("to", "expected at least one");
  for (const auto& one : rule.to)
    if (!contains(receivers, one)) mapping.refuse("to", "expected requester, assignee or watchers");
  const bool internal =
      std::ranges::any_of(rule.events, [](const auto& event) { return contains(internal_events, event); });
  const bool others = std::ranges::any_of(rule.to, [](const auto& one) { return one != "assignee"; });
  if (internal && others) mapping.refuse("to", "what is internal is told to the assignee alone");
}

NoticeRule read_notice(SchemaFile& file, const base::YamlValue& node) {
  SchemaMapping mapping(file, node, {"notice", "kinds", "events", "to", "himself", "subject", "text"});
  NoticeRule rule;
  rule.name = mapping.name("notice");
  rule.kinds = mapping.optional_names("kinds");
  rule.events = mapping.optional_names("events");
  rule.to = mapping.optional_names("to");
  if (mapping.has("himself")) rule.himself = mapping.flag("himself");
  rule.subject = read_text(mapping, "subject");
  rule.text = read_text(mapping, "text");
  if (rule.events.empty()) mapping.refuse("events", "expected at least one");
  check_receivers(mapping, rule);
  return rule;
}

SenderRule read_sender(SchemaFile& file, const base::YamlValue& node) {
  SchemaMapping mapping(file, node, {"sender", "domains", "unknown"});
  SenderRule rule{mapping.name("sender"), mapping.optional_texts("domains"),
                  static_cast<UnknownSender>(mapping.choice("unknown", unknown_words))};
  for (auto& domain : rule.domains) domain = base::to_lower(domain);
  return rule;
}

IncomingRules read_incoming(SchemaFile& file, const base::YamlValue& node) {
  SchemaMapping mapping(file, node, {"limits", "keep", "remember", "senders"});
  IncomingRules rules;
  const base::YamlValue nothing;
  const auto* limits_node = node.find("limits");
  SchemaMapping limits(file, limits_node ? *limits_node : nothing,
                       {"an_hour", "waiting", "waiting_bytes", "bytes"});
  rules.an_hour = limits.count("an_hour", 1, 100'000);
  rules.waiting = limits.count("waiting", 1, 100'000);
  rules.bytes = limits.count("bytes", 1, 64 * 1024 * 1024);
  rules.waiting_bytes = limits.count("waiting_bytes", 1, std::int64_t{1} << 40);
  rules.keep_ms = mapping.length("keep");
  rules.remember_ms = mapping.length("remember");
  if (rules.remember_ms < rules.keep_ms) mapping.refuse("remember", "expected no less than \"keep\"");
  for (const auto* one : mapping.optional_sequence("senders"))
    rules.senders.push_back(read_sender(file, *one));
  if (rules.senders.empty() || !rules.senders.back().domains.empty())
    mapping.refuse("senders", "expected a last one that fits everybody");
  return rules;
}

MailRules read_rules(SchemaFile& file) {
  SchemaMapping mapping(file, file.root(), {"retry", "keep", "marker", "incoming", "notices"});
  MailRules rules;
  const base::YamlValue nothing;
  const auto* node = file.root().find("retry");
  SchemaMapping retry(file, node ? *node : nothing, {"after", "at_most", "give_up_after"});
  rules.retry_after_ms = retry.length("after");
  rules.retry_at_most_ms = retry.length("at_most");
  rules.give_up_after_ms = retry.length("give_up_after");
  rules.keep_ms = mapping.length("keep");
  rules.marker = read_text(mapping, "marker");
  const auto* incoming = file.root().find("incoming");
  rules.incoming = read_incoming(file, incoming ? *incoming : nothing);
  std::set<std::string> names;
  for (const auto* one : mapping.optional_sequence("notices")) {
    rules.notices.push_back(read_notice(file, *one));
    if (!names.insert(rules.notices.back().name).second)
      file.refuse(*one, "\"" + rules.notices.back().name + "\" stands twice");
  }
  return rules;
}

}  // namespace

base::Result<MailRules> MailRules::load(std::span<const base::EmbeddedFile> files) {
  return cmdb::read_schema_file(files, "mail.yaml", read_rules);
}

UnknownSender IncomingRules::unknown_of(std::string_view address) const {
  const auto domain = base::to_lower(address.substr(address.find('@') + 1));
  const auto found = std::ranges::find_if(senders, [&](const SenderRule& rule) {
    return rule.domains.empty() || contains(rule.domains, domain);
  });
  return found->unknown;
}

}  // namespace censo::desk
