#include "collector/probe/probe.h"

#include "base/file.h"
#include "cmdb/store/database.h"
#include "collector/access/certificate_authority.h"
#include "collector/agent_packages.h"
#include "collector/folder_lock.h"
#include "collector/http/server.h"
#include "collector/metrics.h"
#include "collector/probe/agents_door.h"
#include "collector/probe/courier.h"
#include "collector/probe/identity.h"
#include "collector/probe/scans.h"
#include "collector/probe/spool.h"
#include "collector/scanner/device_catalog.h"
#include "collector/scanner/scan_job.h"

#include <atomic>
#include <optional>
#include <utility>

namespace censo::collector::probe {
namespace {

// The token is proven by the centre; here agents ask again until the answer is there.
constexpr std::size_t tries_an_enrolment = 30;

}  // namespace

// In the order of making; what posts to the server dies before it.
struct Probe::Parts {
  Parts(FolderLock taken, Identity who) : lock(std::move(taken)), identity(std::move(who)) {}

  FolderLock lock;
  const Identity identity;
  Metrics metrics;
  QuestionBoard questions;
  Unwritten unwritten;
  AgentPackages packages;
  std::optional<Door> door;
  std::unique_ptr<http::Server> server;
  std::optional<store::Database> database;
  std::optional<scanner::Scanner> scanner;
  std::optional<Scans> scans;
  std::optional<Courier> courier;
  std::atomic<Courier*> woken{nullptr};  // set last, cleared first: who is to be told of new entries

  void wake() {
    if (auto* there = woken.load()) there->wake();
  }
};

base::Result<std::unique_ptr<Probe>> Probe::start(const CollectorConfig& config, const base::Clock& clock,
                                                  const std::string& version) {
  const auto folder = base::make_private_folder(config.state_dir);
  if (!folder) return folder.error();
  auto lock = FolderLock::take(config.state_dir);
  if (!lock) return lock.error();
  auto identity = load_identity(config.state_dir);
  if (!identity) return identity.error();
  auto devices = scanner::DeviceCatalog::with_folder(config.device_definitions);
  if (!devices) return devices.error();
  auto parts = std::make_unique<Parts>(std::move(*lock), std::move(*identity));
  auto& who = parts->identity;
  const bool takes_agents = !who.server_certificate_pem.empty();
  Installation door_says;
  if (takes_agents) {
    auto settings = config.server;
    settings.limits.enrolments_per_minute *= tries_an_enrolment;
    const access::ServerIdentity shown{who.server_certificate_pem + who.ca_pem, who.key_pem,
                                       access::ticket_secret_of(who.key_pem)};
    auto server = http::Server::open(settings, shown, who.ca_pem, clock);
    if (!server) return server.error();
    parts->server = std::move(*server);
    parts->packages = AgentPackages::open(config.agent_packages);
    door_says = {parts->server->api_port(), parts->packages.empty() ? "" : access::curl_pin(shown)};
  }
  auto& database = parts->database.emplace(store::DatabaseSettings{
      config.state_dir + "/probe.db", config.database_readers, config.database_queue});
  auto& scanner =
      parts->scanner.emplace(clock, std::make_shared<const scanner::DeviceCatalog>(std::move(*devices)));
  const auto wake = [all = parts.get()] { all->wake(); };
  auto& scans = parts->scans.emplace(
      ScanSurroundings{database, clock, scanner, parts->unwritten, config.probe_spool_bytes, wake});
  scans.end_interrupted();
  auto& courier =
      parts->courier.emplace(Courier::Parts{database, clock, scans, parts->questions, parts->unwritten}, who,
                             CourierSettings{config.state_dir, version, config.probe_pause, door_says});
  parts->woken = &courier;
  if (takes_agents) {
    auto& door = parts->door.emplace(
        Door{clock, parts->questions, config.probe_spool_bytes, parts->server->agents_port(), wake});
    auto routes = door_routes(door);
    for (auto& route : installation_routes(parts->packages, door_says.pin))
      routes.push_back(std::move(route));
    parts->server->start({std::move(routes), database, parts->metrics});
  }
  courier.start();
  return std::unique_ptr<Probe>(new Probe(std::move(parts)));
}

Probe::Probe(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Probe::~Probe() {
  stop();
}

const std::string& Probe::name() const {
  return parts_->identity.name;
}
const std::string& Probe::centre() const {
  return parts_->identity.agents_url;
}
std::uint16_t Probe::api_port() const {
  return parts_->server ? parts_->server->api_port() : 0;
}
std::uint16_t Probe::agents_port() const {
  return parts_->server ? parts_->server->agents_port() : 0;
}

std::string Probe::failure() const {
  if (parts_->courier && parts_->courier->wants_restart()) return "the probe has new certificates";
  return parts_->database ? parts_->database->failure() : std::string();
}

void Probe::stop() {
  if (parts_->server) parts_->server->stop();
  if (parts_->courier) parts_->courier->stop();
  if (parts_->scans) parts_->scans->stop_all();
  parts_->woken = nullptr;
  parts_->database.reset();
}

}  // namespace censo::collector::probe
