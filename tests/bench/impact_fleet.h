// The shaped fleet of cmdb_impact_bench: pairs of distribution switches, access switches, hosts, services,
// written straight into the tables.
#pragma once

#include "cmdb/configuration_item.h"
#include "cmdb/store/database.h"
#include "cmdb/store/transaction.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace censo::bench {

inline constexpr int switches_a_pair = 20, hosts_a_switch = 22, services_a_host = 9;
inline constexpr std::int64_t first_id = std::int64_t{1} << 58;
inline constexpr std::int64_t id_step = 3'000;

class ImpactFleet {
 public:
  ImpactFleet(store::Connection& connection, int pairs) : tx_(connection) {
    connection.begin_write();
    tx_.execute("insert into origin (id, kind, native_id) values (1, 'agent', 'bench')");
    for (int pair = 0; pair < pairs; ++pair) add_pair(pair);
    tx_.execute(
        "insert into ci_source (id, origin_id, native_key, ci_id, sequence, content_digest, version, "
        "problems,"
        " first_seen, last_seen) values (1, 1, '', $1, 1, '', '', '[]', 1, 1)",
        first_id);
    std::sort(relations_.begin(), relations_.end());
    relations_.erase(std::unique(relations_.begin(), relations_.end()), relations_.end());
    for (const auto& [type, from, to] : relations_) {
      tx_.execute(
          "insert into relationship (id, type, from_ci, to_ci, source_id, section, evidence, first_seen)"
          " values ($1, $2, $3, $4, 1, 'bench', '{}', 1)",
          ++relation_id_, type, from, to);
    }
    connection.commit();
  }
  std::size_t items() const { return static_cast<std::size_t>(items_); }
  std::size_t relationships() const { return relations_.size(); }
  const std::vector<std::array<cmdb::CiId, 2>>& distribution() const { return distribution_; }

  static void add_rules(store::Connection& connection) {
    connection.begin_write();
    store::Transaction tx(connection);
    tx.execute(
        "insert into redundancy_rule (ci_id, relation, since, min_up, set_by)"
        " select id, 'uplink_of', 1, 1, 'bench' from ci where class in ('switch', 'server') and name not "
        "like 'dist%'");
    tx.execute(
        "insert into redundancy_rule (ci_id, relation, since, min_up, set_by)"
        " select id, 'depends_on', 1, 1, 'bench' from ci where class = 'web_server' and name like '%0'");
    connection.commit();
  }

 private:
  std::int64_t add(const char* class_name, const std::string& name) {
    const std::int64_t id = first_id + id_step * ++items_ - id_step;
    tx_.execute(
        "insert into ci (id, class, name, stage, attributes, first_seen, since)"
        " values ($1, $2, $3, 'operate', '{}', 1, 1)",
        id, class_name, name);
    return id;
  }
  void relate(const char* type, std::int64_t from, std::int64_t to) {
    relations_.push_back({type, from, to});
  }

  void add_pair(int pair) {
    const std::string place = std::to_string(pair);
    const std::int64_t left = add("switch", "dist-" + place + "a"),
                       right = add("switch", "dist-" + place + "b");
    distribution_.push_back({cmdb::CiId(left), cmdb::CiId(right)});
    std::vector<std::int64_t> access, services;
    for (int i = 0; i < switches_a_pair; ++i) {
      access.push_back(add("switch", "sw-" + place + "-" + std::to_string(i)));
      relate("uplink_of", left, access.back());
      relate("uplink_of", right, access.back());
    }
    for (int i = 0; i < switches_a_pair * hosts_a_switch; ++i) {
      const std::int64_t host = add("server", "host-" + place + "-" + std::to_string(i));
      const auto own = static_cast<std::size_t>(i % switches_a_pair);
      relate("uplink_of", access[own], host);
      relate("uplink_of", access[own ^ 1U], host);
      for (int service = 0; service < services_a_host; ++service) {
        services.push_back(add("web_server", "svc-" + place + "-" + std::to_string(services.size())));
        relate("runs_on", services.back(), host);
      }
    }
    // And depend on others of the same site.
    for (const std::int64_t service : services) {
      for (int i = random_() % 3 == 0 ? 5 : 4; i > 0; --i) {
        relate("depends_on", service, services[random_() % services.size()]);
      }
    }
  }

  store::Transaction tx_;
  std::mt19937 random_{1};
  std::int64_t items_ = 0, relation_id_ = 0;
  std::vector<std::tuple<std::string, std::int64_t, std::int64_t>> relations_;
  std::vector<std::array<cmdb::CiId, 2>> distribution_;
};

}  // namespace censo::bench
