#include "collector/jobs/probe_service.h"

#include "base/digest.h"
#include "cmdb/item_text_walk.h"
#include "collector/access/agent_events.h"
#include "collector/access/agent_groups.h"
#include "collector/access/agents.h"
#include "collector/agent_report.h"
#include "collector/jobs/credential_box.h"
#include "collector/jobs/probe_entry.h"
#include "collector/jobs/scan_entry.h"
#include "collector/jobs/scan_times.h"
#include "inventory/report_codec.h"

#include <boost/json.hpp>

#include <algorithm>

namespace censo::collector::jobs {
namespace {

namespace json = boost::json;
using base::Errc;
using base::fail;

constexpr std::size_t kept_runs = 50;    // of each job
constexpr std::ptrdiff_t most_runs = 4;  // at one time in a probe

base::Result<HandedRun> hand_over(store::Transaction& tx, const CredentialBox& box, const StoredRun& run,
                                  base::TimeMs now) {
  const auto stored = find_job(tx, to_text(run.job));
  if (!stored) return stored.error();
  if (place_of_probe(stored->probe) != run.collector)
    return fail(Errc::conflict, "the job is no longer one of this probe");
  HandedRun handed{run.id, scan_of(*stored)};
  handed.job.window_left_ms = window_left_ms(*stored, run, now);
  handed.job.learnt = learnt_credentials(tx, stored->id);
  for (const auto& name : stored->credentials) {
    const auto sealed = sealed_credential(tx, name);
    if (!sealed) return sealed.error();
    auto credential = box.unseal(*sealed, name);
    if (!credential) return credential.error();
    handed.job.credentials.push_back(std::move(*credential));
  }
  return handed;
}

void take_progress(StoredRun& run, const StoredRun& said) {
  run.total = said.total;
  run.done = said.done;
  run.answered = said.answered;
  run.verdicts = said.verdicts;
  run.sweep = said.sweep;
}

// The rest of what has to do with one call.
class Call {
 public:
  Call(store::Transaction& tx, const CredentialBox& box, const base::Clock& clock, ProbeAnswer& answer)
      : tx_(tx), box_(box), now_(clock.now()), answer_(answer) {}

  // It has the run, or its end waits in its spool.
  void goes_on(StoredRun run, const StoredRun& said) {
    if (said.state != "running") return;
    if (run.stop_wanted) answer_.stop.push_back(run.id);
    take_progress(run, said);
    run.state = "running";
    save_run(tx_, run);
  }

  // It has it not: nobody told it, or it lost what it had.
  void begins(StoredRun run) {
    if (run.stop_wanted)
      return end(std::move(run), "cancelled", fail(Errc::cancelled, "stopped before it began"));
    if (!may_begin(tx_, run, now_)) {
      if (run.state == "running")
        end(std::move(run), "cancelled", fail(Errc::cancelled, "its window closed"));
      return;
    }
    auto handed = hand_over(tx_, box_, run, now_);
    if (!handed) return end(std::move(run), "failed", handed.error());
    run.state = "running";
    if (run.started_at == 0) run.started_at = now_;
    save_run(tx_, run);
    answer_.runs.push_back(std::move(*handed));
  }

 private:
  void end(StoredRun run, std::string_view state, const base::Error& why) {
    run.state = state;
    run.detail = base::to_string(why);
    run.ended_at = now_;
    save_run(tx_, run);
  }

