// A collector with probes that enrol, agents behind them, and jobs that they are given.
#pragma once

#include "base/id.h"
#include "collector/access/probes.h"
#include "collector/access/x509.h"
#include "collector/jobs/credential_box.h"
#include "collector/jobs/probe_entry.h"
#include "collector/jobs/scan_store.h"
#include "inventory/report_codec.h"
#include "tests/collector/access/public_key.h"
#include "tests/collector/http/running_server.h"

#include <gtest/gtest.h>
#include <boost/json.hpp>

#include <map>
#include <string>
#include <vector>

namespace censo::collector::http {

class Probes : public testing::Test {
 protected:
  std::string invite(const std::string& name, std::vector<std::string> names = {}) {
    std::string token;
    server.write([&](store::Transaction& tx) {
      token =
          access::invite_probe(tx, server.authority(), {name, names, base::TimeMs{3'600'000}, "test"}, clock)
              .value()
              .token;
    });
    return token;
  }
  EnrolledAgent enrol_probe(const std::string& name) {
    const auto key = access::make_key();
    const auto answer =
        server.ask({"POST", "/api/v1/enrol", {}, enrolment(invite(name), key, true), json_body});
    const auto object = boost::json::parse(answer.body).as_object();
    return {std::string(object.at("agent_id").as_string()),
            std::string(object.at("certificate").as_string()),
            access::to_pem(key),
            {}};
  }
  static std::string enrolment(const std::string& token, const access::Key& key, bool probe) {
    boost::json::object body{{"token", token}, {"public_key", access::public_pem(key)}, {"host_name", "far"}};
    if (probe) body["probe"] = true;
    return boost::json::serialize(body);
  }
  HttpAnswer post(const EnrolledAgent& as, const std::string& path, const std::string& body) {
    return server.ask_as(as, {"POST", path, {}, body, json_body});
  }
  HttpAnswer deliver(const EnrolledAgent& as, const std::vector<jobs::ProbeEntry>& entries) {
    return post(as, "/api/v1/probe/deliveries", jobs::to_json(entries));
  }
  jobs::ProbeAnswer call(const EnrolledAgent& as, jobs::ProbeCall said = {}) {
    return jobs::parse_answer(post(as, "/api/v1/probe/call", jobs::to_json(said)).body).value();
  }
  // An agent that enrolled through the probe.
  EnrolledAgent agent_behind(const EnrolledAgent& probe) {
    const auto key = access::make_key();
    const boost::json::object body{{"token", server.enrolment_token()},
                                   {"public_key", access::public_pem(key)},
                                   {"host_name", "web01"},
                                   {"address", "10.1.1.1"}};
    const auto answer =
        boost::json::parse(post(probe, "/api/v1/probe/enrolments", boost::json::serialize(body)).body);
    const auto pem = std::string(answer.at("certificate").as_string());
    const auto certificate = access::parse_certificate(pem).value();
    return {std::string(answer.at("agent_id").as_string()), pem, access::to_pem(key),
            access::serial_of(*certificate)};
  }
  static jobs::ProbeEntry report_of(std::int64_t number, const EnrolledAgent& agent, std::uint64_t sequence,
                                    const std::string& serial = "SN-1") {
    inventory::Report made;
    made.origin = {inventory::OriginKind::agent, agent.id, "0.1.0"};
    made.sequence = sequence;
    made.taken_at = base::SystemClock().now();
    made.subject_class = "server";
    made.subject_name = "web-" + serial;
    inventory::Section section;
    section.name = "system";
    section.complete = true;
    section.attributes.set("serial_number", serial);
    made.sections.push_back(section);
    inventory::seal(made);
    return {number, "report", jobs::to_json(jobs::ReportAbout{agent.id, agent.serial}),
            inventory::compress(inventory::to_json(made))};
  }
  // A queued run of a job of this probe.
  jobs::StoredRun queue(const std::string& probe, const std::string& name = "far", jobs::StoredJob job = {}) {
    jobs::StoredRun run;
    server.write([&](store::Transaction& tx) {
      scanner::SnmpCredential secret;
      secret.name = "secret";
      secret.community = "site-secret";
      jobs::save_credential(tx, {"secret", "v2c", "", 1},
                            server.services().scans.credential_box().seal(secret));
      job.name = name;
      if (job.ranges.empty()) job.ranges = {"10.9.0.1"};
      job.credentials = {"secret"};
      job.probe = probe;
      const auto added = jobs::add_job(tx, job, clock).value();
      run = jobs::queue_run(tx, added, clock, "here").value();
    });
    return run;
  }
  jobs::StoredRun stored(jobs::RunId id) {
    jobs::StoredRun run;
    server.write([&](store::Transaction& tx) { run = jobs::find_run(tx, to_text(id)).value(); });
    return run;
  }
  access::Probe probe_named(const std::string& name) {
    access::Probe probe;
    server.write([&](store::Transaction& tx) { probe = access::find_probe(tx, name).value(); });
    return probe;
  }
  static jobs::ProbeEntry device_of(std::int64_t number, const jobs::StoredRun& run,
                                    const std::string& origin) {
    jobs::StoredDevice device;
    device.target = {"10.9.0.1", 161};
    device.verdict = "ok";
    inventory::Report made;
    made.origin = {inventory::OriginKind::scanner, origin, "0.1.0"};
    made.taken_at = base::SystemClock().now();
    made.subject_class = "switch";
    made.subject_name = "sw1";
    inventory::Section section;
    section.name = "system";
    section.complete = true;
    section.attributes.set("serial_number", "FOC1");
    made.sections.push_back(section);
    inventory::seal(made);
    return {number, "devices", jobs::to_json(jobs::DevicesAbout{run.id, false, {device}}),
            inventory::compress(inventory::to_json(made))};
  }
  static jobs::ProbeEntry end_of(std::int64_t number, const jobs::StoredRun& run) {
    auto ended = run;
    ended.state = "done";
    ended.total = ended.done = ended.answered = 1;
    ended.verdicts = {{"ok", 1}};
    return {number, "run", jobs::progress_json(ended), {}};
  }
  static std::string reason(const HttpAnswer& answer) {
    return std::string(boost::json::parse(answer.body).at("reason").as_string());
  }
  static std::string detail(const HttpAnswer& answer) {
    return std::string(boost::json::parse(answer.body).at("detail").as_string());
  }
  std::int64_t ci_count() {
    std::int64_t count = 0;
    server.write(
        [&](store::Transaction& tx) { count = tx.query_one("select count(*) from ci")->integer(0); });
    return count;
  }
  static inline const std::map<std::string, std::string> json_body{{"Content-Type", "application/json"}};
  base::SystemClock clock;
  RunningServer server;
};

}  // namespace censo::collector::http
