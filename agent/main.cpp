// censo-agent: takes an inventory of this machine, shows it, and reports it to a collector.
#include "agent/agent_config.h"
#include "agent/certificate.h"
#include "agent/change_watch.h"
#include "agent/glpi_inventory.h"
#include "agent/idle_memory.h"
#include "agent/renewal.h"
#include "agent/report_table.h"
#include "agent/reporter.h"
#include "agent/run_loop.h"
#include "agent/status.h"
#include "agent/visible_text.h"
#include "base/text.h"
#include "inventory/report_codec.h"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iostream>
#include <random>
#include <thread>

namespace censo::agent {
namespace {

using base::Errc;
using std::chrono::milliseconds;

struct Options {
  std::string config_file = "/etc/censo-agent/agent.yaml";
  std::string state_folder;
  std::string output = "table";
  std::string url, token;
  bool pretty = false;
  bool force = false;
  bool once = false;
  bool origin = false;
};

// docs/agent.md, "Exit codes".
int exit_code(Errc code) {
  switch (code) {
    case Errc::invalid_argument: return 2;
    case Errc::not_found: return 3;
    case Errc::unauthenticated:
    case Errc::permission_denied:
    case Errc::expired: return 4;
    case Errc::conflict:
    case Errc::stale: return 5;
    case Errc::unavailable:
    case Errc::timeout: return 6;
    default: return 1;
  }
}

int failed(const base::Error& error) {
  fmt::print(stderr, "censo-agent: {}\n", visible(base::to_string(error)));
  return exit_code(error.code);
}

int printed(const std::string& text) {
  fmt::print("{}", text);
  return std::fflush(stdout) == 0 ? 0 : 1;
}

base::Result<base::Config> load_config(const Options& options) {
  base::Config::Sources sources;
  sources.main_file = options.config_file;
  sources.directory = (std::filesystem::path(options.config_file).parent_path() / "conf.d").string();
  if (!options.state_folder.empty()) sources.flags["state.folder"] = options.state_folder;
  sources.environment = [](const char* name) -> const char* { return std::getenv(name); };
  return base::Config::load(agent_settings(), sources);
}

base::Result<AgentConfig> agent_config(const Options& options) {
  const auto config = load_config(options);
  if (!config) return config.error();
  return to_agent_config(*config);
}

Surroundings surroundings(const Host& host, const base::Clock& clock) {
  return {host, all_sources(), clock, CENSO_VERSION};
}

std::size_t terminal_width() {
  winsize size{};
  const bool terminal = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return terminal ? size.ws_col : 110;
}

int run_inventory(const Options& options) {
  const auto config = agent_config(options);
  if (!config) return failed(config.error());
  const base::SystemClock clock;
  const auto host = real_host(clock);
  CollectSettings settings;
  settings.excluded_sources = config->excluded_sources;
  settings.include_users = config->include_users;
  settings.privacy = config->privacy;
  settings.version = CENSO_VERSION;
  const auto report = collect_report(*host, all_sources(), settings);
  if (options.output == "table") return printed(to_table(report, terminal_width()));
  if (options.output == "glpi") return printed(to_glpi_json(report) + "\n");
  return printed(options.pretty ? inventory::to_pretty_json(report) + "\n"
                                : inventory::to_json(report) + "\n");
}

// From the command line, standard input ("-") or CENSO_TOKEN: where others can read the processes' arguments,
// the token need not be one.
std::string token_text(const Options& options) {
  if (options.token == "-") {
    std::string line;
    std::getline(std::cin, line);
    return line;
  }
  const char* environment = std::getenv("CENSO_TOKEN");
  return !options.token.empty() || environment == nullptr ? options.token : environment;
}

base::Result<Enrolment> enrol_here(const Options& options, const AgentConfig& config,
                                   const EnrolmentToken& token) {
  const auto lock = StateLock::take(config.state_folder);
  if (!lock) return lock.error();
  const auto present = load_enrolment(config.state_folder);
  if (present && !options.force) {
    return base::fail(Errc::conflict, "already enrolled at " + present->server_url + "; --force enrols anew",
                      config.state_folder);
  }
  auto spool = Spool::open(config.state_folder, config.spool);
  if (!spool) return spool.error();
  char host_name[256] = "";
  ::gethostname(host_name, sizeof host_name - 1);
  auto enrolment =
      enrol(options.url.empty() ? config.server_url : options.url, token, host_name, base::SystemClock());
  if (!enrolment) return enrolment.error();
  spool->clear();  // reports of another agent's id would be refused
  if (auto saved = save_enrolment(config.state_folder, *enrolment); !saved) return saved.error();
  return enrolment;
}

int run_enroll(const Options& options) {
  const auto config = agent_config(options);
  if (!config) return failed(config.error());
  if (auto owner = become_owner_of(config->state_folder); !owner) return failed(owner.error());
  const auto token = parse_enrolment_token(token_text(options));
  if (!token) return failed(base::fail(Errc::invalid_argument, token.error().message));
  const auto enrolment = enrol_here(options, *config, *token);
  if (!enrolment) return failed(enrolment.error());
  const auto certificate = read_certificate(enrolment->certificate_pem);
  if (!certificate) return failed(certificate.error());
  return printed(
      fmt::format("enrolled as {}; the certificate lasts until {} and is renewed by itself\n"
                  "report now: censo-agent run --once; for good: systemctl enable --now censo-agent\n",
                  visible(enrolment->agent_id), base::to_iso8601(certificate->not_after)));
}

// Every state on disk is whole at any moment, so that there is nothing to tidy up
// (docs/decisions/0030-crash-only-agent.md).
extern "C" void stop_at_once(int) {
  ::_exit(0);
}

// SIGHUP (`systemctl reload`) asks for a report now. It waits while the agent is at work.
class WishForReport {
 public:
  WishForReport() {
    sigset_t hang_up;
    sigemptyset(&hang_up);
    sigaddset(&hang_up, SIGHUP);
    ::sigprocmask(SIG_BLOCK, &hang_up, nullptr);
    signals_ = FileDescriptor(::signalfd(-1, &hang_up, SFD_CLOEXEC | SFD_NONBLOCK));
  }
  int descriptor() const { return signals_.get(); }
  bool take() const {
    signalfd_siginfo one;
    return signals_.get() >= 0 && ::read(signals_.get(), &one, sizeof one) == sizeof one;
  }

