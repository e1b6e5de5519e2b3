#include "collector/event_request.h"

#include "base/text.h"
#include "collector/json_body.h"
#include "desk/event_rules.h"

#include <boost/json.hpp>

#include <string>
#include <utility>

namespace censo::collector {
namespace {

namespace json = boost::json;
using base::Errc;

constexpr std::size_t most_alerts = 2'000;
constexpr std::size_t longest_label = 1'000;

base::TimeMs time_or_none(JsonBody& body, std::string_view field) {
  const auto text = body.text_or(field, 40, "");
  if (text.empty()) return 0;
  const auto time = base::parse_iso8601(text);
  if (time) return *time;
  body.refuse(field, time.error().message);
  return 0;
}

// The member's text, cut; "": there is none.
std::string text_of(const json::object& object, std::string_view name, std::size_t max_bytes) {
  const auto* value = object.if_contains(name);
  const auto* text = value ? value->if_string() : nullptr;
  if (!text) return {};
  const auto clean = base::sanitize_utf8(std::string_view(*text), max_bytes);
  return std::string(base::trim(clean));
}

const json::object& object_at(const json::object& object, std::string_view name) {
  static const json::object none;
  const auto* value = object.if_contains(name);
  const auto* member = value ? value->if_object() : nullptr;
  return member ? *member : none;
}

// An alert's own labels with those that its group has in any case.
class Alert {
 public:
  Alert(const json::object& alert, const json::object& group)
      : alert_(alert),
        labels_(object_at(alert, "labels")),
        annotations_(object_at(alert, "annotations")),
        group_labels_(object_at(group, "commonLabels")),
        group_annotations_(object_at(group, "commonAnnotations")) {}

  desk::EventMessage message(const std::string& receiver, const desk::EventRules& rules) const {
    desk::EventMessage message;
    message.source = receiver;
    message.condition = condition(rules.condition_labels);
    message.item = item(rules.item_labels);
    message.severity = label("severity", desk::longest_severity);
    message.summary = annotation("summary", desk::longest_summary);
    if (message.summary.empty()) message.summary = annotation("title", desk::longest_summary);
    message.details = details();
    message.firing = text_of(alert_, "status", 20) != "resolved";
    const auto began = base::parse_iso8601(text_of(alert_, "startsAt", 40));
    message.began_at = began ? *began : 0;
    message.key = text_of(alert_, "fingerprint", desk::longest_key);
    return message;
  }

 private:
  std::string label(std::string_view name, std::size_t max_bytes) const {
    auto text = text_of(labels_, name, max_bytes);
    return text.empty() ? text_of(group_labels_, name, max_bytes) : text;
  }
  std::string annotation(std::string_view name, std::size_t max_bytes) const {
    auto text = text_of(annotations_, name, max_bytes);
    return text.empty() ? text_of(group_annotations_, name, max_bytes) : text;
  }
  std::string condition(const std::vector<std::string>& labels) const {
    auto text = label("alertname", desk::longest_condition);
    if (text.empty()) text = "alert without a name";
    for (const auto& name : labels) {
      const auto value = label(name, longest_label);
      if (!value.empty()) text += " " + value;
    }
    return base::sanitize_utf8(text, desk::longest_condition);
  }
  std::string item(const std::vector<std::string>& labels) const {
    for (const auto& name : labels)
      if (auto value = label(name, desk::longest_item); !value.empty()) return value;
    return {};
  }
  std::string details() const {
    auto text = annotation("description", desk::longest_details / 2);
    const std::pair<std::string_view, std::string> links[]{
        {"runbook_url", annotation("runbook_url", longest_label)},
        {"generatorURL", text_of(alert_, "generatorURL", longest_label)}};
    for (const auto& [name, link] : links)
      if (!link.empty()) text += (text.empty() ? "" : "\n") + std::string(name) + ": " + link;
    for (const auto& [name, value] : labels_) {
      if (!value.is_string()) continue;
      const auto clean = base::sanitize_utf8(std::string_view(value.get_string()), longest_label);
      text += (text.empty() ? "" : "\n") + base::sanitize_utf8(std::string_view(name), 100) + "=" + clean;
      if (text.size() > desk::longest_details) break;
    }
    return base::sanitize_utf8(text, desk::longest_details);
  }

  const json::object& alert_;
  const json::object& labels_;
  const json::object& annotations_;
  const json::object& group_labels_;
  const json::object& group_annotations_;
};

base::Result<json::object> parse_group(std::string_view body) {
  boost::system::error_code code;
  json::parse_options options;
  options.max_depth = 16;
  auto value = json::parse(body, code, {}, options);
  if (code)
    return base::fail(Errc::malformed, "expected JSON, found a fault: " + code.message(), "", "JSON_SYNTAX");
  if (!value.is_object()) return base::fail(Errc::malformed, "expected a JSON object", "", "WRONG_TYPE");
  return std::move(value.as_object());
}

}  // namespace

base::Result<desk::EventMessage> event_of(const Request& request) {
  JsonBody body(
      request, {"source", "condition", "item", "severity", "summary", "details", "state", "began_at", "key"});
  desk::EventMessage message;
  message.source = body.text_or("source", desk::longest_source, "");
  message.key = body.text_or("key", desk::longest_key, "");
  message.condition = body.text_or("condition", desk::longest_condition, message.key);
  if (message.condition.empty()) body.refuse("condition", "expected a condition or a key", "MISSING_FIELD");
  message.item = body.text("item", desk::longest_item);
  message.severity = body.text_or("severity", desk::longest_severity, "");
  message.summary = body.text_or("summary", desk::longest_summary, "");
  message.details = body.text_or("details", desk::longest_details, "");
  message.began_at = time_or_none(body, "began_at");
  const auto state = body.text_or("state", 20, "firing");
  if (state != "firing" && state != "resolved") body.refuse("state", "expected firing or resolved");
  message.firing = state == "firing";
  if (const auto fault = body.fault()) return *fault;
  return message;
}

base::Result<AlertGroup> alerts_of(std::string_view body, const desk::EventRules& rules) {
  const auto group = parse_group(body);
  if (!group) return group.error();
  if (text_of(*group, "version", 20) != "4")
    return base::fail(Errc::malformed, "expected a webhook of Alertmanager, version 4", "/version",
                      "BAD_VALUE");
  const auto* value = group->if_contains("alerts");
  const auto* alerts = value ? value->if_array() : nullptr;
  if (!alerts) return base::fail(Errc::malformed, "expected a list of alerts", "/alerts", "WRONG_TYPE");
  if (alerts->size() > most_alerts)
    return base::fail(Errc::malformed, "expected at most 2000 alerts", "/alerts", "TOO_MANY");
  AlertGroup found;
  const auto receiver = text_of(*group, "receiver", desk::longest_source);
  for (const auto& one : *alerts) {
    const auto* alert = one.if_object();
    if (alert) {
      found.events.push_back(Alert(*alert, *group).message(receiver, rules));
    } else {
      ++found.unreadable;
    }
  }
  const auto* truncated = group->if_contains("truncatedAlerts");
  const auto* count = truncated ? truncated->if_int64() : nullptr;
  found.left_out = count && *count > 0 ? *count : 0;
  return found;
}

}  // namespace censo::collector
