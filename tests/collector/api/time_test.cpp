// History of everything, baselines and differences; moments of the past on the routes of items.
#include "cmdb/ingest.h"
#include "tests/collector/api/called_routes.h"

namespace censo::collector {
namespace api {
Routes cis(const Services& services);
Routes history(const Services& services);
Routes baselines(const Services& services);
Routes diff(const Services& services);
}  // namespace api
namespace {

using base::Errc;
using Names = std::vector<std::string>;

// A host that was upgraded between two moments.
class TimeApi : public testing::Test {
 protected:
  explicit TimeApi(Routes (*resource)(const Services&)) : routes(resource) {
    report("12", "1.0");
    before = base::to_iso8601(routes.db.clock().now());
    report("13", "1.1");
  }
  void report(const std::string& os, const std::string& openssl) {
    routes.db.advance_ms(60'000);
    inventory::Section system{"system", true, "", {}, {}, {}}, dpkg{"dpkg", true, "", {}, {}, {}};
    system.attributes.set("os_version", os);
    inventory::Item package{"software_package", "", "", {}};
    package.attributes.set("manager", "dpkg");
    package.attributes.set("name", "openssl");
    package.attributes.set("version", openssl);
    dpkg.items.push_back(package);
    const auto& clock = routes.db.clock();
    const inventory::Report said{{inventory::OriginKind::agent, "a", "1.0"},
                                 ++sequence_,
                                 "",
                                 clock.now(),
                                 "server",
                                 "web01",
                                 {system, dpkg},
                                 {}};
    routes.db.write([&](store::Transaction& tx) {
      ASSERT_TRUE(cmdb::ingest(tx, routes.catalog, said, clock.now(), clock));
    });
  }

  CalledRoutes routes;
  std::string before;

 private:
  std::uint64_t sequence_ = 0;
};

class CisThen : public TimeApi {
 protected:
  CisThen() : TimeApi(api::cis) {}
};

TEST_F(CisThen, AnItemHasItsValuesOfThen) {
  const auto item = body_of(routes.get("/api/v1/cis/{id}", {{"id", "web01"}}, {{"at", before}}));
  EXPECT_EQ(item.at("attributes").at("os_version").as_string(), "12");
  EXPECT_EQ(item.at("at").as_string(), before);
  EXPECT_TRUE(item.at("last_seen").is_null());
}

TEST_F(CisThen, ComponentsOfThenNameWhatHasNoPast) {
  const auto answer = body_of(routes.get("/api/v1/cis/{id}/components", {{"id", "web01"}}, {{"at", before}}));
  EXPECT_EQ(answer.at("items").at(0).at("attributes").at("version").as_string(), "1.0");
  EXPECT_NE(answer.at("without_past").as_array().size(), 0u);
}

TEST_F(CisThen, RelationshipsOfThenAreAList) {
  const auto answer =
      body_of(routes.get("/api/v1/cis/{id}/relationships", {{"id", "web01"}}, {{"at", before}}));
  EXPECT_TRUE(answer.at("items").as_array().empty());
}

TEST_F(CisThen, AListOfThen) {
  EXPECT_EQ(texts_of(routes.get("/api/v1/cis", {}, {{"at", before}, {"text", "12"}}), "name"),
            Names{"web01"});
}

TEST_F(CisThen, AQueryOfThen) {
  EXPECT_EQ(texts_of(routes.get("/api/v1/cis", {}, {{"at", before}, {"q", "software:openssl<1.1"}}), "name"),
            Names{"web01"});
  EXPECT_EQ(texts_of(routes.get("/api/v1/cis", {}, {{"q", "software:openssl<1.1"}}), "name"), Names{});
  EXPECT_EQ(routes.get("/api/v1/cis", {}, {{"at", before}, {"q", "seen<1d"}}).error().where, "q:1");
}

TEST_F(CisThen, BeforeItWasKnownThereIsNothing) {
  EXPECT_EQ(routes.get("/api/v1/cis/{id}", {{"id", "web01"}}, {{"at", "2020-01-01"}}).error().code,
            Errc::not_found);
}

TEST_F(CisThen, AMomentToComeIsRefused) {
  EXPECT_EQ(routes.get("/api/v1/cis", {}, {{"at", "2999-01-01"}}).error().where, "at");
}

TEST_F(CisThen, HistoryIsFiltered) {
  const auto answer =
      routes.get("/api/v1/cis/{id}/history", {{"id", "web01"}}, {{"attribute", "os_version"}});
  EXPECT_EQ(texts_of(answer, "new"), Names{"13"});
}

TEST_F(CisThen, HistoryOfThenEndsThen) {
  const auto answer = routes.get("/api/v1/cis/{id}/history", {{"id", "web01"}}, {{"at", before}});
  EXPECT_EQ(texts_of(answer, "what"), Names{"created"});
}

TEST_F(CisThen, AValueTellsSinceWhenItStands) {
  const auto answer = body_of(routes.get("/api/v1/cis/{id}/attributes", {{"id", "web01"}}));
  EXPECT_EQ(answer.at("items").at(0).at("attribute").as_string(), "os_version");
  EXPECT_EQ(answer.at("items").at(0).at("since").as_string(), base::to_iso8601(routes.db.clock().now()));
}

class HistoryApi : public TimeApi {
 protected:
  HistoryApi() : TimeApi(api::history) {}
};

TEST_F(HistoryApi, TellsOfAllItemsSinceAWhile) {
  const auto answer =
      body_of(routes.get("/api/v1/history", {}, {{"since", "1h"}, {"class", "computer_system"}}));
  EXPECT_EQ(answer.at("items").as_array().size(), 3u);
  EXPECT_EQ(answer.at("items").at(0).at("ci").at("name").as_string(), "web01");
}

TEST_F(HistoryApi, AnUnknownClassIsRefused) {
  EXPECT_EQ(routes.get("/api/v1/history", {}, {{"class", "spaceship"}}).error().where, "class");
}

TEST_F(HistoryApi, ATimeThatIsNoneIsRefused) {
  EXPECT_EQ(routes.get("/api/v1/history", {}, {{"since", "soon"}}).error().where, "since");
}

class BaselineApi : public TimeApi {
 protected:
  BaselineApi() : TimeApi(api::baselines) {}
  base::Result<Response> post(const std::string& body) {
    return routes.send("POST", "/api/v1/baselines", {}, body);
  }
};

TEST_F(BaselineApi, NamesAMoment) {
  const auto made = body_of(post(R"({"name": "before upgrade", "at": ")" + before + R"("})"));
  EXPECT_EQ(made.at("at").as_string(), before);
  EXPECT_EQ(made.at("of").as_string(), "everything");
  EXPECT_EQ(made.at("created_by").as_string(), "ana");
  EXPECT_EQ(texts_of(routes.get("/api/v1/baselines"), "name"), Names{"before upgrade"});
}

TEST_F(BaselineApi, NamesASetByItemsAndByClass) {
  EXPECT_EQ(body_of(post(R"({"name": "one", "items": ["web01"]})")).at("items").as_int64(), 1);
  EXPECT_EQ(body_of(post(R"({"name": "two", "class": "server"})")).at("items").as_int64(), 1);
  EXPECT_EQ(texts_of(routes.get("/api/v1/baselines/{name}/items", {{"name", "two"}}), "name"),
            Names{"web01"});
}

TEST_F(BaselineApi, ASetOfNothingIsRefused) {
  EXPECT_EQ(post(R"({"name": "none", "class": "printer"})").error().code, Errc::not_found);
}

TEST_F(BaselineApi, AMomentToComeIsRefused) {
  EXPECT_EQ(post(R"({"name": "later", "at": "2999-01-01"})").error().where, "/at");
}

TEST_F(BaselineApi, IsForgotten) {
  EXPECT_TRUE(post(R"({"name": "one"})"));
  EXPECT_TRUE(routes.send("DELETE", "/api/v1/baselines/{name}", {{"name", "one"}}, ""));
  EXPECT_EQ(routes.get("/api/v1/baselines/{name}", {{"name", "one"}}).error().code, Errc::not_found);
}

class DiffApi : public TimeApi {
 protected:
  DiffApi() : TimeApi(api::diff) {}
  base::Result<Response> diff(Texts query) { return routes.get("/api/v1/diff", {}, std::move(query)); }
};

TEST_F(DiffApi, OfOneItem) {
  EXPECT_EQ(texts_of(diff({{"from", before}, {"ci", "web01"}}), "what"),
            (Names{"attribute", "component_changed"}));
}

TEST_F(DiffApi, OfEverything) {
  EXPECT_EQ(texts_of(diff({{"from", before}}), "new"), (Names{"13", "version: 1.1"}));
}

TEST_F(DiffApi, ALengthOfNothingIsNow) {
  EXPECT_EQ(texts_of(diff({{"from", before}, {"to", "0s"}}), "new"), (Names{"13", "version: 1.1"}));
}

TEST_F(DiffApi, OfAService) {
  EXPECT_EQ(texts_of(diff({{"from", before}, {"service", "web01"}}), "old"), (Names{"12", "version: 1.0"}));
}

TEST_F(DiffApi, BetweenABaselineAndNow) {
  routes.db.write([&](store::Transaction& tx) {
    tx.execute(
        "insert into baseline (id, name, at, whole, description, created_at, created_by)"
        " values (1, 'upgrade', $1, 1, '', 0, 'ana')",
        *base::parse_iso8601(before));
  });
  EXPECT_EQ(texts_of(diff({{"from", "upgrade"}}), "subject").size(), 2u);
}

TEST_F(DiffApi, NothingDiffersFromNowToNow) {
  EXPECT_TRUE(texts_of(diff({{"from", "now"}}), "what").empty());
}

TEST_F(DiffApi, WhatIsNoTimeAndNoBaselineIsRefused) {
  EXPECT_EQ(diff({{"from", "yesterday"}}).error().where, "from");
  EXPECT_EQ(diff({}).error().where, "from");
}

TEST_F(DiffApi, TheWrongOrderIsRefused) {
  EXPECT_EQ(diff({{"from", "now"}, {"to", before}}).error().where, "from");
}

TEST_F(DiffApi, AnItemAndAServiceAtOnceAreRefused) {
  EXPECT_EQ(diff({{"from", before}, {"ci", "web01"}, {"service", "web01"}}).error().where, "service");
}

}  // namespace
}  // namespace censo::collector
