// The two listeners with their threads: one io_context a core, each accepting on the shared ports. Make it
// before the database and start it after: it must outlive whatever posts to it.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "collector/http/limits.h"
#include "collector/route.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace censo::store {
class Database;
}
namespace censo::collector {
class Metrics;
}
namespace censo::collector::access {
struct ServerIdentity;
}

namespace censo::collector::http {

struct ServerSettings {
  std::string api_listen = "0.0.0.0:8443";  // address:port; port 0 takes a free one
  std::string agents_listen = "0.0.0.0:8444";
  std::size_t threads = 0;  // 0: one a core
  Limits limits;
};

// All outlive the server's stop().
struct Serving {
  Routes routes;
  store::Database& database;
  Metrics& metrics;
};

class Server {
 public:
  // Binds the ports; nothing is answered yet. `clock` outlives it. Errc::invalid_argument for an address that
  // is none, Errc::conflict for a port in use, Errc::io_failed; all name the address.
  static base::Result<std::unique_ptr<Server>> open(const ServerSettings& settings,
                                                    const access::ServerIdentity& identity,
                                                    const std::string& authority_pem,
                                                    const base::Clock& clock);
  ~Server();  // after the database's

  std::uint16_t api_port() const;
  std::uint16_t agents_port() const;

  void start(Serving serving);
  // No new connections; requests in flight are answered, at most for Limits::drain; then the threads end.
  // Blocks.
  void stop();

 private:
  struct Parts;
  explicit Server(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace censo::collector::http
