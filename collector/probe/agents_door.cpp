#include "collector/probe/agents_door.h"

#include "base/text.h"
#include "collector/access/agent_groups.h"
#include "collector/jobs/probe_entry.h"
#include "collector/json_body.h"
#include "collector/probe/spool.h"
#include "inventory/report_codec.h"

#include <boost/json.hpp>

#include <memory>

namespace censo::collector::probe {
namespace {

namespace json = boost::json;
using base::Errc;
using base::fail;

// The centre's answer, with the way to report for whoever called us so.
base::Result<Response> passed_on(const Door& door, const Request& request, const Question& question) {
  const auto state = door.questions.ask(question, door.clock.now());
  if (state.asked == QuestionBoard::Asked::full)
    return fail(Errc::unavailable, "too many wait for the collector; try again later", {}, "QUEUE_FULL");
  if (state.asked == QuestionBoard::Asked::new_one) door.wake();
  if (!state.answer)
    return fail(Errc::unavailable,
                state.put_off.empty() ? "passed on to the collector; ask the same again in a moment"
                                      : "passed on, and the collector cannot answer now: " + state.put_off,
                {}, "PASSED_ON");
  if (state.answer->status != 201) return error_of(*state.answer);
  json::error_code error;
  auto value = json::parse(state.answer->body, error);
  if (error || !value.is_object())
    return fail(Errc::unavailable, "the collector's answer is no certificate", {}, "BAD_ANSWER");
  value.get_object()["report_url"] =
      "https://" + request.host + ":" + std::to_string(door.agents_port) + "/api/v1/reports";
  return Response::created(json::serialize(value));
}

base::Result<Response> enrol(const Door& door, const Request& request) {
  JsonBody body(request, {"token", "public_key", "host_name"});
  const auto token = body.text("token", 150), key = body.text("public_key", 1024),
             host = body.text("host_name", 255);
  if (const auto fault = body.fault()) return *fault;
  const json::object question{
      {"token", token}, {"public_key", key}, {"host_name", host}, {"address", request.caller.address}};
  return passed_on(door, request,
                   {"/api/v1/probe/enrolments", json::serialize(question),
                    token + "\n" + host + "\n" + request.caller.address});
}

base::Result<Response> renew(const Door& door, const Request& request) {
  JsonBody body(request, {"public_key"});
  const auto key = body.text("public_key", 1024);
  if (const auto fault = body.fault()) return *fault;
  const json::object question{
      {"agent", request.caller.agent_id}, {"serial", request.caller.certificate_serial}, {"public_key", key}};
  return passed_on(door, request,
                   {"/api/v1/probe/agent-renewals", json::serialize(question), request.caller.agent_id});
}

// Read as the centre will read it, so that the agent hears at once what is wrong with it.
struct TakenReport {
  std::uint64_t sequence = 0;
  std::string digest, body;  // compressed
};

base::Result<TakenReport> read_report(const Request& request) {
  const auto media_type = base::trim(base::split(request.content_type, ';').front());
  if (!base::equal_ignoring_case(media_type, "application/json"))
    return fail(Errc::unsupported, "expected Content-Type: application/json", "Content-Type");
  const bool packed = base::equal_ignoring_case(request.content_encoding, "zstd");
  if (!packed && !request.content_encoding.empty())
    return fail(Errc::unsupported, "expected Content-Encoding: zstd", "Content-Encoding",
                "ENCODING_UNSUPPORTED");
  auto text = packed ? inventory::decompress(request.body) : base::Result<std::string>(request.body);
  if (!text) return text.error();
  const auto received = inventory::read_report(*text, [](std::string_view) { return true; });
  if (!received) return received.error();
  const auto& report = received->report;
  if (report.origin.kind != inventory::OriginKind::agent || report.origin.id != request.caller.agent_id)
    return fail(Errc::permission_denied, "the report names another agent than the certificate", "/origin/id",
                "AGENT_ID_MISMATCH");
  return TakenReport{report.sequence, inventory::content_digest(*received),
                     packed ? request.body : inventory::compress(*text)};
}

base::Result<Response> keep(const Door& door, store::Transaction& tx, const Request& request,
                            const TakenReport& report) {
  const jobs::ReportAbout about{request.caller.agent_id, request.caller.certificate_serial};
  add_entry(tx, {0, "report", jobs::to_json(about), report.body}, door.spool_bytes, door.clock);
  auto response = Response::accepted(json::serialize(
      json::object{{"outcome", "passed_on"},
                   {"ci", ""},
                   {"sequence", report.sequence},
                   {"digest", report.digest},
                   {"settings", json::parse(access::settings_of_agent(tx, request.caller.agent_id))}}));
  response.after_commit = door.wake;
  return response;
}

base::Result<Handler> prepare_report(const Door& door, const Request& request) {
  auto report = read_report(request);
  if (!report) return report.error();
  // Shared because a Handler is copied; never changed from here on.
  const auto shared = std::make_shared<const TakenReport>(std::move(*report));
  return Handler(
      [&door, shared](store::Transaction& tx, const Request& from) { return keep(door, tx, from, *shared); });
}

std::string text_in(const json::object& object, std::string_view name, std::size_t most) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string()
             ? base::sanitize_utf8(std::string_view(value->get_string()), most)
             : std::string();
}

std::int64_t number_in(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_int64() ? value->get_int64() : 0;
}

void store_agent(store::Transaction& tx, const json::object& agent) {
  tx.execute(
      "insert into agent (id, name, state, enrolled_at, enrolled_from, enrolment_token_id, generation, "
      "serial, "
      "previous_serial, renewed_at, certificate_expires_at, group_name, serial_seen) "
      "values ($1, $2, $3, 0, '', 0, 1, $4, $5, $6, 0, $7, $8) on conflict (id) do nothing",
      text_in(agent, "id", 64), text_in(agent, "name", 255), text_in(agent, "state", 16),
      text_in(agent, "serial", 64), text_in(agent, "previous_serial", 64), number_in(agent, "renewed_at"),
      text_in(agent, "group", 40), number_in(agent, "serial_seen"));
}

void store_group(store::Transaction& tx, const json::object& group) {
  const auto* settings = group.if_contains("settings");
  if (settings == nullptr || !settings->is_object()) return;
  tx.execute(
      "insert into agent_group (name, settings, updated_at, updated_by) values ($1, $2, 0, '') "
      "on conflict (name) do update set settings = excluded.settings",
      text_in(group, "name", 40), json::serialize(*settings));
}

}  // namespace

