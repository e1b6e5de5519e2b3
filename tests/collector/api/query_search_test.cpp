#include "tests/collector/api/called_routes.h"

namespace censo::collector {
namespace api {
Routes search(const Services& services);
Routes cis(const Services& services);
Routes software(const Services& services);
Routes saved_searches(const Services& services);
Routes data_health(const Services& services);
}  // namespace api
namespace {

using base::Errc;
using Names = std::vector<std::string>;

class Fleet {
 public:
  explicit Fleet(SeededDatabase& seeded) : db(seeded) {
    set_attributes(web01, R"({"memory_mib":16384,"os_name":"Debian GNU/Linux","os_version":"12"})");
    set_attributes(db01, R"({"memory_mib":4096,"os_name":"Debian GNU/Linux","os_version":"11"})");
    db.add_key(web01, "serial_number", "czj91200f7");
    db.add_key(db01, "serial_number", "czj91200f7");
    add_package(web01, 11, "3.0.14-1");
    add_package(db01, 12, "3.0.15-1");
  }
  void set_attributes(cmdb::CiId ci, std::string_view json) {
    db.write([&](store::Transaction& tx) {
      tx.execute("update ci set attributes = $2 where id = $1", ci.value, json);
    });
  }
  void add_package(cmdb::CiId ci, std::int64_t row, const std::string& version) {
    db.write([&](store::Transaction& tx) {
      tx.execute(
          "insert into component_row (id, digest, class, attributes, name) values ($1, $2, "
          "'software_package', $3, "
          "'openssl')",
          row, base::Bytes{static_cast<std::uint8_t>(row)},
          R"({"manager":"dpkg","name":"openssl","version":")" + version + "\"}");
      tx.execute(
          "insert into component_set (ci_id, source_id, section, packed_rows, operational, transient) "
          "values ($1, $1, 'dpkg', $2, $3, $3)",
          ci.value, base::Bytes{static_cast<std::uint8_t>(row)}, base::Bytes{});
    });
  }