 private:
  FileDescriptor signals_;
};

RunSteps::Woken wait_for(milliseconds time, ChangeWatch* watch, const WishForReport& wish) {
  give_memory_back();  // what a look needed, nobody needs for an hour
  if (watch != nullptr) {
    if (watch->wait(time, wish.descriptor())) return RunSteps::Woken::changed;
  } else {
    const timespec deadline{time.count() / 1000, (time.count() % 1000) * 1'000'000};
    pollfd signals{wish.descriptor(), POLLIN, 0};
    ::ppoll(&signals, 1, &deadline, nullptr);
  }
  return wish.take() ? RunSteps::Woken::asked : RunSteps::Woken::time_passed;
}

RunSteps::Sending send_oldest(Reporter& reporter) {
  using Next = RunSteps::Sending::Next;
  const auto sent = reporter.send_oldest();
  if (!sent) return {};
  switch (sent->outcome.verdict) {
    case Verdict::try_again: return {Next::later, sent->outcome.retry_after};
    case Verdict::out_of_step: return {Next::report_again, std::nullopt};
    default: return {Next::more, std::nullopt};
  }
}

Renewal renewal_of(Reporter& reporter, const base::Clock& clock) {
  return Renewal(
      {[&reporter] { return reporter.renewal_due(); }, [&reporter] { return reporter.renew_certificate(); }},
      clock);
}

void run_for_good(Reporter& reporter, const AgentConfig& config, const base::Clock& clock) {
  std::signal(SIGTERM, stop_at_once);
  std::signal(SIGINT, stop_at_once);
  std::mt19937 generator{std::random_device{}()};
  std::uniform_real_distribution<double> random;
  RunSteps steps;
  ChangeWatch watch;
  const WishForReport wish;
  steps.take_report = [&](Look look) {
    watch.forget();
    const auto taken = reporter.take_report(look);
    if (!taken) base::log(base::LogLevel::error, "report.failed", base::to_string(taken.error()));
  };
  RunTimes times{reporter.interval(), config.start_splay};
  steps.send_oldest = [&] {
    const auto sending = send_oldest(reporter);
    times.interval = reporter.interval();
    return sending;
  };
  Renewal renewal = renewal_of(reporter, clock);
  steps.renew_if_due = [&renewal] { return renewal.renew_if_due(); };
  steps.now = [] {
    return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now().time_since_epoch());
  };
  steps.wait = [&](milliseconds time, bool watching) {
    return wait_for(time, watching ? &watch : nullptr, wish);
  };
  steps.random = [&] { return random(generator); };
  run_loop(steps, times);
}

// Nobody comes back for what a probe has not answered yet: this waits for it, a while.
void renew_now(Reporter& reporter, const base::Clock& clock) {
  constexpr milliseconds longest = std::chrono::seconds(8);
  Renewal renewal = renewal_of(reporter, clock);
  auto pause = renewal.renew_if_due();
  for (; renewal.waits_for_probe() && pause <= longest; pause = renewal.renew_if_due())
    std::this_thread::sleep_for(pause);
}

// Sends what waits, the new report last, and says what became of that one.
int run_once(Reporter& reporter, const base::Clock& clock) {
  renew_now(reporter, clock);
  const auto report = reporter.take_report();
  if (!report) return failed(report.error());
  while (const auto sent = reporter.send_oldest()) {
    const auto& outcome = sent->outcome;
    const bool ours = sent->sequence == report->sequence;
    if (ours && outcome.verdict == Verdict::accepted) {
      return printed(fmt::format("report {} accepted ({}): {}; configuration item {}\n", sent->sequence,
                                 visible(outcome.outcome), summary(*report), visible(outcome.ci)));
    }
    if (ours || outcome.verdict == Verdict::try_again) return failed(outcome.error);
  }
  return failed(base::fail(Errc::io_failed, "the report is no longer in the spool"));
}

int run_agent(const Options& options) {
  const auto config = agent_config(options);
  if (!config) return failed(config.error());
  if (auto owner = become_owner_of(config->state_folder); !owner) return failed(owner.error());
  base::start_log(options.once ? std::max(config->log_level, base::LogLevel::warning) : config->log_level,
                  ::isatty(STDERR_FILENO) == 0);
  const base::SystemClock clock;
  const auto host = real_host(clock);
  auto reporter = Reporter::open(surroundings(*host, clock), *config);
  if (!reporter) return failed(reporter.error());
  if (options.once) return run_once(*reporter, clock);
  run_for_good(*reporter, *config, clock);
  return 0;
}

int run_status(const Options& options) {
  const auto config = agent_config(options);
  if (!config) return failed(config.error());
  if (auto owner = become_owner_of(config->state_folder); !owner) return failed(owner.error());
  const auto status =
      options.output == "json" ? status_json(*config) : status_text(*config, base::SystemClock().now());
  if (!status) return failed(status.error());
  return printed(options.output == "json" ? *status + "\n" : *status);
}

int run_config_show(const Options& options) {
  const auto config = load_config(options);
  if (!config) return failed(config.error());
  std::string text;
  for (const auto& row : config->shown()) {
    text += options.origin ? fmt::format("{:<26} {:<24} {}\n", row.name, visible(row.value), row.origin)
                           : fmt::format("{:<26} {}\n", row.name, visible(row.value));
  }
  return printed(text);
}

using Command = std::function<int(const Options&)>;

void add_output(CLI::App& command, Options& options, std::vector<std::string> forms) {
  command.add_option("-o,--output", options.output, base::join(forms, ", "))->check(CLI::IsMember(forms));
}

// The commands of this program; the chosen one is left in `chosen`.
void add_commands(CLI::App& app, Options& options, Command& chosen) {
  const auto choose = [&chosen](CLI::App& command, int (*run)(const Options&)) {
    command.callback([&chosen, run] { chosen = run; });
  };
  auto* inventory =
      app.add_subcommand("inventory", "Show what a report of this machine would say; no server, any user");
  add_output(*inventory, options, {"table", "json", "glpi"});
  inventory->add_flag("--pretty", options.pretty, "indent the JSON");
  choose(*inventory, run_inventory);

  auto* enroll = app.add_subcommand("enroll", "Join a collector with an enrolment token");
  enroll->alias("enrol");
  enroll->add_option("URL", options.url, "https://host:8443 (default: the setting server.url)");
  enroll->add_option("TOKEN", options.token,
                     "ENR1.…, or - to read it from standard input (default: $CENSO_TOKEN)");
  enroll->add_flag("--force", options.force, "also when enrolled already");
  choose(*enroll, run_enroll);

  auto* run = app.add_subcommand("run", "Report to the collector, now and every interval");
  run->add_flag("--once", options.once, "one report, then end");
  choose(*run, run_agent);

  auto* status =
      app.add_subcommand("status", "Where this agent is enrolled, its certificate, last report and spool");
  add_output(*status, options, {"table", "json"});
  choose(*status, run_status);

  auto* config = app.add_subcommand("config", "The settings in force");
  auto* show = config->add_subcommand("show", "Every setting with its value");
  show->add_flag("--origin", options.origin, "and where the value was set");
  config->require_subcommand(1);
  choose(*show, run_config_show);
}

constexpr const char* description =
    "Takes an inventory of this machine and reports it to a Censo collector.\n\n"
    "  censo-agent inventory                        look at it, no server needed\n"
    "  censo-agent enroll https://cmdb:8443 TOKEN   join a collector\n"
    "  censo-agent run --once                       send one report\n"
    "  censo-agent status                           see how it fares\n";

int main_of_agent(int argc, char** argv) {
  Options options;
  Command chosen;
  CLI::App app(description, "censo-agent");
  app.set_version_flag("--version", "censo-agent " CENSO_VERSION);
  app.set_help_all_flag("--help-all", "Help of all commands");
  app.add_option("--config", options.config_file, "main settings file; conf.d/*.yaml beside it is read too")
      ->capture_default_str();
  app.add_option("--state-dir", options.state_folder, "state folder (default: the setting state.folder)");
  app.require_subcommand(1);
  app.fallthrough();
  add_commands(app, options, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return chosen(options);
}

}  // namespace
}  // namespace censo::agent

int main(int argc, char** argv) {
  try {
    return censo::agent::main_of_agent(argc, argv);
  } catch (const std::exception& thrown) {
    fmt::print(stderr, "censo-agent: {}\n", thrown.what());
    return 1;
  }
}
