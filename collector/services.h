// What the routes are given besides their transaction. Made in main, outlives every listener.
#pragma once

#include <cstdint>
#include <string>

namespace censo::base {
class Clock;
}
namespace censo::cmdb {
class ClassCatalog;
class RowMemory;    // cmdb/component_store.h
class ImpactGraph;  // cmdb/impact_graph.h
class SearchIndex;  // cmdb/search_index.h
}  // namespace censo::cmdb
namespace censo::store {
class Database;
}

namespace censo::collector {
namespace access {
class CertificateAuthority;  // collector/access/certificate_authority.h
}
class AgentPackages;  // collector/agent_packages.h
namespace jobs {
class ScanRunner;  // collector/jobs/scan_runner.h
}
class Metrics;  // collector/metrics.h

struct Services {
  const base::Clock& clock;
  const cmdb::ClassCatalog& catalog;
  store::Database& database;  // for counters only; routes use their transaction
  const access::CertificateAuthority& authority;
  jobs::ScanRunner& scans;
  Metrics& metrics;
  cmdb::ImpactGraph& graph;
  cmdb::SearchIndex& search;
  const AgentPackages& packages;
  std::string version = {};      // of the program
  std::string agents_host = {};  // where agents are told to report; empty: where they enrolled
  std::uint16_t agents_port = 8444;
  std::string server_pin = {};      // of the API listener, as curl --pinnedpubkey takes it after "sha256//"
  cmdb::RowMemory* rows = nullptr;  // for ingest(); nullptr: none
};

}  // namespace censo::collector
