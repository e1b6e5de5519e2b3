#include "collector/jobs/probe_entry.h"

#include "base/digest.h"
#include "base/id.h"
#include "base/text.h"
#include "collector/jobs/credential_box.h"
#include "collector/scanner/address.h"

#include <boost/json.hpp>

#include <algorithm>
#include <array>

namespace censo::collector::jobs {
namespace {

namespace json = boost::json;
using base::Errc;
using base::fail;

constexpr std::size_t longest_text = 1024, most_members = 2048, most_counts = 64;
constexpr std::array<std::string_view, 4> kinds{"report", "devices", "run", "refused"};
constexpr std::array<std::string_view, 4> states{"running", "done", "failed", "cancelled"};

base::Result<json::object> object_of(std::string_view text) {
  json::error_code error;
  json::parse_options options;
  options.max_depth = 16;
  auto value = json::parse(text, error, {}, options);
  if (error || !value.is_object()) return fail(Errc::malformed, "expected a JSON object", {}, "JSON_SYNTAX");
  return std::move(value.get_object());
}

std::string text_in(const json::object& object, std::string_view name, std::size_t most = longest_text) {
  const auto* value = object.if_contains(name);
  if (value == nullptr || !value->is_string()) return {};
  return base::sanitize_utf8(std::string_view(value->get_string()), most);
}

// It ends up in a line for a shell: base64 of a digest, or nothing.
std::string pin_in(const json::object& object, std::string_view name) {
  constexpr std::size_t digest_length = 44;
  const auto text = text_in(object, name);
  const auto of_base64 = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '/' || c == '=';
  };
  const bool is_pin = text.size() == digest_length && std::all_of(text.begin(), text.end(), of_base64);
  return is_pin ? text : std::string();
}

std::int64_t number_in(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (value == nullptr) return 0;
  json::error_code error;
  const auto number = value->to_number<std::int64_t>(error);
  return error ? 0 : std::max<std::int64_t>(number, 0);
}

bool flag_in(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_bool() && value->get_bool();
}

// The members that are objects.
std::vector<const json::object*> objects_in(const json::object& object, std::string_view name) {
  std::vector<const json::object*> list;
  const auto* value = object.if_contains(name);
  if (value == nullptr || !value->is_array()) return list;
  for (const auto& member : value->get_array())
    if (member.is_object()) list.push_back(&member.get_object());
  return list;
}

std::vector<std::string> texts_in(const json::object& object, std::string_view name) {
  std::vector<std::string> list;
  const auto* value = object.if_contains(name);
  if (value == nullptr || !value->is_array()) return list;
  for (const auto& member : value->get_array()) {
    if (member.is_string() && list.size() < most_members)
      list.push_back(base::sanitize_utf8(std::string_view(member.get_string()), longest_text));
  }
  return list;
}

json::array array_of(const std::vector<std::string>& texts) {
  json::array list;
  for (const auto& text : texts) list.emplace_back(text);
  return list;
}

using Counts = std::map<std::string, std::size_t>;

json::object object_of(const Counts& counts) {
  json::object object;
  for (const auto& [name, count] : counts) object[name] = static_cast<std::int64_t>(count);
  return object;
}

Counts counts_in(const json::object& object, std::string_view name) {
  Counts counts;
  const auto* value = object.if_contains(name);
  if (value == nullptr || !value->is_object()) return counts;
  for (const auto& [key, count] : value->get_object()) {
    if (counts.size() == most_counts) break;
    counts[base::sanitize_utf8(key, 40)] =
        static_cast<std::size_t>(number_in(value->get_object(), std::string_view(key)));
  }
  return counts;
}

RunId run_in(const json::object& object, std::string_view name) {
  const auto id = base::id_from_text(text_in(object, name));
  return RunId(id ? *id : 0);
}

json::object json_of(const scanner::Attempt& attempt) {
  return {{"at", attempt.at},
          {"what", base::sanitize_utf8(attempt.what)},
          {"credential", attempt.credential},
          {"version", attempt.version},
          {"verdict", scanner::name_of(attempt.verdict)},
          {"detail", base::sanitize_utf8(attempt.detail)},
          {"ms", attempt.duration_ms}};
}

json::object json_of(const StoredDevice& device) {
  json::array attempts;
  for (const auto& attempt : device.attempts)
    if (attempts.size() < most_attempts) attempts.push_back(json_of(attempt));
  return {{"address", device.target.address}, {"port", device.target.port},
          {"verdict", device.verdict},        {"detail", base::sanitize_utf8(device.detail)},
          {"credential", device.credential},  {"ms", device.duration_ms},
          {"attempts", std::move(attempts)}};
}

base::Result<StoredDevice> device_from(const json::object& object) {
  StoredDevice device;
  const auto address = scanner::parse_address(text_in(object, "address"));
  if (!address) return fail(Errc::malformed, "expected the device's address", "/about/devices");
  device.target = {scanner::to_text(*address),
                   static_cast<std::uint16_t>(std::min<std::int64_t>(number_in(object, "port"), 65535))};
  device.verdict = scanner::name_of(scanner::verdict_of(text_in(object, "verdict")));
  device.detail = text_in(object, "detail");
  device.credential = text_in(object, "credential", 64);
  device.duration_ms = number_in(object, "ms");
  for (const auto* attempt : objects_in(object, "attempts")) {
    if (device.attempts.size() == most_attempts) break;
    device.attempts.push_back({number_in(*attempt, "at"), text_in(*attempt, "what"),
                               text_in(*attempt, "credential", 64), text_in(*attempt, "version", 8),
                               scanner::verdict_of(text_in(*attempt, "verdict")), text_in(*attempt, "detail"),
                               number_in(*attempt, "ms")});
  }
  return device;
}

json::object json_of(const StoredRun& run) {
  return {{"run", to_text(run.id)},
          {"state", run.state},
          {"detail", base::sanitize_utf8(run.detail)},
          {"total", run.total},
          {"done", run.done},
          {"answered", run.answered},
          {"verdicts", object_of(run.verdicts)},
          {"sweep", object_of(run.sweep)}};
}

base::Result<StoredRun> run_from(const json::object& object) {
  StoredRun run;
  run.id = run_in(object, "run");
  run.state = text_in(object, "state", 16);
  if (!run.id || std::find(states.begin(), states.end(), run.state) == states.end())
    return fail(Errc::malformed, "expected a run and its state", "/about");
  run.detail = text_in(object, "detail");
  run.total = static_cast<std::size_t>(number_in(object, "total"));
  run.done = static_cast<std::size_t>(number_in(object, "done"));
  run.answered = static_cast<std::size_t>(number_in(object, "answered"));
  run.verdicts = counts_in(object, "verdicts");
  run.sweep = counts_in(object, "sweep");
  return run;
}

json::object json_of(const HandedRun& handed) {
  const auto& job = handed.job;
  json::array credentials;
  for (const auto& credential : job.credentials) credentials.emplace_back(secret_text(credential));
  json::object object{{"run", to_text(handed.run)},
                      {"job", job.id},
                      {"ranges", array_of(job.ranges)},
                      {"exclusions", array_of(job.exclusions)},
                      {"port", job.port},
                      {"probe_ports", job.ports.has_value()},
                      {"announcements", job.announcements.has_value()},
                      {"credentials", std::move(credentials)}};
  json::object learnt;
  for (const auto& [address, credential] : job.learnt) learnt[address] = credential;
  if (!learnt.empty()) object["learnt"] = std::move(learnt);
  if (job.window_left_ms) object["window_left_ms"] = *job.window_left_ms;
  if (job.sweep) {
    object["sweep"] = json::object{{"rate", job.sweep->rate}, {"subnet_rate", job.sweep->subnet_rate}};
  }
  return object;
}

base::Result<HandedRun> handed_from(const json::object& object) {
  HandedRun handed;
  handed.run = run_in(object, "run");
  handed.job.id = text_in(object, "job", 64);
  handed.job.ranges = texts_in(object, "ranges");
  handed.job.exclusions = texts_in(object, "exclusions");
  handed.job.port = static_cast<std::uint16_t>(std::min<std::int64_t>(number_in(object, "port"), 65535));
  if (flag_in(object, "probe_ports")) handed.job.ports.emplace();
  if (flag_in(object, "announcements")) handed.job.announcements.emplace();
  if (object.contains("window_left_ms")) handed.job.window_left_ms = number_in(object, "window_left_ms");
  if (const auto* sweep = object.if_contains("sweep"); sweep != nullptr && sweep->is_object()) {
    auto& settings = handed.job.sweep.emplace();
    const auto rate = [&](std::string_view name) {
      const auto number = number_in(sweep->get_object(), name);
      return static_cast<std::uint32_t>(std::clamp<std::int64_t>(number, 1, most_sweep_rate));
    };
    settings.rate = rate("rate");
    settings.subnet_rate = rate("subnet_rate");
  }
  if (const auto* learnt = object.if_contains("learnt"); learnt != nullptr && learnt->is_object()) {
    for (const auto& [address, name] : learnt->get_object())
      if (name.is_string()) handed.job.learnt.emplace(std::string(address), std::string(name.get_string()));
  }
  const auto* credentials = object.if_contains("credentials");
  if (credentials == nullptr || !credentials->is_array())
    return fail(Errc::malformed, "expected the run's credentials", "/runs");
  for (const auto& text : credentials->get_array()) {
    if (!text.is_string()) return fail(Errc::malformed, "expected a credential", "/runs");
    auto credential = credential_from_secret_text(std::string_view(text.get_string()));
    if (!credential) return credential.error();
    handed.job.credentials.push_back(std::move(*credential));
  }
  if (!handed.run || handed.job.id.empty() || handed.job.port == 0)
    return fail(Errc::malformed, "expected a run with its job and port", "/runs");
  return handed;
}

}  // namespace

