// A real collector on a database that is there, and its administrator on one kept HTTPS connection.
#pragma once

#include "base/clock.h"
#include "base/file.h"
#include "collector/collector.h"
#include "tests/collector/http/tls_client.h"

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace censo::bench {

class PeopleDoor {
 public:
  explicit PeopleDoor(const std::string& folder) {
    collector::CollectorConfig config;
    config.state_dir = folder;
    config.database = folder + "/censo.db";
    config.server.api_listen = config.server.agents_listen = "127.0.0.1:0";
    collector_ = collector::Collector::start(config, clock_, "bench").value();
    token_ = base::read_own_file(folder + "/admin-token").value();
    token_.erase(token_.find_last_not_of('\n') + 1);
    client_ = connect();
  }

  std::unique_ptr<collector::http::TlsClient> connect() const {
    return std::make_unique<collector::http::TlsClient>(collector_->api_port(),
                                                        collector::http::ClientSettings{});
  }
  const std::string& token() const { return token_; }

  // The body. Throws what came instead of the status.
  std::string get(const std::string& target) {
    collector::http::HttpRequest request;
    request.target = target;
    request.bearer = token_;
    client_->send(collector::http::to_text(request));
    return body_of(client_->read_answer(), 200);
  }
  // Until what the answer is made from is in memory; a client waits ten seconds for an answer.
  void get_at_last(const std::string& target) {
    constexpr int most_tries = 30;
    for (int tries = 1;; ++tries) {
      client_ = connect();
      try {
        get(target);
        return;
      } catch (const std::runtime_error&) {
        if (tries == most_tries) throw;
      }
    }
  }
  static std::string body_of(std::optional<collector::http::HttpAnswer> answer, int status) {
    if (answer && answer->status == status) return std::move(answer->body);
    throw std::runtime_error(
        "expected " + std::to_string(status) + ", found " +
        (answer ? std::to_string(answer->status) + " " + answer->body : "the end of the connection"));
  }

 private:
  const base::SystemClock clock_;
  std::unique_ptr<collector::Collector> collector_;
  std::string token_;
  std::unique_ptr<collector::http::TlsClient> client_;
};

}  // namespace censo::bench