base::Result<void> store_agents(store::Transaction& tx, std::string_view text) {
  json::error_code error;
  const auto value = json::parse(text, error);
  const auto list = [&](std::string_view name) {
    const auto* member = !error && value.is_object() ? value.get_object().if_contains(name) : nullptr;
    return member != nullptr && member->is_array() ? &member->get_array() : nullptr;
  };
  const auto* agents = list("agents");
  const auto* groups = list("groups");
  if (agents == nullptr || groups == nullptr)
    return fail(Errc::malformed, "expected the agents behind this probe and their groups");
  tx.execute("delete from agent");
  for (const auto& agent : *agents)
    if (agent.is_object()) store_agent(tx, agent.get_object());
  for (const auto& group : *groups)
    if (group.is_object()) store_group(tx, group.get_object());
  return {};
}

Routes door_routes(const Door& door) {
  const auto with_door = [&door](auto answer) {
    return [&door, answer](store::Transaction&, const Request& request) { return answer(door, request); };
  };
  const auto healthy = [](store::Transaction&, const Request&) -> base::Result<Response> {
    return Response::ok("{\"status\":\"ok\"}");
  };
  return {{"GET", "/healthz", Role::none, Access::read, "The probe answers", {}, healthy},
          {"POST",
           "/api/v1/enrol",
           Role::none,
           Access::write,
           "Passes a host's enrolment on",
           {},
           with_door(enrol)},
          {"POST",
           "/api/v1/reports",
           Role::agent,
           Access::write,
           "Takes an agent's report to pass it on",
           {},
           {},
           [&door](const Request& request) { return prepare_report(door, request); }},
          {"POST",
           "/api/v1/renew",
           Role::agent,
           Access::write,
           "Passes an agent's renewal on",
           {},
           with_door(renew)}};
}

}  // namespace censo::collector::probe
