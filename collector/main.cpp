// censo-collector: takes reports, scans the network, answers the API.
#include "base/clock.h"
#include "base/file.h"
#include "base/id.h"
#include "cmdb/store/database.h"
#include "cmdb/store/location.h"
#include "collector/access/agent_groups.h"
#include "collector/access/api_tokens.h"
#include "collector/access/certificate_authority.h"
#include "collector/access/enrolment_tokens.h"
#include "collector/collector.h"
#include "collector/collector_config.h"
#include "collector/database_commands.h"
#include "collector/device_commands.h"
#include "collector/folder_lock.h"
#include "collector/probe/identity.h"
#include "collector/probe/probe.h"
#include "collector/probe/service_user.h"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>
#include <CLI/CLI.hpp>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <filesystem>
#include <functional>
#include <string>

namespace censo::collector {
namespace {

constexpr int start_anew = 75;  // EX_TEMPFAIL: the service manager starts it again

struct Options {
  std::string config_file = "/etc/censo/collector.yaml";
  std::map<std::string, std::string> flags;  // setting name -> value
  std::string name = "command line", role, expires;
  std::int64_t uses = 1;
  bool origin = false;
  std::string file;  // of backup, restore, export, import
  bool dry_run = false, without_keys = false, force = false;
  std::string definitions, output = "jsonl";  // of the device commands
  std::string url, token;                     // of probe enrol
};

int failed(const base::Error& error) {
  fmt::print(stderr, "censo-collector: {}\n", base::to_string(error));
  return error.code == base::Errc::invalid_argument ? 2 : 1;
}

base::Result<base::Config> load_config(const Options& options) {
  base::Config::Sources sources;
  sources.main_file = options.config_file;
  sources.directory = (std::filesystem::path(options.config_file).parent_path() / "conf.d").string();
  sources.flags = options.flags;
  sources.environment = [](const char* name) -> const char* { return std::getenv(name); };
  return base::Config::load(collector_settings(), sources);
}

base::Result<CollectorConfig> collector_config(const Options& options) {
  const auto config = load_config(options);
  if (!config) return config.error();
  return read_config(*config);
}

// Keys and tokens are in this process's memory: no core file, no debugger of the same user. Sanitizers need
// both.
void protect_memory() {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  ::prctl(PR_SET_DUMPABLE, 0);
#endif
}

void allow_open_files() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
}

void greet(const Collector& collector, const CollectorConfig& config) {
  fmt::print("censo-collector {} answers on port {} (API) and {} (agents)\n", CENSO_VERSION,
             collector.api_port(), collector.agents_port());
  if (collector.first_start()) {
    fmt::print("First start: new certificate authority, SHA-256 {}\n", collector.authority_fingerprint());
    fmt::print("An admin's API token is in {}/admin-token\n", config.state_dir);
  }
  std::fflush(stdout);
}

// Until a signal asks for the end, or the database can no longer be trusted.
template <class Program>
int wait_for_end(const sigset_t& signals, const Program& program) {
  constexpr timespec second{1, 0};
  for (;;) {
    if (sigtimedwait(&signals, nullptr, &second) > 0) return 0;
    if (const auto failure = program.failure(); !failure.empty()) {
      fmt::print(stderr, "censo-collector: {}; ends to start anew\n", failure);
      return start_anew;
    }
  }
}

// What the process needs before any thread starts; the signals that end it.
sigset_t prepare_process(const CollectorConfig& config) {
  base::start_log(config.log_level, config.log_json);
  protect_memory();
  allow_open_files();
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // all threads inherit it
  return signals;
}

int run(const Options& options) {
  const auto config = collector_config(options);
  if (!config) return failed(config.error());
  const auto signals = prepare_process(*config);
  const base::SystemClock clock;
  const auto collector = Collector::start(*config, clock, CENSO_VERSION);
  if (!collector) return failed(collector.error());
  greet(**collector, *config);
  const int status = wait_for_end(signals, **collector);
  (*collector)->stop();
  return status;
}

int run_probe(const Options& options) {
  const auto config = collector_config(options);
  if (!config) return failed(config.error());
  const auto signals = prepare_process(*config);
  const base::SystemClock clock;
  const auto started = probe::Probe::start(*config, clock, CENSO_VERSION);
  if (!started) return failed(started.error());
  const auto& running = **started;
  fmt::print("censo-collector {} is the probe {} of {}", CENSO_VERSION, running.name(), running.centre());
  if (running.agents_port() != 0)
    fmt::print("; it answers on port {} (enrolment) and {} (agents)", running.api_port(),
               running.agents_port());
  fmt::print("\n");
  std::fflush(stdout);
  const int status = wait_for_end(signals, running);
  (*started)->stop();
  return status;
}

int enrol_probe(const Options& options) {
  const auto config = collector_config(options);
  if (!config) return failed(config.error());
  if (const auto become = probe::become_service_user(config->state_dir); !become)
    return failed(become.error());
  if (const auto folder = base::make_private_folder(config->state_dir); !folder)
    return failed(folder.error());
  const auto lock = FolderLock::take(config->state_dir);
  if (!lock) return failed(lock.error());
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  const auto identity = probe::enrol(options.url, options.token, host.data());
  if (!identity) return failed(identity.error());
  if (const auto saved = probe::save_identity(config->state_dir, *identity); !saved)
    return failed(saved.error());
  fmt::print("This is the probe {} of {} now; start it: systemctl enable --now censo-probe\n", identity->name,
             identity->agents_url);
  return 0;
}

// Runs beside a collector: the database takes one writer at a time and lets the other wait.
int write_token(const CollectorConfig& config,
                const std::function<base::Result<std::string>(store::Transaction&)>& make) {
  if (!store::is_postgres(config.database) && !std::filesystem::exists(config.database)) {
    return failed(base::fail(base::Errc::not_found, "no collector has started with this state folder yet",
                             config.state_dir));
  }
  store::Database database({config.database, 1});
  std::string token;
  const auto written = database.write([&](store::Transaction& tx) -> store::Outcome {
    auto made = make(tx);
    if (!made) return made.error();
    token = std::move(*made);
    return {};
  });
  if (!written) return failed(written.error());
  fmt::print("{}\n", token);
  return std::fflush(stdout) == 0 ? 0 : 1;
}

int make_api_token(const Options& options) {
  const auto config = collector_config(options);
  if (!config) return failed(config.error());
  const auto role = parse_role(options.role);
  if (!role) return failed(role.error());
  const auto lifetime = base::parse_duration_ms(options.expires.empty() ? "90d" : options.expires);
  if (!lifetime) return failed(lifetime.error());
  const base::SystemClock clock;
  return write_token(*config, [&](store::Transaction& tx) -> base::Result<std::string> {
    auto made = access::make_api_token(tx, {options.name, *role, *lifetime, "command line"}, clock);
    if (!made) return made.error();
    return made->token;
  });
}

int make_enrolment_token(const Options& options) {
  const auto config = collector_config(options);
  if (!config) return failed(config.error());
  const auto lifetime = base::parse_duration_ms(options.expires.empty() ? "24h" : options.expires);
  if (!lifetime) return failed(lifetime.error());
  const base::SystemClock clock;
  const auto authority = access::CertificateAuthority::open(authority_folder(config->state_dir), clock.now());
  if (!authority) return failed(authority.error());
  const access::NewEnrolmentToken wanted{options.name,
                                         *lifetime,
                                         options.uses,
                                         "command line",
                                         authority->public_key_pin(),
                                         std::string(access::default_group),
                                         {}};
  return write_token(*config, [&](store::Transaction& tx) -> base::Result<std::string> {
    auto made = access::make_enrolment_token(tx, wanted, clock);
    if (!made) return made.error();
    return made->token;
  });
}

int show_config(const Options& options) {
  const auto config = load_config(options);
  if (!config) return failed(config.error());
  for (const auto& row : config->shown()) {
    fmt::print("{} = {}{}\n", row.name, store::shown_location(row.value),
               options.origin ? "  # " + row.origin : "");
  }
  const auto checked = read_config(*config);
  return checked ? 0 : failed(checked.error());
}

using Command = std::function<int(const Options&)>;

void add_setting(CLI::App& app, Options& options, const std::string& flag, const std::string& setting) {
  const auto keep = [&options, setting](const std::string& value) { options.flags[setting] = value; };
  app.add_option_function<std::string>(flag, keep, "the setting " + setting);
}

void add_commands(CLI::App& app, Options& options, Command& chosen) {
  const auto choose = [&chosen](CLI::App& command, Command what) {
    command.callback([&chosen, what] { chosen = what; });
  };
  auto* run_command = app.add_subcommand("run", "Answer the API and the agents until told to stop");
  add_setting(*run_command, options, "--listen", "listen");
  add_setting(*run_command, options, "--agent-listen", "agent_listen");
  choose(*run_command, run);

  auto* token = app.add_subcommand("token", "API tokens, for people's programs");
  auto* create = token->add_subcommand("create", "Make one and print it, once");
  create->add_option("--role", options.role, "viewer, technician, admin, event_sender or calendar_reader")
      ->required();
  create->add_option("--name", options.name, "whose it is")->required();
  create->add_option("--expires", options.expires, "how long it lives (default 90d)");
  token->require_subcommand(1);
  choose(*create, make_api_token);

  auto* enrolment = app.add_subcommand("enrolment-token", "Tokens that let hosts enrol");
  auto* make = enrolment->add_subcommand("create", "Make one and print it, once");
  make->add_option("--name", options.name, "what it is for");
  make->add_option("--expires", options.expires, "how long it lives (default 24h)");
  make->add_option("--uses", options.uses, "how many hosts may use it (default 1)");
  enrolment->require_subcommand(1);
  choose(*make, make_enrolment_token);

  auto* config = app.add_subcommand("config", "The settings in force");
  auto* show = config->add_subcommand("show", "Every setting with its value");
  show->add_flag("--origin", options.origin, "and where the value was set");
  config->require_subcommand(1);
  choose(*show, show_config);
}

// A command that works on the database of the settings.
Command on_database(int (*what)(const CollectorConfig&, const Options&)) {
  return [what](const Options& options) {
    const auto config = collector_config(options);
    return config ? what(*config, options) : failed(config.error());
  };
}

void add_database_commands(CLI::App& app, Options& options, Command& chosen) {
  const auto add = [&](const char* name, const char* text, const char* file,
                       int (*what)(const CollectorConfig&, const Options&)) {
    auto* command = app.add_subcommand(name, text);
    if (file) command->add_option("FILE", options.file, file)->required();
    command->callback([&chosen, what] { chosen = on_database(what); });
    return command;
  };
  add("migrate", "Bring the database's schema up to date", nullptr,
      [](const auto& config, const auto& given) { return migrate_database(config, given.dry_run); })
      ->add_flag("--dry-run", options.dry_run, "only say from which version to which");
  add("backup", "Everything into one file, while the collector runs", "a file that does not exist yet",
      [](const auto& config, const auto& given) { return back_up(config, given.file, given.without_keys); })
      ->add_flag("--without-keys", options.without_keys, "leave out the authority's and the scanner's key");
  add("restore", "A backup into an empty state folder", "made by backup",
      [](const auto& config, const auto& given) { return restore(config, given.file, given.force); })
      ->add_flag("--force", options.force, "move what is there aside");
  add("check", "Look for what must not be; exit status 8 when there is something", nullptr,
      [](const auto& config, const auto&) { return check_database(config); });
  add("export", "The database without keys into one file, for another engine",
      "a file that does not exist yet",
      [](const auto& config, const auto& given) { return export_database(config, given.file); });
  add("import", "An exported file into a database without rows", "made by export or backup",
      [](const auto& config, const auto& given) { return import_database(config, given.file); });
}

void add_device_commands(CLI::App& app, Options& options, Command& chosen) {
  auto* device = app.add_subcommand("device", "Device definitions, tried on recordings");
  device->require_subcommand(1);
  auto* replay = device->add_subcommand("replay", "What a scan of each recorded device would find");
  replay->add_option("DIR", options.file, "a folder of .snmprec files")->required();
  replay->add_option("-o,--output", options.output, "jsonl")->check(CLI::IsMember({"jsonl"}));
  replay->callback([&chosen] {
    chosen = [](const Options& given) { return replay_devices(given.file, given.definitions); };
  });
  auto* test = device->add_subcommand("test", "Which definition fits a recorded device, and why");
  test->add_option("FILE", options.file, "a .snmprec file")->required();
  test->callback([&chosen] {
    chosen = [](const Options& given) { return test_device(given.file, given.definitions); };
  });
  for (auto* command : {replay, test})
    command->add_option("--definitions", options.definitions, "a folder with definitions of your own");
}

void add_probe_commands(CLI::App& app, Options& options, Command& chosen) {
  auto* probe = app.add_subcommand("probe", "A probe: scans a remote site for its collector");
  probe->require_subcommand(1);
  auto* enrol = probe->add_subcommand("enrol", "Join a collector, with a token of: censo probe invite NAME");
  enrol->add_option("URL", options.url, "of the collector: https://HOST:8443")->required();
  enrol->add_option("TOKEN", options.token, "ENR1...., good once")->required();
  enrol->callback([&chosen] { chosen = enrol_probe; });
  auto* run_command = probe->add_subcommand("run", "Scan, and take reports of agents, until told to stop");
  add_setting(*run_command, options, "--listen", "listen");
  add_setting(*run_command, options, "--agent-listen", "agent_listen");
  run_command->callback([&chosen] { chosen = run_probe; });
}

constexpr const char* description =
    "Takes the reports of agents, scans the network, and answers the API.\n\n"
    "  censo-collector run --state-dir /var/lib/censo\n"
    "  censo-collector enrolment-token create --uses 50\n"
    "  censo-collector token create --role viewer --name grafana --expires 90d\n"
    "  censo-collector config show --origin\n"
    "  censo-collector probe enrol https://cmdb.corp:8443 ENR1....\n"
    "  censo-collector backup /backup/censo-monday\n";

int main_of_collector(int argc, char** argv) {
  Options options;
  Command chosen;
  CLI::App app(description, "censo-collector");
  app.set_version_flag("--version", "censo-collector " CENSO_VERSION);
  app.set_help_all_flag("--help-all", "Help of all commands");
  app.add_option("--config", options.config_file, "main settings file; conf.d/*.yaml beside it is read too")
      ->capture_default_str();
  add_setting(app, options, "--state-dir", "state_dir");
  app.require_subcommand(1);
  app.fallthrough();
  add_commands(app, options, chosen);
  add_database_commands(app, options, chosen);
  add_device_commands(app, options, chosen);
  add_probe_commands(app, options, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return chosen(options);
}

}  // namespace
}  // namespace censo::collector

int main(int argc, char** argv) {
  try {
    return censo::collector::main_of_collector(argc, argv);
  } catch (const std::exception& thrown) {
    fmt::print(stderr, "censo-collector: {}\n", thrown.what());
    return 1;
  }
}