  store::Transaction& tx_;
  const CredentialBox& box_;
  const base::TimeMs now_;
  ProbeAnswer& answer_;
};

base::Result<std::string_view> take_report(store::Transaction& tx, const cmdb::IngestTools& tools,
                                           const access::Probe& probe, const ReadEntry& read) {
  const auto about = parse_report_about(read.entry.about);
  const auto agent = access::admit_agent(tx, {about.agent_id, about.serial}, tools.clock.now(), probe.name);
  if (!agent) return agent.error();
  const auto& origin = read.of_agent->report.origin;
  if (origin.kind != inventory::OriginKind::agent || origin.id != about.agent_id)
    return fail(Errc::permission_denied, "the report names another agent than the certificate", "/origin",
                "AGENT_ID_MISMATCH");
  const auto receipt = take_agent_report(tx, tools, *read.of_agent);
  if (!receipt) return receipt.error();
  return name_of(receipt->outcome);
}

base::Result<StoredRun> run_of_probe(store::Transaction& tx, const access::Probe& probe, RunId id) {
  auto run = find_run(tx, to_text(id));
  if (!run) return run.error();
  if (run->collector != place_of_probe(probe.name))
    return fail(Errc::permission_denied, "the run is not one of this probe", "/about/run", "NOT_ITS_RUN");
  return run;
}

base::Result<void> take_devices(store::Transaction& tx, const cmdb::IngestTools& tools,
                                const access::Probe& probe, const ReadEntry& read) {
  const auto about = parse_devices_about(read.entry.about);
  if (!about) return about.error();
  const auto run = run_of_probe(tx, probe, about->run);
  if (!run) return run.error();
  auto sequence =
      tx.query_one("select coalesce(max(sequence), 0) from scan_device where run_id = $1", run->id.value)
          ->integer(0);
  for (auto device : about->devices) {
    device.sequence = ++sequence;
    if (!read.of_device) {
      save_device(tx, run->id, device);
      continue;
    }
    const auto& origin = read.of_device->origin;
    if (origin.kind != inventory::OriginKind::scanner ||
        origin.id != to_text(run->job) + (about->guess ? "/ports" : ""))
      return fail(Errc::permission_denied, "the report names another origin than the run's job", "/origin",
                  "NOT_ITS_RUN");
    FoundDevice found{std::move(device), *read.of_device, about->guess};
    enter_device(tx, {tools.catalog, tools.clock}, run->id, found);
    if (found.device.outcome == "created")
      tx.execute("update scan_run set created = created + 1 where id = $1", run->id.value);
    if (found.device.outcome == "updated")
      tx.execute("update scan_run set updated = updated + 1 where id = $1", run->id.value);
  }
  return {};
}

base::Result<void> take_end(store::Transaction& tx, const access::Probe& probe, const ReadEntry& read,
                            base::TimeMs now) {
  const auto said = parse_progress(read.entry.about);
  if (!said) return said.error();
  auto run = run_of_probe(tx, probe, said->id);
  if (!run) return run.error();
  if (run->ended_at != 0) return {};  // people gave it up meanwhile
  take_progress(*run, *said);
  run->state = said->state;
  run->detail = said->detail;
  run->ended_at = said->state == "running" ? 0 : now;
  save_run(tx, *run);
  if (run->ended_at != 0) drop_old_runs(tx, run->job, kept_runs);
  return {};
}

}  // namespace

std::string agents_json(store::Transaction& tx, std::string_view probe) {
  json::array agents, groups;
  std::vector<std::string> named;
  for (const auto& agent : access::agents_behind(tx, probe)) {
    agents.push_back(json::object{{"id", agent.id},
                                  {"name", agent.name},
                                  {"state", agent.state},
                                  {"serial", agent.serial},
                                  {"previous_serial", agent.previous_serial},
                                  {"group", agent.group},
                                  {"renewed_at", agent.renewed_at},
                                  {"serial_seen", agent.serial_seen}});
    if (std::find(named.begin(), named.end(), agent.group) == named.end()) named.push_back(agent.group);
  }
  for (const auto& name : named) {
    const auto group = access::find_agent_group(tx, name);
    if (group)
      groups.push_back(json::object{{"name", group->name}, {"settings", json::parse(group->settings)}});
  }
  return json::serialize(json::object{{"agents", std::move(agents)}, {"groups", std::move(groups)}});
}

ProbeAnswer answer_call(store::Transaction& tx, const CredentialBox& box, const access::Probe& probe,
                        const ProbeCall& call, const base::Clock& clock) {
  ProbeAnswer answer;
  answer.probe = probe.name;
  answer.delivered = probe.delivered;
  Call work(tx, box, clock, answer);
  auto open = open_runs(tx, place_of_probe(probe.name));
  for (const auto& said : call.runs) {
    const auto same = [&said](const StoredRun& run) { return run.id == said.id; };
    const auto found = std::find_if(open.begin(), open.end(), same);
    if (found != open.end()) {
      work.goes_on(*found, said);
      open.erase(found);
    } else if (said.state == "running") {
      answer.stop.push_back(said.id);  // people gave it up while nothing was heard of the probe
    }
  }
  auto busy = std::count_if(call.runs.begin(), call.runs.end(),
                            [](const StoredRun& run) { return run.state == "running"; });
  for (auto& run : open) {
    if (busy++ >= most_runs) break;
    work.begins(std::move(run));
  }
  auto agents = agents_json(tx, probe.name);
  answer.agents_digest = base::to_hex(base::sha256(agents));
  if (answer.agents_digest != call.agents_digest) answer.agents = std::move(agents);
  return answer;
}

ReadEntry read_entry(ProbeEntry entry, const cmdb::ClassCatalog& catalog) {
  ReadEntry read{std::move(entry), std::nullopt, std::nullopt, std::nullopt};
  const bool of_agent = read.entry.kind == "report";
  if (read.entry.body.empty()) {
    if (of_agent) read.fault = fail(Errc::malformed, "expected a report", "/body");
    return read;
  }
  auto text = inventory::decompress(read.entry.body);
  if (!text) {
    read.fault = text.error();
    return read;
  }
  if (of_agent) {
    auto received = inventory::read_report(std::move(*text), [&catalog](std::string_view class_name) {
      return cmdb::stays_text(catalog, class_name);
    });
    if (received)
      read.of_agent = std::move(*received);
    else
      read.fault = received.error();
    return read;
  }
  auto report = inventory::parse_report(*text);
  if (report)
    read.of_device = std::move(*report);
  else
    read.fault = report.error();
  return read;
}

namespace {

// The probe gives up an entry that was refused: it is counted.
void count_refused(store::Transaction& tx, const access::Probe& probe, const ProbeEntry& entry,
                   const base::Clock& clock) {
  const auto about = parse_refused_about(entry.about);
  tx.execute("update probe set refused = refused + 1, refusal = $2 where name = $1", probe.name, about.why);
  const auto event = access::event_of_refusal(fail(Errc::permission_denied, about.why, {}, about.reason));
  const auto agent = access::find_agent(tx, about.agent_id);
  if (event && agent && agent->probe == probe.name) access::note_agent_event(tx, agent->id, *event, clock);
}

base::Result<void> take_entry(store::Transaction& tx, const cmdb::IngestTools& tools,
                              const access::Probe& probe, const ReadEntry& read, Delivery& delivery) {
  if (read.fault) return *read.fault;
  if (read.entry.kind == "devices") return take_devices(tx, tools, probe, read);
  if (read.entry.kind == "run") return take_end(tx, probe, read, tools.clock.now());
  if (read.entry.kind == "refused") {
    count_refused(tx, probe, read.entry, tools.clock);
    return {};
  }
  const auto outcome = take_report(tx, tools, probe, read);
  if (!outcome) return outcome.error();
  delivery.outcomes.push_back(*outcome);
  return {};
}

}  // namespace

base::Result<Delivery> take_entries(store::Transaction& tx, const cmdb::IngestTools& tools,
                                    const access::Probe& probe, const std::vector<ReadEntry>& entries) {
  Delivery delivery{probe.delivered, {}};
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto& read = entries[i];
    if (read.entry.sequence <= delivery.delivered) continue;
    delivery.delivered = read.entry.sequence;
    const auto taken = take_entry(tx, tools, probe, read, delivery);
    if (taken) continue;
    auto why = base::to_string(taken.error());
    if (!taken.error().reason.empty()) why = taken.error().reason + ": " + why;
    return fail(Errc::malformed, std::move(why), "/entries/" + std::to_string(i), "ENTRY_REFUSED");
  }
  tx.execute("update probe set delivered = $2 where name = $1", probe.name, delivery.delivered);
  return delivery;
}

}  // namespace censo::collector::jobs
