#include "base/clock.h"
#include "collector/cli/commands.h"
#include "collector/cli/scan_follow.h"

#include <fmt/core.h>
#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <chrono>
#include <optional>
#include <thread>

namespace censo::cli {
namespace {

const Columns device_columns{{"address", "/address"},       {"port", "/port"},      {"verdict", "/verdict"},
                             {"item", "/ci/name"},          {"class", "/ci/class"}, {"outcome", "/outcome"},
                             {"credential", "/credential"}, {"detail", "/detail"}};
const Columns attempt_columns{{"when", "/at", Show::age}, {"what", "/what"},
                              {"version", "/version"},    {"credential", "/credential"},
                              {"verdict", "/verdict"},    {"took ms", "/duration_ms"},
                              {"detail", "/detail"}};
const Columns sum_columns{{"job", "/job/name"},      {"run", "/id"},
                          {"probe", "/probe"},       {"state", "/state"},
                          {"detail", "/detail"},     {"started", "/started_at", Show::age},
                          {"addresses", "/total"},   {"answered", "/answered"},
                          {"new", "/created"},       {"changed", "/updated"},
                          {"verdicts", "/verdicts"}, {"sweep", "/sweep"}};
const Columns run_columns{{"run", "/id"},          {"job", "/job/name"},
                          {"state", "/state"},     {"started", "/started_at", Show::age},
                          {"addresses", "/total"}, {"answered", "/answered"},
                          {"new", "/created"},     {"changed", "/updated"}};
const Columns job_columns{{"name", "/name"},
                          {"ranges", "/ranges"},
                          {"schedule", "/schedule"},
                          {"credentials", "/credentials"},
                          {"probe", "/probe"},
                          {"windows", "/windows"},
                          {"next run", "/next_run_at"},
                          {"waits", "/waits"},
                          {"last run", "/last_run/state"},
                          {"answered", "/last_run/answered"},
                          {"ended", "/last_run/ended_at", Show::age},
                          {"note", "/last_run/detail"}};

const Columns next_columns{{"windows", "/windows"}, {"next run", "/next_run_at"}, {"waits", "/waits"}};

struct RunArguments {
  std::vector<std::string> ranges, exclusions, credentials, windows;
  std::string job, name, schedule, probe;
  int port = 161;
  bool sweep = false, no_sweep = false;  // the collector decides when neither is said
  std::optional<int> rate, subnet_rate;
  bool no_wait = false, follow = false, now = false, no_windows = false, probe_ports = false,
       announcements = false;
};

constexpr const char* never_ran = "NEVER_RAN";

struct ShowArguments {
  std::string run, address;
};

boost::json::array list_of(const std::vector<std::string>& texts) {
  boost::json::array list;
  for (const auto& text : texts) list.emplace_back(text);
  return list;
}

base::Result<boost::json::value> add_job(ApiClient& client, const RunArguments& arguments) {
  std::string name = arguments.name;
  if (name.empty())
    name = arguments.ranges.front() + " " + base::to_iso8601(base::SystemClock().now()).substr(0, 19);
  boost::json::object body{{"name", name},
                           {"ranges", list_of(arguments.ranges)},
                           {"exclusions", list_of(arguments.exclusions)},
                           {"port", arguments.port},
                           {"credentials", list_of(arguments.credentials)},
                           {"schedule", arguments.schedule}};
  if (arguments.sweep || arguments.no_sweep) body["sweep"] = arguments.sweep;
  if (arguments.probe_ports) body["probe_ports"] = true;
  if (arguments.announcements) body["announcements"] = true;
  if (!arguments.probe.empty()) body["probe"] = arguments.probe;
  if (arguments.rate) body["sweep_rate"] = *arguments.rate;
  if (arguments.subnet_rate) body["subnet_rate"] = *arguments.subnet_rate;
  if (!arguments.windows.empty()) body["windows"] = list_of(arguments.windows);
  return client.post("/api/v1/scan-jobs", body);
}

// The job to run: the named one, or a new one for the given ranges.
base::Result<std::string> job_of(ApiClient& client, const RunArguments& arguments) {
  if (!arguments.job.empty()) return arguments.job;
  if (arguments.ranges.empty())
    return base::fail(base::Errc::invalid_argument, "expected ranges to scan, or --job NAME");
  const auto job = add_job(client, arguments);
  if (!job) return job.error();
  return text_at(*job, "/id");
}

bool ended(const boost::json::value& run) {
  const std::string state = text_at(run, "/state");
  return state != "queued" && state != "running";
}

base::Result<boost::json::value> wait_for(ApiClient& client, const std::string& path) {
  ProgressLine line;
  while (true) {
    auto run = client.get(path);
    if (!run || ended(*run)) return run;
    line.show(progress_of(*run));
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
  }
}

base::Result<void> show_run(ApiClient& client, const boost::json::value& run, Session& session) {
  const std::string path = "/api/v1/scan-runs/" + encoded(text_at(run, "/id"));
  const auto devices = fetch_list(client, path + "/devices", {}, {10'000, {}});
  if (!devices) return devices.error();
  if (session.output.format == Format::json || !session.output.field.empty()) {
    boost::json::object whole = run.as_object();
    whole["devices"] = devices->at("items");
    print_object(whole, run_columns, session.output);
    return {};
  }
  if (session.output.format == Format::table) {
    print_object(run, sum_columns, {});
    print_section("Devices", devices->at("items").as_array(), device_columns);
    return {};
  }
  print_list(*devices, device_columns, session.output);
  return {};
}

// 0: all that answered was read; 7: something answered that could not be read, or nothing did.
int status_of(const boost::json::value& run) {
  if (text_at(run, "/state") != "done") return 1;
  const auto* verdicts = run.as_object().if_contains("verdicts");
  std::int64_t ok = 0, troubled = 0;
  if (verdicts != nullptr && verdicts->is_object())
    for (const auto& [verdict, count] : verdicts->get_object()) {
      if (verdict == "ok")
        ok += count.as_int64();
      else if (verdict != "no_answer" && verdict != "refused" && verdict != "no_snmp")
        troubled += count.as_int64();
    }
  return troubled > 0 || ok == 0 ? 7 : 0;
}

// The devices were shown as they were done; what is left is the sum.
base::Result<void> follow_to_its_end(ApiClient& client, const std::string& id, Session& session) {
  const auto run = follow_run(client, id, session);
  if (!run) return run.error();
  session.exit_status = status_of(*run);
  if (session.output.format != Format::json) print_object(*run, sum_columns, session.output);
  return {};
}

base::Result<void> run_scan(ApiClient& client, const RunArguments& arguments, Session& session) {
  const auto job = job_of(client, arguments);
  if (!job) return job.error();
  const boost::json::object how{{"force", arguments.now}};
  const auto started = client.post("/api/v1/scan-jobs/" + encoded(*job) + "/runs", how);
  if (!started) return started.error();
  const std::string path = "/api/v1/scan-runs/" + encoded(text_at(*started, "/id"));
  if (arguments.no_wait) {
    print_object(*started, run_columns, session.output);
    return {};
  }
  const auto probe = text_at(*started, "/probe");
  message("run " + text_at(*started, "/id") + " goes on in " +
          (probe.empty() ? std::string("the collector") : "the probe " + probe) +
          ", also when this command is stopped");
  if (arguments.follow) return follow_to_its_end(client, text_at(*started, "/id"), session);
  const auto run = wait_for(client, path);
  if (!run) return run.error();
  session.exit_status = status_of(*run);
  return show_run(client, *run, session);
}

// A run by its id, or the newest run of a job by the job's name. Errc::not_found: neither, or a job that
// never ran.
base::Result<boost::json::value> find_run(ApiClient& client, const std::string& name) {
  auto run = client.get("/api/v1/scan-runs/" + encoded(name));
  if (run || run.error().code != base::Errc::not_found) return run;
  const auto job = client.get("/api/v1/scan-jobs/" + encoded(name));
  if (!job) return job.error();
  const std::string last = text_at(*job, "/last_run/id");
  if (last.empty())
    return base::fail(base::Errc::not_found, "scan job \"" + name + "\" has not run yet", {}, never_ran);
  return client.get("/api/v1/scan-runs/" + encoded(last));
}

// Why it was read, or was not: what was tried on it, in turn.
base::Result<void> show_address(ApiClient& client, const boost::json::value& run, const std::string& address,
                                Session& session) {
  const auto device =
      client.get("/api/v1/scan-runs/" + encoded(text_at(run, "/id")) + "/devices/" + encoded(address));
  if (!device) return device.error();
  print_object(*device, device_columns, session.output);
  if (session.output.format == Format::table && session.output.field.empty())
    print_section("Tried", device->at("attempts").as_array(), attempt_columns);
  return {};
}

base::Result<void> show_scan(ApiClient& client, const ShowArguments& arguments, Session& session) {
  const auto run = find_run(client, arguments.run);
  if (!run && run.error().reason == never_ran && arguments.address.empty()) {
    const auto job = client.get("/api/v1/scan-jobs/" + encoded(arguments.run));
    if (!job) return job.error();
    print_object(*job, job_columns, session.output);
    return {};
  }
  if (!run) return run.error();
  if (!arguments.address.empty()) return show_address(client, *run, arguments.address, session);
  const auto name = text_at(*run, "/id") == arguments.run ? std::string() : arguments.run;
  if (session.output.format == Format::table && session.output.field.empty() && !name.empty()) {
    const auto job = client.get("/api/v1/scan-jobs/" + encoded(name));
    if (job) print_object(*job, next_columns, session.output);
  }
  return show_run(client, *run, session);
}

base::Result<void> stop_scan(ApiClient& client, const std::string& name) {
  const auto run = find_run(client, name);
  if (!run) return run.error();
  const auto done =
      client.post("/api/v1/scan-runs/" + encoded(text_at(*run, "/id")) + "/cancel", boost::json::object{});
  if (!done) return done.error();
  return {};
}

// What a new job is made of, but for its name.
void add_job_options(CLI::App* command, const std::shared_ptr<RunArguments>& arguments) {
  command->add_option("ranges", arguments->ranges, "10.0.0.0/24, 10.0.0.5-10.0.0.20, 10.0.0.7");
  command
      ->add_option("--window", arguments->windows,
                   "When it may run: \"mon-fri 22:00-05:00 Europe/Madrid\", or may not: \"forbidden ...\"; "
                   "up to 20")
      ->allow_extra_args(false);
  command->add_option("--exclude", arguments->exclusions, "Leave these addresses out; always wins");
  command->add_option("--credential", arguments->credentials,
                      "Try this credential; up to three, in this order");
  command->add_option("--port", arguments->port, "UDP port")
      ->check(CLI::Range(1, 65535))
      ->capture_default_str();
  command->add_option("--schedule", arguments->schedule, "And repeat it: \"every 4h\", or a cron expression");
  command->add_option("--probe", arguments->probe, "Done by this probe instead of the collector");
  auto* sweep = command->add_flag("--sweep", arguments->sweep,
                                  "Ask all addresses at once first and read those that answer; the default "
                                  "of more than 16 addresses");
  auto* no_sweep =
      command->add_flag("--no-sweep", arguments->no_sweep, "Try each address in turn, with more patience");
  no_sweep->excludes(sweep);
  command->add_option("--rate", arguments->rate, "Probes a second of the sweep (20000)")
      ->check(CLI::Range(1, 1'000'000));
  command->add_option("--subnet-rate", arguments->subnet_rate, "Of these to one /24 or /64 (500)")
      ->check(CLI::Range(1, 1'000'000));
  command->add_flag("--probe-ports", arguments->probe_ports,
                    "Where SNMP reads nothing, try some TCP ports and tell by them what it is");
  command->add_flag(
      "--announcements", arguments->announcements,
      "Where SNMP reads nothing, ask what is announced by mDNS, SSDP, WS-Discovery and NetBIOS");
}

void add_run(CLI::App& scan, Session& session) {
  auto arguments = std::make_shared<RunArguments>();
  auto* command = scan.add_subcommand("run", "Scan ranges now, or run a job now");
  add_job_options(command, arguments);
  command->add_option("--job", arguments->job, "Run this job instead");
  command->add_option("--name", arguments->name, "Keep the job under this name");
  command->add_flag("--now", arguments->now, "Outside of its windows too");
  auto* no_wait = command->add_flag("--no-wait", arguments->no_wait, "Do not wait for the end");
  command->add_flag("--follow", arguments->follow, "Show each device as it is done")->excludes(no_wait);
  command->callback([arguments, &session] {
    session.run([&](ApiClient& client) { return run_scan(client, *arguments, session); });
  });
}

void add_jobs(CLI::App& scan, Session& session) {
  auto* job = scan.add_subcommand("job", "Scan jobs without running them");
  job->require_subcommand(1);
  auto added = std::make_shared<RunArguments>();
  auto* add = job->add_subcommand("add", "Add a job that its schedule runs, or a person");
  add->add_option("name", added->name, "Of the job")->required();
  add_job_options(add, added);
  add->callback([added, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto made = add_job(client, *added);
      if (!made) return made.error();
      print_object(*made, job_columns, session.output);
      return {};
    });
  });
  auto edited = std::make_shared<RunArguments>();
  auto* edit = job->add_subcommand("edit", "Say anew when a job may run, from its next run on");
  edit->add_option("name", edited->name, "Of the job")->required();
  auto* windows = edit->add_option("--window", edited->windows, "These windows instead of those it has")
                      ->allow_extra_args(false);
  auto* none = edit->add_flag("--no-windows", edited->no_windows, "At any time")->excludes(windows);
  edit->callback([edited, none, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      if (edited->windows.empty() && none->count() == 0)
        return base::fail(base::Errc::invalid_argument, "expected --window SPAN, or --no-windows");
      const auto changed = client.put("/api/v1/scan-jobs/" + encoded(edited->name) + "/windows",
                                      boost::json::object{{"windows", list_of(edited->windows)}});
      if (!changed) return changed.error();
      print_object(*changed, job_columns, session.output);
      return {};
    });
  });
}

