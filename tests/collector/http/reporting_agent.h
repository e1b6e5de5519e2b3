// A collector and an agent that has enrolled with it, for tests of what becomes of its reports.
#pragma once

#include "inventory/report_codec.h"
#include "tests/collector/http/running_server.h"

#include <gtest/gtest.h>
#include <boost/json.hpp>

#include <string>

namespace censo::collector::http {

// An agent that has enrolled, and its reports.
class ReportingAgent : public testing::Test {
 protected:
  static inventory::Report report(std::uint64_t sequence, const std::string& agent_id,
                                  const std::string& serial = "SN-1") {
    inventory::Report made;
    made.origin = {inventory::OriginKind::agent, agent_id, "0.1.0"};
    made.sequence = sequence;
    made.taken_at = base::SystemClock().now();
    made.subject_class = "server";
    made.subject_name = "web01";
    inventory::Section section;
    section.name = "system";
    section.complete = true;
    section.attributes.set("serial_number", serial);
    made.sections.push_back(section);
    inventory::seal(made);
    return made;
  }
  HttpAnswer send(const EnrolledAgent& as, const inventory::Report& sent) {
    return send(as, inventory::compress(inventory::to_json(sent)));
  }
  HttpAnswer send(const EnrolledAgent& as, const std::string& body) {
    return server.ask_as(as, {"POST",
                              "/api/v1/reports",
                              {},
                              body,
                              {{"Content-Type", "application/json"}, {"Content-Encoding", "zstd"}}});
  }
  HttpAnswer offer(const EnrolledAgent& as, std::uint64_t sequence, const std::string& digest) {
    const auto body = boost::json::serialize(
        boost::json::object{{"sequence", sequence}, {"digest", digest}, {"version", "0.1.0"}});
    return server.ask_as(as,
                         {"POST", "/api/v1/reports/offer", {}, body, {{"Content-Type", "application/json"}}});
  }
  static std::string text(const HttpAnswer& answer, std::string_view field) {
    return std::string(boost::json::parse(answer.body).at(field).as_string());
  }
  std::int64_t ci_count() {
    std::int64_t count = 0;
    server.write(
        [&](store::Transaction& tx) { count = tx.query_one("select count(*) from ci")->integer(0); });
    return count;
  }
  RunningServer server;
  EnrolledAgent agent = server.enrol();
};

}  // namespace censo::collector::http
