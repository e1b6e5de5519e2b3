#include "collector/access/agent_groups.h"
#include "base/clock.h"
#include "base/config.h"
#include "collector/agent_sections.h"
#include "collector/json_body.h"
#include "collector/route.h"
#include "collector/services.h"

#include <boost/json.hpp>

#include <algorithm>

namespace censo::collector::api {
namespace {

namespace json = boost::json;

constexpr std::int64_t least_interval_ms = 60'000;
constexpr std::int64_t most_interval_ms = std::int64_t{7} * 24 * 3'600'000;

json::object to_json(const access::AgentGroup& group) {
  return {{"name", group.name},
          {"agents", group.agents},
          {"settings", json::parse(group.settings)},
          {"updated_at", json_time(group.updated_at)},
          {"updated_by", group.updated_by}};
}

void check_interval(JsonBody& body, const std::string& text) {
  const auto interval = base::parse_duration_ms(text);
  if (!interval) return body.refuse("interval", interval.error().message);
  if (*interval < least_interval_ms || *interval > most_interval_ms)
    body.refuse("interval", "expected 1m to 7d, found " + text);
}

// A category is a section of an agent's report. A wrong name would quietly exclude nothing.
void check_categories(JsonBody& body, const std::vector<std::string>& names) {
  const auto known = agent_sections();
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (std::find(known.begin(), known.end(), names[i]) != known.end()) continue;
    std::string list;
    for (const auto& name : known) list += (list.empty() ? "" : ", ") + std::string(name);
    body.refuse("exclude/" + std::to_string(i), "expected one of " + list + "; found " + names[i]);
  }
}

json::array array_of(const std::vector<std::string>& texts) {
  return json::array(texts.begin(), texts.end());
}

// What a group's agents are to do otherwise than by themselves; only what the body says.
json::object settings_of(JsonBody& body) {
  json::object settings;
  if (body.has("interval")) {
    const auto interval = body.text("interval", 20);
    if (!body.fault()) check_interval(body, interval);
    settings["interval"] = interval;
  }
  const auto exclude = body.text_list("exclude", 64, 64);
  check_categories(body, exclude);
  if (!exclude.empty()) settings["exclude"] = array_of(exclude);
  if (body.has("include_users")) settings["include_users"] = body.flag_or("include_users", true);
  const auto tags = body.text_list("tags", 32, 64);
  if (!tags.empty()) settings["tags"] = array_of(tags);
  return settings;
}

base::Result<Response> list(store::Transaction& tx, const Request&) {
  return Response::ok(json_items(access::list_agent_groups(tx), to_json));
}

base::Result<Response> show(store::Transaction& tx, const Request& request) {
  const auto group = access::find_agent_group(tx, request.parameter("name"));
  if (!group) return group.error();
  return Response::ok(json::serialize(to_json(*group)));
}

base::Result<Response> put(const Services& services, store::Transaction& tx, const Request& request) {
  JsonBody body(request, {"interval", "exclude", "include_users", "tags"});
  const auto settings = settings_of(body);
  if (const auto fault = body.fault()) return *fault;
  access::AgentGroup group;
  group.name = request.parameter("name");
  group.settings = json::serialize(settings);
  group.updated_at = services.clock.now();
  group.updated_by = request.caller.name;
  if (const auto kept = access::put_agent_group(tx, group); !kept) return kept.error();
  return show(tx, request);
}

base::Result<Response> remove(store::Transaction& tx, const Request& request) {
  const auto removed = access::delete_agent_group(tx, request.parameter("name"));
  if (!removed) return removed.error();
  return Response::no_content();
}

}  // namespace

Routes agent_groups(const Services& services) {
  const auto put_with_services = [&services](store::Transaction& tx, const Request& request) {
    return put(services, tx, request);
  };
  constexpr std::string_view one = "/api/v1/agent-groups/{name}";
  return {{"GET",
           "/api/v1/agent-groups",
           Role::viewer,
           Access::read,
           "Groups of agents and their settings",
           {},
           list},
          {"GET", one, Role::viewer, Access::read, "One group of agents", {}, show},
          {"PUT",
           one,
           Role::admin,
           Access::write,
           "Sets all settings of a group, which is made if it is new",
           {},
           put_with_services},
          {"DELETE", one, Role::admin, Access::write, "Its agents go to the group default", {}, remove}};
}

}  // namespace censo::collector::api
