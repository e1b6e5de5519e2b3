#include "collector/listen/event_form.h"

#include "base/text.h"
#include "cmdb/history_rules.h"
#include "cmdb/schema_file.h"
#include "desk/event.h"

#include <array>
#include <utility>

namespace censo::collector::listen {
namespace {

constexpr std::array<std::string_view, 4> meanings{"begins", "ends", "occurs", "nothing"};

// The first of "a|b" that has a value.
std::string first_of(std::string_view names, const Values& values) {
  for (; !names.empty();) {
    const auto bar = names.find('|');
    const auto found = values.find(std::string(names.substr(0, bar)));
    if (found != values.end() && !found->second.empty()) return found->second;
    names = bar == names.npos ? std::string_view() : names.substr(bar + 1);
  }
  return {};
}

}  // namespace

std::string fill(std::string_view form, const Values& values) {
  std::string text;
  while (!form.empty()) {
    const auto open = form.find('{');
    const auto close = open == form.npos ? form.npos : form.find('}', open);
    text += form.substr(0, open);
    if (close == form.npos) break;
    text += first_of(form.substr(open + 1, close - open - 1), values);
    form = form.substr(close + 1);
  }
  return std::string(base::trim(text));
}

bool is_form(std::string_view form, const Values& known) {
  for (auto open = form.find('{'); open != form.npos; open = form.find('{')) {
    const auto close = form.find('}', open);
    if (close == form.npos) return false;
    auto names = form.substr(open + 1, close - open - 1);
    for (bool more = true; more;) {
      const auto bar = names.find('|');
      if (!known.contains(std::string(names.substr(0, bar)))) return false;
      more = bar != names.npos;
      if (more) names = names.substr(bar + 1);
    }
    form = form.substr(close + 1);
  }
  return true;
}

EventForm read_form(cmdb::SchemaMapping& mapping, std::string rule) {
  EventForm form;
  form.rule = std::move(rule);
  form.means = static_cast<Means>(mapping.choice("means", meanings));
  if (form.means == Means::nothing) return form;
  form.condition = mapping.text("condition");
  form.severity = mapping.optional_text("severity");
  form.summary = mapping.optional_text("summary");
  if (form.means == Means::occurs) form.lasts_ms = mapping.length("lasts");
  if (form.means != Means::occurs && mapping.has("lasts")) mapping.refuse("lasts", "only what occurs lasts");
  return form;
}

desk::EventMessage message_of(const EventForm& form, const Values& values) {
  desk::EventMessage message;
  message.condition = base::sanitize_utf8(fill(form.condition, values), desk::longest_condition);
  message.severity = form.severity;
  message.summary = base::sanitize_utf8(fill(form.summary, values), desk::longest_summary);
  message.firing = form.means != Means::ends;
  message.lasts_ms = form.lasts_ms;
  return message;
}

}  // namespace censo::collector::listen
