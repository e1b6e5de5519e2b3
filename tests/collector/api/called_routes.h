// The routes of one resource, called as the edge calls them once it knows who asks: no socket, no event loop.
#pragma once

#include "cmdb/class_catalog.h"
#include "cmdb/impact_graph.h"
#include "cmdb/search_index.h"
#include "collector/access/certificate_authority.h"
#include "collector/agent_packages.h"
#include "collector/jobs/credential_box.h"
#include "collector/jobs/scan_runner.h"
#include "collector/metrics.h"
#include "collector/route.h"
#include "collector/services.h"
#include "tests/cmdb/seeded_database.h"

#include <gtest/gtest.h>
#include <boost/json.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace censo::collector {

using Texts = std::map<std::string, std::string, std::less<>>;

class CalledRoutes {
 public:
  explicit CalledRoutes(Routes (*resource)(const Services&)) : routes_(resource(services_)) {}

  const Route& route(std::string_view method, std::string_view pattern) const {
    for (const auto& one : routes_) {
      if (one.method == method && one.pattern == pattern) return one;
    }
    throw std::logic_error("no route " + std::string(method) + " " + std::string(pattern));
  }

  base::Result<Response> call(std::string_view method, std::string_view pattern, Request request) {
    request.method = method;
    request.caller.name = "ana";
    request.caller.role = role;
    const auto& called = route(method, pattern);
    base::Result<Response> answer = base::fail(base::Errc::unavailable, "not called");
    const auto job = [&](store::Transaction& tx) -> store::Outcome {
      answer = called.handler(tx, request);
      if (!answer) return answer.error();
      if (answer->dry_run) return base::fail(base::Errc::cancelled, "a dry run");
      return {};
    };
    const auto done = called.access == Access::write ? db.database().write(job) : db.database().read(job);
    EXPECT_EQ(done.has_value(), answer && !answer->dry_run);
    return answer;
  }
  base::Result<Response> get(std::string_view pattern, Texts parameters = {}, Texts query = {}) {
    Request request;
    request.parameters = std::move(parameters);
    request.query = std::move(query);
    return call("GET", pattern, std::move(request));
  }
  base::Result<Response> send(std::string_view method, std::string_view pattern, Texts parameters,
                              std::string body, Texts query = {}) {
    Request request;
    request.query = std::move(query);
    request.parameters = std::move(parameters);
    request.body = std::move(body);
    return call(method, pattern, std::move(request));
  }

  Role role = Role::technician;  // of who calls
  SeededDatabase db;
  const cmdb::ClassCatalog catalog = cmdb::ClassCatalog::load(cmdb::built_in_schemas()).value();
  AgentPackages packages;

 private:
  access::CertificateAuthority authority_ =
      access::CertificateAuthority::open(db.folder() + "/ca", db.clock().now()).value();
  jobs::ScanRunner scans_{db.database(), catalog, db.clock(),
                          jobs::CredentialBox::open(db.folder() + "/scanner.key").value()};
  Metrics metrics_;
  cmdb::ImpactGraph graph_{db.clock()};
  cmdb::SearchIndex search_{db.clock()};
  Services services_{db.clock(), catalog, db.database(), authority_, scans_, metrics_, graph_, search_, packages};
  Routes routes_;
};

// The body of an answer.
inline boost::json::value body_of(const base::Result<Response>& answer) {
  if (!answer) throw std::runtime_error(to_string(answer.error()));
  return boost::json::parse(answer->body);
}

// One text of each member of "items".
inline std::vector<std::string> texts_of(const base::Result<Response>& answer, std::string_view field) {
  std::vector<std::string> texts;
  const auto body = body_of(answer);
  for (const auto& item : body.at("items").as_array()) texts.emplace_back(item.at(field).as_string());
  return texts;
}

}  // namespace censo::collector
