// The real server on free ports of the loopback: real TLS, real database, all routes.
#pragma once

#include "base/clock.h"
#include "cmdb/class_catalog.h"
#include "cmdb/component_store.h"
#include "cmdb/impact_graph.h"
#include "cmdb/search_index.h"
#include "cmdb/store/database.h"
#include "collector/access/agents.h"
#include "collector/access/certificate_authority.h"
#include "collector/agent_packages.h"
#include "collector/http/server.h"
#include "collector/jobs/credential_box.h"
#include "collector/jobs/scan_runner.h"
#include "collector/metrics.h"
#include "collector/services.h"
#include "tests/base/scratch_folder.h"
#include "tests/collector/http/tls_client.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace censo::collector::http {

struct EnrolledAgent {
  std::string id, certificate_pem, key_pem, serial;
};

class RunningServer {
 public:
  struct Settings {
    Limits limits;
    std::size_t queue_limit = 1024;
    Routes more_routes;
  };
  RunningServer() : RunningServer(Settings{}) {}
  explicit RunningServer(Settings settings);
  ~RunningServer();

  std::uint16_t api_port() const { return server_->api_port(); }
  std::uint16_t agents_port() const { return server_->agents_port(); }
  ClientSettings api_client() const;
  ClientSettings agent_client(const EnrolledAgent& agent) const;
  // One request on a connection of its own. Status 0: no answer.
  HttpAnswer ask(const HttpRequest& request);
  HttpAnswer ask_as(const EnrolledAgent& agent, const HttpRequest& request);

  std::string token(Role role);
  std::string enrolment_token(std::int64_t uses = 1);
  EnrolledAgent enrol(const std::string& name = "web01");

  void write(const std::function<void(store::Transaction&)>& work);
  void stop() { server_->stop(); }
  store::Database& database() { return *database_; }
  Services& services() { return *services_; }
  const access::CertificateAuthority& authority() const { return authority_; }
  std::string authority_key_pem() const;

 private:
  HttpAnswer exchange(std::uint16_t port, const ClientSettings& settings, const HttpRequest& request);

  base::SystemClock clock_;
  base::ScratchFolder folder_;
  access::CertificateAuthority authority_;
  cmdb::ClassCatalog catalog_;
  Metrics metrics_;
  cmdb::RowMemory rows_;
  cmdb::ImpactGraph graph_{clock_};
  cmdb::SearchIndex search_{clock_};
  AgentPackages packages_;
  std::unique_ptr<Server> server_;
  std::optional<store::Database> database_;
  std::optional<jobs::ScanRunner> scans_;
  std::optional<Services> services_;
};

}  // namespace censo::collector::http
