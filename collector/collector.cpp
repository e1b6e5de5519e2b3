#include "collector/collector.h"

#include "base/file.h"
#include "cmdb/class_catalog.h"
#include "cmdb/component_store.h"
#include "cmdb/impact_graph.h"
#include "cmdb/search_index.h"
#include "cmdb/user_schema.h"
#include "collector/access/api_tokens.h"
#include "collector/access/certificate_authority.h"
#include "collector/agent_packages.h"
#include "collector/folder_lock.h"
#include "collector/http/server.h"
#include "collector/jobs/credential_box.h"
#include "collector/jobs/desk_steps.h"
#include "collector/jobs/event_listener.h"
#include "collector/jobs/mail_courier.h"
#include "collector/jobs/scan_runner.h"
#include "collector/metrics.h"
#include "collector/scanner/device_catalog.h"
#include "collector/services.h"

#include <unistd.h>

#include <array>
#include <filesystem>
#include <optional>
#include <utility>

namespace censo::collector {
namespace {

using base::Errc;
using base::fail;

constexpr base::TimeMs year_ms = base::TimeMs{365} * 24 * 60 * 60 * 1000;

// Among those that share a database.
std::string name_of_collector(const std::string& state_dir) {
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0) return state_dir;
  return std::string(host.data()) + ":" + state_dir;
}

// The first admin's token, in a file: nobody has to be asked for a password. Not anew when the operator has
// removed the file.
base::Result<bool> write_first_token(store::Database& database, const std::string& state_dir,
                                     const base::Clock& clock) {
  std::optional<std::string> token;
  const std::string file = state_dir + "/admin-token";
  const auto made = database.write([&](store::Transaction& tx) -> store::Outcome {
    if (std::exchange(token, std::nullopt)) std::filesystem::remove(file);  // an earlier run's, not committed
    if (!access::list_api_tokens(tx, 0, 1).empty()) return {};
    auto first = access::make_api_token(tx, {"first start", Role::admin, year_ms, "censo-collector"}, clock);
    if (!first) return first.error();
    token = first->token;
    return base::write_own_file(file, first->token + "\n", 0600);
  });
  if (!made) return made.error();
  return token.has_value();
}

// So that the first question does not wait for it. Should this fail, the first question loads it.
void load_early(store::Database& database, cmdb::ImpactGraph& graph, const cmdb::ClassCatalog& catalog) {
  const auto load = [&graph, &catalog](store::Transaction& tx) -> store::Outcome {
    graph.read(tx, catalog, [](const cmdb::CiGraph&) {});
    return {};
  };
  [[maybe_unused]] const bool taken = database.submit_read(load, [](const store::Outcome&) {});
}

void load_early(store::Database& database, cmdb::SearchIndex& index) {
  const auto load = [&index](store::Transaction& tx) -> store::Outcome {
    index.follow(tx);
    return {};
  };
  [[maybe_unused]] const bool taken = database.submit_read(load, [](const store::Outcome&) {});
}

}  // namespace

std::string authority_folder(const std::string& state_dir) {
  return state_dir + "/ca";
}

// In the order of making; what posts to the server dies before it.
struct Collector::Parts {
  Parts(FolderLock taken, access::CertificateAuthority made_authority, cmdb::ClassCatalog loaded_catalog)
      : lock(std::move(taken)), authority(std::move(made_authority)), catalog(std::move(loaded_catalog)) {}

  FolderLock lock;
  access::CertificateAuthority authority;
  cmdb::ClassCatalog catalog;
  AgentPackages packages;
  Metrics metrics;
  std::unique_ptr<http::Server> server;
  std::optional<cmdb::ImpactGraph> graph;
  cmdb::RowMemory rows;  // before, and so outliving, the database
  std::optional<store::Database> database;
  std::optional<jobs::Housekeeping> housekeeping, desk_work;
  std::optional<jobs::ScanRunner> scans;
  std::optional<jobs::MailCourier> courier;     // after, and so dying before, the scans, whose key it uses
  std::unique_ptr<jobs::EventListener> events;  // the same
  std::optional<cmdb::SearchIndex> search;
  std::optional<Services> services;
  bool first_start = false;
};