void add_lists(CLI::App& scan, Session& session) {
  scan.add_subcommand("list", "Scan jobs with their last runs")->callback([&session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto answer = client.get("/api/v1/scan-jobs");
      if (!answer) return answer.error();
      print_list(*answer, job_columns, session.output);
      return {};
    });
  });
  auto job = std::make_shared<std::string>();
  auto settings = std::make_shared<ListSettings>();
  auto* runs = scan.add_subcommand("runs", "Runs, newest first");
  runs->add_option("--job", *job, "Only of this job");
  add_list_options(*runs, *settings);
  runs->callback([job, settings, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto answer = fetch_list(client, "/api/v1/scan-runs", {{"job", *job}}, *settings);
      if (!answer) return answer.error();
      print_list(*answer, run_columns, session.output);
      return {};
    });
  });
}

}  // namespace

void add_scan_commands(CLI::App& app, Session& session) {
  auto* scan = app.add_subcommand("scan", "Network discovery by SNMP");
  scan->require_subcommand(1);
  add_run(*scan, session);
  add_jobs(*scan, session);
  add_lists(*scan, session);
  add_credential_commands(*scan, session);
  add_scan_coverage_commands(*scan, session);

  auto shown = std::make_shared<ShowArguments>();
  auto* show = scan->add_subcommand("show", "A run with its devices: by run id, or the last one of a job");
  show->add_option("run", shown->run, "Run id, or job name")->required();
  show->add_option("--address", shown->address, "This address, with what was tried on it");
  show->callback([shown, &session] {
    session.run([&](ApiClient& client) { return show_scan(client, *shown, session); });
  });

  auto name = std::make_shared<std::string>();
  auto* follow = scan->add_subcommand("follow", "Show each device of a run as it is done, until its end");
  follow->add_option("run", *name, "Run id, or job name")->required();
  follow->callback([name, &session] {
    session.run([&](ApiClient& client) -> base::Result<void> {
      const auto run = find_run(client, *name);
      if (!run) return run.error();
      return follow_to_its_end(client, text_at(*run, "/id"), session);
    });
  });
  auto* stop = scan->add_subcommand("stop", "Stop a run at once");
  stop->add_option("run", *name, "Run id, or job name")->required();
  stop->callback(
      [name, &session] { session.run([&](ApiClient& client) { return stop_scan(client, *name); }); });
  auto* remove = scan->add_subcommand("rm", "Remove a job; its runs stay");
  remove->add_option("job", *name, "Job name")->required();
  remove->callback([name, &session] {
    session.run([&](ApiClient& client) { return client.remove("/api/v1/scan-jobs/" + encoded(*name)); });
  });
}

}  // namespace censo::cli