std::string to_json(std::span<const ProbeEntry> entries) {
  json::array list;
  for (const auto& entry : entries) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(entry.body.data());
    list.push_back(json::object{{"sequence", entry.sequence},
                                {"kind", entry.kind},
                                {"about", json::parse(entry.about)},
                                {"body", base::to_base64url(std::span(bytes, entry.body.size()))}});
  }
  return json::serialize(json::object{{"entries", std::move(list)}});
}

base::Result<std::vector<ProbeEntry>> parse_entries(std::string_view text) {
  if (text.size() > most_delivery_bytes)
    return fail(Errc::limit_exceeded, "the delivery is longer than 4 MiB", {}, "BODY_TOO_LARGE");
  const auto object = object_of(text);
  if (!object) return object.error();
  const auto members = objects_in(*object, "entries");
  if (members.empty() || members.size() > most_entries)
    return fail(Errc::malformed, "expected 1 to 256 entries", "/entries", "TOO_MANY");
  std::vector<ProbeEntry> entries;
  for (const auto* member : members) {
    ProbeEntry entry{number_in(*member, "sequence"), text_in(*member, "kind", 16), {}, {}};
    const auto* about = member->if_contains("about");
    const auto* encoded = member->if_contains("body");
    const bool shaped = about != nullptr && about->is_object() && encoded != nullptr && encoded->is_string();
    const bool rises = entry.sequence > (entries.empty() ? 0 : entries.back().sequence);
    if (!shaped || !rises || std::find(kinds.begin(), kinds.end(), entry.kind) == kinds.end())
      return fail(Errc::malformed, "expected rising numbers, a known kind, about and body", "/entries");
    const auto body = base::from_base64url(std::string_view(encoded->get_string()));
    if (!body) return fail(Errc::malformed, "expected a body in base64url", "/entries");
    entry.about = json::serialize(*about);
    entry.body.assign(body->begin(), body->end());
    entries.push_back(std::move(entry));
  }
  return entries;
}