base::Result<std::unique_ptr<Collector>> Collector::start(const CollectorConfig& config,
                                                          const base::Clock& clock,
                                                          const std::string& version) {
  const auto folder = base::make_private_folder(config.state_dir);
  if (!folder) return folder.error();
  auto lock = FolderLock::take(config.state_dir);
  if (!lock) return lock.error();
  auto authority = access::CertificateAuthority::open(authority_folder(config.state_dir), clock.now());
  if (!authority) return authority.error();
  const auto identity = authority->server_identity(config.public_names, clock.now());
  if (!identity) return identity.error();
  auto catalog = cmdb::ClassCatalog::load(cmdb::built_in_schemas());
  if (!catalog) return catalog.error();
  auto devices = scanner::DeviceCatalog::with_folder(config.device_definitions);
  if (!devices) return devices.error();
  auto box = jobs::CredentialBox::open(config.state_dir + "/scanner.key");
  if (!box) return box.error();
  auto server = http::Server::open(config.server, *identity, authority->certificate_pem(), clock);
  if (!server) return server.error();

  auto parts = std::make_unique<Parts>(std::move(*lock), std::move(*authority), std::move(*catalog));
  parts->server = std::move(*server);
  parts->packages = AgentPackages::open(config.agent_packages);
  auto& database = parts->database.emplace(
      store::DatabaseSettings{config.database, config.database_readers, config.database_queue});
  const auto refreshed = database.write([&](store::Transaction& tx) -> store::Outcome {
    cmdb::refresh(tx, parts->catalog);
    return {};
  });
  if (!refreshed) return refreshed.error();
  if (const auto ready = jobs::prepare_desk(database, clock); !ready) return ready.error();
  const auto first = write_first_token(database, config.state_dir, clock);
  if (!first) return first.error();
  parts->first_start = *first;
  auto& graph = parts->graph.emplace(clock);
  jobs::ScanRunnerSettings scan_settings;
  scan_settings.collector = name_of_collector(config.state_dir);
  scan_settings.devices = std::make_shared<const scanner::DeviceCatalog>(std::move(*devices));
  auto& scans = parts->scans.emplace(database, parts->catalog, clock, std::move(*box), scan_settings);
  auto events =
      jobs::EventListener::open({config.traps_listen, config.syslog_listen, config.events_from, &*identity},
                                database, scans, graph, parts->catalog);
  if (!events) return events.error();
  parts->events = std::move(*events);
  parts->search.emplace(clock);
  parts->services.emplace(Services{clock, parts->catalog, database, parts->authority, scans, parts->metrics,
                                   graph, *parts->search, parts->packages, version, config.agent_host,
                                   parts->server->agents_port(), access::curl_pin(*identity), &parts->rows});
  scans.start();
  load_early(database, graph, parts->catalog);
  parts->housekeeping.emplace(database, clock, jobs::housekeeping_steps(parts->catalog, clock)).start();
  parts->desk_work.emplace(database, clock, jobs::desk_steps(parts->catalog, graph, clock), jobs::desk_pace())
      .start();
  parts->courier.emplace(database, graph, parts->catalog, scans.credential_box(), clock).start();
  parts->events->start(clock);
  load_early(database, *parts->search);
  parts->server->start({all_routes(*parts->services), database, parts->metrics});
  return std::unique_ptr<Collector>(new Collector(std::move(parts)));
}

Collector::Collector(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Collector::~Collector() {
  stop();
}

std::uint16_t Collector::api_port() const {
  return parts_->server->api_port();
}
std::uint16_t Collector::agents_port() const {
  return parts_->server->agents_port();
}
std::string Collector::authority_fingerprint() const {
  return parts_->authority.fingerprint();
}
bool Collector::first_start() const {
  return parts_->first_start;
}
std::string Collector::failure() const {
  return parts_->database ? parts_->database->failure() : std::string();
}

void Collector::stop() {
  parts_->server->stop();
  if (parts_->desk_work) parts_->desk_work->stop();
  if (parts_->housekeeping) parts_->housekeeping->stop();
  if (parts_->events) parts_->events->stop();
  if (parts_->courier) parts_->courier->stop();
  if (parts_->scans) parts_->scans->stop();
  parts_->database.reset();
}

}  // namespace censo::collector
