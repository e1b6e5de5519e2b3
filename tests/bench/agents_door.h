// The collector as it runs, and agents that speak to it over mutual TLS on connections that stay open.
#pragma once

#include "base/clock.h"
#include "cmdb/store/database.h"
#include "collector/access/agents.h"
#include "collector/access/certificate_authority.h"
#include "collector/access/enrolment_tokens.h"
#include "collector/collector.h"
#include "tests/bench/cpu_time.h"
#include "tests/collector/access/public_key.h"
#include "tests/collector/http/tls_client.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace censo::bench {

class AgentsDoor {
 public:
  AgentsDoor(const std::string& folder, std::size_t agents) {
    collector::CollectorConfig config;
    config.state_dir = folder;
    config.database = folder + "/censo.db";
    config.server.api_listen = config.server.agents_listen = "127.0.0.1:0";
    collector_ = collector::Collector::start(config, clock_, "bench").value();
    enrol(config, agents);
  }
  const std::string& id(std::size_t agent) const { return agents_[agent].id; }

  using Message = std::function<collector::http::HttpRequest(std::size_t agent)>;
  // One message of each agent in [first, last), all under way at once. The collector's own CPU time.
  double send(std::size_t first, std::size_t last, const Message& message) {
    std::vector<std::string> texts;
    for (std::size_t i = first; i < last; ++i) {
      texts.push_back(collector::http::to_text(message(i)));
      if (!agents_[i].client) connect(agents_[i]);
    }
    const double before = process_cpu_seconds() - thread_cpu_seconds();
    for (std::size_t i = first; i < last; ++i) agents_[i].client->send(texts[i - first]);
    for (std::size_t i = first; i < last; ++i) read(agents_[i]);
    return process_cpu_seconds() - thread_cpu_seconds() - before;
  }
  void hang_up() {
    for (auto& agent : agents_) agent.client.reset();
  }

 private:
  struct Agent {
    std::string id;
    collector::http::ClientSettings settings;
    std::unique_ptr<collector::http::TlsClient> client;
  };

  void enrol(const collector::CollectorConfig& config, std::size_t agents) {
    namespace access = collector::access;
    const auto authority =
        access::CertificateAuthority::open(collector::authority_folder(config.state_dir), clock_.now())
            .value();
    const auto connection = store::open_connection(config.database);
    connection->begin_write();
    store::Transaction tx(*connection);
    const access::NewEnrolmentToken wanted{"bench", 3'600'000, static_cast<std::int64_t>(agents), "bench",
                                           authority.public_key_pin()};
    const auto token = access::make_enrolment_token(tx, wanted, clock_).value().token;
    for (std::size_t i = 0; i < agents; ++i) {
      const auto key = access::make_key();
      const auto enrolled =
          access::enrol(tx, authority, {token, access::public_pem(key), "host", "127.0.0.1"}, clock_).value();
      agents_.push_back({enrolled.agent_id, {}, nullptr});
      auto& settings = agents_.back().settings;
      settings.authority_pem = authority.certificate_pem();
      settings.certificate_pem = enrolled.certificate.pem;
      settings.key_pem = access::to_pem(key);
    }
    connection->commit();
  }

  void connect(Agent& agent) {
    agent.client = std::make_unique<collector::http::TlsClient>(collector_->agents_port(), agent.settings);
  }

  static void read(Agent& agent) {
    const auto answer = agent.client->read_answer();
    if (!answer || answer->status >= 300)
      throw std::runtime_error("the collector answered " + (answer ? answer->body : "nothing"));
  }

  const base::SystemClock clock_;
  std::unique_ptr<collector::Collector> collector_;
  std::vector<Agent> agents_;
};

}  // namespace censo::bench