std::string to_json(const ReportAbout& about) {
  return json::serialize(json::object{{"agent", about.agent_id}, {"serial", about.serial}});
}

ReportAbout parse_report_about(std::string_view text) {
  const auto object = object_of(text);
  if (!object) return {};
  return {text_in(*object, "agent", 64), text_in(*object, "serial", 64)};
}

std::string to_json(const DevicesAbout& about) {
  json::array devices;
  for (const auto& device : about.devices) devices.push_back(json_of(device));
  return json::serialize(
      json::object{{"run", to_text(about.run)}, {"guess", about.guess}, {"devices", std::move(devices)}});
}

base::Result<DevicesAbout> parse_devices_about(std::string_view text) {
  const auto object = object_of(text);
  if (!object) return object.error();
  DevicesAbout about{run_in(*object, "run"), flag_in(*object, "guess"), {}};
  if (!about.run) return fail(Errc::malformed, "expected the run of the devices", "/about/run");
  for (const auto* member : objects_in(*object, "devices")) {
    auto device = device_from(*member);
    if (!device) return device.error();
    about.devices.push_back(std::move(*device));
  }
  return about;
}

std::string to_json(const RefusedAbout& about) {
  return json::serialize(
      json::object{{"why", about.why}, {"reason", about.reason}, {"agent", about.agent_id}});
}

