// Identification, merges, reviews, junk and reports of nothing, through their routes.
#include "cmdb/ingest.h"
#include "cmdb/review.h"
#include "inventory/report_codec.h"
#include "tests/collector/api/called_routes.h"

#include <iterator>

namespace censo::collector {
namespace api {
Routes identification(const Services& services);
Routes junk_identifiers(const Services& services);
Routes reports(const Services& services);
Routes reviews(const Services& services);
Routes unidentified_reports(const Services& services);
}  // namespace api
namespace {

using base::Errc;

Routes all_of_identification(const Services& services) {
  Routes all;
  for (auto* resource :
       {api::identification, api::junk_identifiers, api::reviews, api::unidentified_reports}) {
    Routes some = resource(services);
    std::move(some.begin(), some.end(), std::back_inserter(all));
  }
  return all;
}

class IdentificationApi : public testing::Test {
 protected:
  cmdb::IngestReceipt take(const std::string& origin, const std::string& name, inventory::Attributes values) {
    inventory::Report report{{inventory::OriginKind::import, origin, "1"},    0, "", 0, "server", name,
                             {{"rows", true, "", std::move(values), {}, {}}}, {}};
    cmdb::IngestReceipt receipt;
    routes.db.write([&](store::Transaction& tx) {
      receipt = cmdb::ingest(tx, routes.catalog, report, routes.db.clock().now(), routes.db.clock()).value();
    });
    return receipt;
  }
  static inventory::Attributes serial(const std::string& value) {
    inventory::Attributes attributes;
    attributes.set("serial_number", value);
    return attributes;
  }