  SeededDatabase& db;
  const cmdb::CiId web01 = db.add_ci("server", "web01"), db01 = db.add_ci("server", "db01"),
                   nginx = db.add_ci("web_server", "nginx");
};

template <Routes (*resource)(const Services&)>
class FleetApi : public testing::Test {
 protected:
  base::Result<Response> get(const char* pattern, Texts query) {
    return routes.get(pattern, {}, std::move(query));
  }
  CalledRoutes routes{resource};
  Fleet fleet{routes.db};
};

using QuerySearchApi = FleetApi<api::search>;

TEST_F(QuerySearchApi, QueryFindsItems) {
  const auto answer = get("/api/v1/search", {{"q", "class:server os~\"Debian 12\""}});
  EXPECT_EQ(texts_of(answer, "name"), Names{"web01"});
  EXPECT_EQ(texts_of(answer, "stage"), Names{"operate"});
}
TEST_F(QuerySearchApi, PlainWordIsTheSearchOfTexts) {
  EXPECT_EQ(texts_of(get("/api/v1/search", {{"q", "web01"}}), "match"), Names{"name web01"});
}
TEST_F(QuerySearchApi, BeginningsComeBeforeWhatStandsWithin) {
  fleet.db.add_ci("server", "b01");
  EXPECT_EQ(texts_of(get("/api/v1/search", {{"q", "b01"}}), "name"), (Names{"b01", "db01", "web01"}));
}
TEST_F(QuerySearchApi, WithinSaysWhichKey) {
  EXPECT_EQ(texts_of(get("/api/v1/search", {{"q", "91200"}}), "match"),
            (Names{"serial_number czj91200f7", "serial_number czj91200f7"}));
}
TEST_F(QuerySearchApi, PagesGoFromBeginningsToWithin) {
  fleet.db.add_ci("server", "b01");
  const auto first = get("/api/v1/search", {{"q", "b01"}, {"limit", "1"}});
  const std::string next(body_of(first).at("next").as_string());
  EXPECT_EQ(texts_of(get("/api/v1/search", {{"q", "b01"}, {"limit", "5"}, {"after", next}}), "name"),
            (Names{"db01", "web01"}));
}
TEST_F(QuerySearchApi, CountFacetsAndFields) {
  const auto body = body_of(get("/api/v1/search", {{"q", "class:server"},
                                                   {"count", "true"},
                                                   {"facets", "class,os"},
                                                   {"fields", "os,memory"},
                                                   {"limit", "1"}}));
  EXPECT_EQ(body.at("count").as_int64(), 2);
  EXPECT_EQ(body.at_pointer("/facets/0/values/0/count").as_int64(), 2);
  EXPECT_EQ(body.at_pointer("/facets/1/values/0/value").as_string(), "Debian GNU/Linux 11");
  EXPECT_EQ(body.at_pointer("/items/0/attributes/os").as_string(), "Debian GNU/Linux 11");
  EXPECT_TRUE(body.as_object().contains("next"));
}
TEST_F(QuerySearchApi, FaultsNameTheirPlace) {
  EXPECT_EQ(get("/api/v1/search", {{"q", "class:server ("}}).error().where, "q:15");
}
TEST_F(QuerySearchApi, UnknownFieldIsRefused) {
  EXPECT_EQ(get("/api/v1/search", {{"q", "a b"}, {"fields", "wings"}}).error().where, "fields");
}
TEST_F(QuerySearchApi, PastIsAnswered) {
  const auto at = base::to_iso8601(fleet.db.clock().now());
  EXPECT_EQ(texts_of(get("/api/v1/search", {{"q", "os_version:12"}, {"at", at}}), "name"), Names{"web01"});
}

using QueryCisApi = FleetApi<api::cis>;

TEST_F(QueryCisApi, ListTakesAQuery) {
  const auto answer = get("/api/v1/cis", {{"q", "memory>8GiB"}});
  EXPECT_EQ(texts_of(answer, "name"), Names{"web01"});
  EXPECT_TRUE(body_of(answer).at_pointer("/items/0/attributes/memory_mib").is_int64());
}
TEST_F(QueryCisApi, QueryAndFilterTogetherAreRefused) {
  EXPECT_EQ(get("/api/v1/cis", {{"q", "web"}, {"class", "server"}}).error().where, "class");
}

using SoftwareApi = FleetApi<api::software>;

TEST_F(SoftwareApi, VersionsFromTheOldest) {
  const auto answer = get("/api/v1/software", {{"name", "openssl"}});
  EXPECT_EQ(texts_of(answer, "version"), (Names{"3.0.14-1", "3.0.15-1"}));
  EXPECT_EQ(body_of(answer).at_pointer("/items/0/hosts").as_int64(), 1);
}
TEST_F(SoftwareApi, BelowAVersion) {
  EXPECT_EQ(texts_of(get("/api/v1/software", {{"name", "openssl"}, {"below", "3.0.15"}}), "version"),
            Names{"3.0.14-1"});
}
TEST_F(SoftwareApi, AllPackages) {
  EXPECT_EQ(texts_of(get("/api/v1/software", {}), "name"), (Names{"openssl", "openssl"}));
  EXPECT_EQ(texts_of(get("/api/v1/software", {{"name", "open*"}}), "name"), (Names{"openssl", "openssl"}));
}
TEST_F(SoftwareApi, PagesEndBetweenNames) {
  fleet.db.write([](store::Transaction& tx) {
    tx.execute(
        "update component_row set name = 'zlib1g', attributes = '{\"manager\":\"dpkg\",\"name\":\"zlib1g\"}' "
        "where id = 12");
  });
  const auto first = get("/api/v1/software", {{"limit", "1"}});
  EXPECT_EQ(texts_of(first, "name"), Names{"openssl"});
  const std::string next(body_of(first).at("next").as_string());
  EXPECT_EQ(texts_of(get("/api/v1/software", {{"limit", "1"}, {"after", next}}), "name"), Names{"zlib1g"});
}
TEST_F(SoftwareApi, BelowWithoutANameIsRefused) {
  EXPECT_EQ(get("/api/v1/software", {{"below", "1"}}).error().where, "below");
}

class SavedSearchApi : public FleetApi<api::saved_searches> {
 protected:
  base::Result<Response> save(const std::string& name, const std::string& query) {
    return routes.send("PUT", "/api/v1/searches/{name}", {{"name", name}},
                       boost::json::serialize(boost::json::object{{"query", query}}));
  }
};

TEST_F(SavedSearchApi, IsKeptUnderItsName) {
  ASSERT_TRUE(save("old-ssl", "software:openssl<3.0.15"));
  const auto found = body_of(routes.get("/api/v1/searches/{name}", {{"name", "old-ssl"}}));
  EXPECT_EQ(found.at("query").as_string(), "software:openssl<3.0.15");
  EXPECT_EQ(found.at("owner").as_string(), "ana");
  EXPECT_EQ(texts_of(get("/api/v1/searches", {}), "name"), Names{"old-ssl"});
}
TEST_F(SavedSearchApi, ItsOwnerMayChangeIt) {
  ASSERT_TRUE(save("a", "web"));
  ASSERT_TRUE(save("a", "db"));
  EXPECT_EQ(body_of(routes.get("/api/v1/searches/{name}", {{"name", "a"}})).at("query").as_string(), "db");
}
TEST_F(SavedSearchApi, NobodyElseMay) {
  fleet.db.write([](store::Transaction& tx) {
    tx.execute(
        "insert into saved_search (name, owner, query, created_at, changed_at) values ('b', 'eva', 'x', 1, "
        "1)");
  });
  EXPECT_EQ(save("b", "y").error().code, Errc::conflict);
  EXPECT_EQ(routes.send("DELETE", "/api/v1/searches/{name}", {{"name", "b"}}, "").error().code,
            Errc::conflict);
}
TEST_F(SavedSearchApi, IsForgotten) {
  ASSERT_TRUE(save("a", "web"));
  ASSERT_TRUE(routes.send("DELETE", "/api/v1/searches/{name}", {{"name", "a"}}, ""));
  EXPECT_EQ(routes.get("/api/v1/searches/{name}", {{"name", "a"}}).error().code, Errc::not_found);
}
TEST_F(SavedSearchApi, WhatCannotRunIsNotSaved) {
  EXPECT_EQ(save("a", "clas:server").error().where, "q:1");
  EXPECT_EQ(save("a b", "web").error().where, "name");
}

class DataHealthApi : public FleetApi<api::data_health> {
 protected:
  boost::json::value figure(std::string_view name) {
    const auto body = body_of(get("/api/v1/data-health", {}));
    for (const auto& one : body.at("items").as_array())
      if (one.at("figure").as_string() == name) return one;
    return {};
  }
  base::Result<Response> behind(const std::string& name) {
    return routes.get("/api/v1/data-health/{figure}", {{"figure", name}});
  }
};

TEST_F(DataHealthApi, MissingAttributesAreCountedAndListed) {
  const auto missing = figure("missing.computer_system.serial_number");
  EXPECT_EQ(missing.at("items").as_int64(), 2);
  EXPECT_EQ(missing.at("of").as_int64(), 2);
  EXPECT_EQ(missing.at("query").as_string(), "class:computer_system missing:serial_number");
  EXPECT_EQ(figure("missing.computer_system.os_name").at("items").as_int64(), 0);
  EXPECT_EQ(texts_of(behind("missing.computer_system.serial_number"), "name"), (Names{"db01", "web01"}));
}
TEST_F(DataHealthApi, ServiceThatRunsNowhereIsAnOrphan) {
  EXPECT_EQ(texts_of(behind("orphan.software_runtime.runs_on"), "name"), Names{"nginx"});
  fleet.db.relate(fleet.nginx, "runs_on", fleet.web01);
  EXPECT_EQ(figure("orphan.software_runtime.runs_on").at("items").as_int64(), 0);
}
TEST_F(DataHealthApi, WhatWasNotSeenForLongIsStale) {
  EXPECT_EQ(figure("stale.server").at("items").as_int64(), 0);
  fleet.db.advance_ms(8 * 86'400'000);
  EXPECT_EQ(figure("stale.server").at("items").as_int64(), 2);
  EXPECT_EQ(figure("stale.configuration_item").at("of").as_int64(), 1);
}
TEST_F(DataHealthApi, SerialOfTwoItemsIsADuplicate) {
  EXPECT_EQ(figure("duplicates").at("items").as_int64(), 1);
  const auto body = body_of(behind("duplicates"));
  EXPECT_EQ(body.at_pointer("/items/0/subject").as_string(), "serial_number czj91200f7");
  EXPECT_EQ(body.at_pointer("/items/0/cis").as_array().size(), 2U);
}
TEST_F(DataHealthApi, SourcesThatContradictEachOther) {
  fleet.db.write([&](store::Transaction& tx) {
    tx.execute("update ci_value set sections = '{\"os\":{\"os_version\":\"12\"}}' where ci_id = $1",
               fleet.web01.value);
    tx.execute(
        "insert into ci_value (ci_id, source_id, class, name, sections) values ($1, $2, 'server', 'web01', "
        "'{\"snmp\":{\"os_version\":\"11\"}}')",
        fleet.web01.value, fleet.db01.value);
  });
  EXPECT_EQ(figure("conflicting_values").at("items").as_int64(), 1);
  const auto body = body_of(behind("conflicting_values"));
  EXPECT_EQ(body.at_pointer("/items/0/subject").as_string(), "os_version");
  EXPECT_EQ(body.at_pointer("/items/0/values/1/value").as_string(), "11");
}
TEST_F(DataHealthApi, SourcesOfMergedItemsThatContradictEachOther) {
  const auto say = [&](cmdb::CiId ci, const char* sections) {
    fleet.db.write([&](store::Transaction& tx) {
      tx.execute("update ci_value set sections = $2 where ci_id = $1", ci.value, sections);
    });
  };
  say(fleet.web01, R"({"os":{"os_version":"12"}})");
  say(fleet.db01, R"({"os":{"os_version":"11"}})");
  EXPECT_EQ(figure("conflicting_values").at("items").as_int64(), 0);
  fleet.db.write([&](store::Transaction& tx) {
    tx.execute("update ci set merged_into = $2 where id = $1", fleet.db01.value, fleet.web01.value);
  });
  EXPECT_EQ(figure("conflicting_values").at("items").as_int64(), 1);
  const auto body = body_of(behind("conflicting_values"));
  EXPECT_EQ(body.at_pointer("/items/0/cis").as_array().size(), 1U);
  EXPECT_EQ(body.at_pointer("/items/0/values").as_array().size(), 2U);
}
TEST_F(DataHealthApi, UnknownFigureIsNotFound) {
  EXPECT_EQ(behind("beauty").error().code, Errc::not_found);
}

}  // namespace
}  // namespace censo::collector