RefusedAbout parse_refused_about(std::string_view text) {
  const auto object = object_of(text);
  if (!object) return {};
  return {text_in(*object, "why", 300), text_in(*object, "reason", 40), text_in(*object, "agent", 64)};
}

std::string progress_json(const StoredRun& run) {
  return json::serialize(json_of(run));
}

base::Result<StoredRun> parse_progress(std::string_view text) {
  const auto object = object_of(text);
  if (!object) return object.error();
  return run_from(*object);
}

std::string to_json(const ProbeCall& call) {
  json::array runs;
  for (const auto& run : call.runs) runs.push_back(json_of(run));
  return json::serialize(json::object{{"version", call.version},
                                      {"waiting", call.waiting},
                                      {"waiting_bytes", call.waiting_bytes},
                                      {"lost", call.lost},
                                      {"api_port", call.api_port},
                                      {"server_pin", call.server_pin},
                                      {"agents_digest", call.agents_digest},
                                      {"runs", std::move(runs)}});
}

base::Result<ProbeCall> parse_call(std::string_view text) {
  const auto object = object_of(text);
  if (!object) return object.error();
  ProbeCall call;
  call.version = text_in(*object, "version", 64);
  call.waiting = number_in(*object, "waiting");
  call.waiting_bytes = number_in(*object, "waiting_bytes");
  call.lost = number_in(*object, "lost");
  call.api_port = std::min<std::int64_t>(number_in(*object, "api_port"), 65'535);
  call.server_pin = pin_in(*object, "server_pin");
  call.agents_digest = text_in(*object, "agents_digest", 64);
  for (const auto* member : objects_in(*object, "runs")) {
    auto run = run_from(*member);
    if (!run) return run.error();
    call.runs.push_back(std::move(*run));
    if (call.runs.size() > most_entries) return fail(Errc::malformed, "too many runs", "/runs", "TOO_MANY");
  }
  return call;
}

std::string to_json(const ProbeAnswer& answer) {
  json::array runs, stop;
  for (const auto& run : answer.runs) runs.push_back(json_of(run));
  for (const auto run : answer.stop) stop.emplace_back(to_text(run));
  json::object object{{"probe", answer.probe},
                      {"delivered", answer.delivered},
                      {"runs", std::move(runs)},
                      {"stop", std::move(stop)},
                      {"agents_digest", answer.agents_digest}};
  if (answer.agents) object["agents"] = json::parse(*answer.agents);
  return json::serialize(object);
}

base::Result<ProbeAnswer> parse_answer(std::string_view text) {
  const auto object = object_of(text);
  if (!object) return object.error();
  ProbeAnswer answer;
  answer.probe = text_in(*object, "probe", 64);
  answer.delivered = number_in(*object, "delivered");
  answer.agents_digest = text_in(*object, "agents_digest", 64);
  if (answer.probe.empty()) return fail(Errc::malformed, "expected the probe's name", "/probe");
  for (const auto* member : objects_in(*object, "runs")) {
    auto handed = handed_from(*member);
    if (!handed) return handed.error();
    answer.runs.push_back(std::move(*handed));
  }
  for (const auto& id : texts_in(*object, "stop"))
    if (const auto run = base::id_from_text(id)) answer.stop.push_back(RunId(*run));
  if (const auto* agents = object->if_contains("agents"); agents != nullptr && agents->is_object())
    answer.agents = json::serialize(*agents);
  return answer;
}

}  // namespace censo::collector::jobs