  CalledRoutes routes{all_of_identification};
  const std::string a = base::to_text(take("one", "web01", serial("CZ1")).ci),
                    b = base::to_text(take("two", "web02", serial("CZ2")).ci);
};

TEST_F(IdentificationApi, TellsWhyAnItemIsWhatItIs) {
  const auto body = body_of(routes.get("/api/v1/cis/{id}/identification", {{"id", a}}));
  EXPECT_EQ(body.at("decisions").at(0).at("outcome").as_string(), "new");
  EXPECT_EQ(body.at("decisions").at(0).at("origin").as_string(), "import one");
}

TEST_F(IdentificationApi, MergesAndGivesBack) {
  ASSERT_TRUE(routes.send("POST", "/api/v1/cis/{id}/merge", {{"id", b}},
                          R"({"into":")" + a + R"(","reason":"same box"})"));
  const auto merged = body_of(routes.get("/api/v1/cis/{id}/identification", {{"id", b}}));
  EXPECT_EQ(merged.at("id").as_string(), a);
  EXPECT_EQ(merged.at("merges").at(0).at("by").as_string(), "person ana");
  ASSERT_TRUE(routes.send("POST", "/api/v1/cis/{id}/unmerge", {{"id", b}}, "{}"));
  EXPECT_EQ(body_of(routes.get("/api/v1/cis/{id}/identification", {{"id", b}})).at("id").as_string(), b);
}

TEST_F(IdentificationApi, RefusesACircle) {
  const auto answer =
      routes.send("POST", "/api/v1/cis/{id}/merge", {{"id", a}}, R"({"into":")" + a + R"(","reason":"x"})");
  EXPECT_EQ(answer.error().code, Errc::conflict);
}

TEST_F(IdentificationApi, ExplainsAValue) {
  const auto body =
      body_of(routes.get("/api/v1/cis/{id}/attributes/{name}", {{"id", a}, {"name", "serial_number"}}));
  EXPECT_EQ(body.at("shown").as_string(), "CZ1");
  EXPECT_EQ(body.at("items").at(0).at("source").as_string(), "import one");
}

TEST_F(IdentificationApi, AReviewIsListedShownAndDecided) {
  take("three", "web01", {});
  const auto queue = body_of(routes.get("/api/v1/reviews")).at("items").as_array();
  ASSERT_EQ(queue.size(), 1u);
  const std::string id(queue[0].at("id").as_string());
  EXPECT_EQ(body_of(routes.get("/api/v1/reviews/{id}", {{"id", id}})).at("kind").as_string(), "name_only");
  const auto decided =
      body_of(routes.send("POST", "/api/v1/reviews/{id}/decision", {{"id", id}}, R"({"decision":"same"})"));
  EXPECT_EQ(decided.at("state").as_string(), "same");
  EXPECT_TRUE(body_of(routes.get("/api/v1/reviews")).at("items").as_array().empty());
}

TEST_F(IdentificationApi, AnUnknownReviewIsNotFound) {
  EXPECT_EQ(routes.get("/api/v1/reviews/{id}", {{"id", "nothing"}}).error().code, Errc::not_found);
  EXPECT_EQ(routes.get("/api/v1/reviews", {}, {{"state", "odd"}}).error().code, Errc::invalid_argument);
}

TEST_F(IdentificationApi, JunkIsAddedListedAndRemoved) {
  ASSERT_TRUE(routes.send("POST", "/api/v1/junk-identifiers", {},
                          R"({"kind":"serial","value":"Batch 7","reason":"seen twice"})"));
  const auto added = texts_of(routes.get("/api/v1/junk-identifiers", {}, {{"origin", "person"}}), "value");
  EXPECT_EQ(added, std::vector<std::string>{"batch 7"});
  ASSERT_TRUE(routes.send("DELETE", "/api/v1/junk-identifiers/{kind}/{value}",
                          {{"kind", "serial"}, {"value", "batch 7"}}, ""));
  EXPECT_TRUE(texts_of(routes.get("/api/v1/junk-identifiers", {}, {{"origin", "person"}}), "value").empty());
}

TEST_F(IdentificationApi, AReportOfNothingIsAssigned) {
  inventory::Attributes model;
  model.set("model", "R640");
  take("three", "localhost", model);
  const auto queue = body_of(routes.get("/api/v1/unidentified-reports")).at("items").as_array();
  ASSERT_EQ(queue.size(), 1u);
  const std::string id(queue[0].at("id").as_string());
  const auto assigned = body_of(routes.send("POST", "/api/v1/unidentified-reports/{id}/assign", {{"id", id}},
                                            R"({"ci":")" + a + R"("})"));
  EXPECT_EQ(assigned.at("state").as_string(), "assigned");
  EXPECT_EQ(assigned.at("ci").as_string(), a);
}

TEST_F(IdentificationApi, AReportOfNothingIsDiscarded) {
  take("three", "localhost", {});
  const std::string id(
      body_of(routes.get("/api/v1/unidentified-reports")).at("items").at(0).at("id").as_string());
  const auto done =
      body_of(routes.send("POST", "/api/v1/unidentified-reports/{id}/discard", {{"id", id}}, "{}"));
  EXPECT_EQ(done.at("state").as_string(), "discarded");
}

// The route that people send reports to, as the edge calls it.
class PeoplesReports : public testing::Test {
 protected:
  base::Result<Response> post(const std::string& kind, const char* dry_run) {
    Request request;
    request.body =
        R"({"format":"censo.report/1","origin":{"kind":")" + kind +
        R"(","id":"one"},"sequence":1,"taken_at":"2026-10-01T12:00:00Z","subject":{"class":"server",)"
        R"("name":"web01"},"sections":[{"name":"rows","complete":true,"attributes":{"serial_number":"CZ1"}}]})";
    request.content_type = "application/json";
    request.query = {{"dry_run", dry_run}};
    const auto handler = routes.route("POST", "/api/v1/imports").prepare(request);
    if (!handler) return handler.error();
    base::Result<Response> answer = base::fail(Errc::unavailable, "not called");
    (void)routes.db.database().write([&](store::Transaction& tx) -> store::Outcome {
      answer = (*handler)(tx, request);
      if (!answer) return answer.error();
      if (answer->dry_run) return base::fail(Errc::cancelled, "a dry run");
      return {};
    });
    return answer;
  }
  std::int64_t items() {
    std::int64_t count = 0;
    routes.db.write(
        [&](store::Transaction& tx) { count = tx.query_one("select count(*) from ci")->integer(0); });
    return count;
  }
  CalledRoutes routes{api::reports};
};

TEST_F(PeoplesReports, ADryRunTellsWhatItWouldDoAndWritesNothing) {
  const auto body = body_of(post("agent", "true"));
  EXPECT_EQ(body.at("outcome").as_string(), "created");
  EXPECT_EQ(body.at("decision").as_string(), "new");
  EXPECT_EQ(body.at("created").as_array().size(), 1u);
  EXPECT_EQ(body.at("explanation").at("rule").as_string(), "no_match");
  EXPECT_TRUE(body.at("dry_run").as_bool());
  EXPECT_EQ(items(), 0);
}

TEST_F(PeoplesReports, AnImportIsTaken) {
  EXPECT_EQ(post("import", "false")->status, 201);
  EXPECT_EQ(items(), 1);
}

TEST_F(PeoplesReports, AReportOfAWholeHostHasRoom) {
  EXPECT_GE(routes.route("POST", "/api/v1/imports").body_bytes, 1'000'000U);
}

TEST_F(PeoplesReports, NobodySpeaksForAnAgent) {
  EXPECT_EQ(post("agent", "false").error().code, Errc::permission_denied);
}

}  // namespace
}  // namespace censo::collector
