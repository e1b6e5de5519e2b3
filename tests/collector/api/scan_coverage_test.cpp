#include "cmdb/ingest.h"
#include "tests/cmdb/ingest_fixture.h"
#include "tests/collector/api/called_routes.h"

namespace censo::collector {
namespace api {
Routes scan_coverage(const Services& services);
}
namespace {

using Strings = std::vector<std::string>;

class ScanCoverageApi : public testing::Test {
 protected:
  ScanCoverageApi() {
    db.write([&](store::Transaction& tx) { jobs::save_credential(tx, {"public", "v2c", "", 1}, {1}); });
    for (const char* prefix : {"10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/23", "10.9.0.0/24"})
      db.add_ci("subnet", prefix);
  }

  jobs::StoredJob add_job(const std::string& name, Strings ranges, Strings exclusions = {}) {
    jobs::StoredJob job;
    job.name = name;
    job.ranges = std::move(ranges);
    job.exclusions = std::move(exclusions);
    job.credentials = {"public"};
    db.write([&](store::Transaction& tx) { job = *jobs::add_job(tx, job, db.clock()); });
    return job;
  }

  // A run that ended so, with these devices.
  void run(const jobs::StoredJob& job, const std::string& state,
           const std::vector<jobs::StoredDevice>& devices = {}) {
    db.advance_ms(1'000);
    db.write([&](store::Transaction& tx) {
      auto run = *jobs::queue_run(tx, job, db.clock(), "here");
      run.state = state;
      run.ended_at = db.clock().now();
      jobs::save_run(tx, run);
      for (const auto& device : devices) jobs::save_device(tx, run.id, device);
    });
  }

  static jobs::StoredDevice device(const std::string& address, const std::string& verdict) {
    jobs::StoredDevice device;
    device.target = {address, 161};
    device.verdict = verdict;
    device.detail = "why " + address;
    return device;
  }

  Strings prefixes(const std::string& reached) {
    return texts_of(routes.get("/api/v1/scan-coverage/subnets", {}, {{"reached", reached}}), "prefix");
  }
  base::Result<Response> unread(Texts query = {}) {
    return routes.get("/api/v1/scan-coverage/unread", {}, std::move(query));
  }

  CalledRoutes routes{api::scan_coverage};
  SeededDatabase& db = routes.db;
};

TEST_F(ScanCoverageApi, WithoutARunNothingIsReached) {
  add_job("campus", {"10.0.0.0/16"});
  EXPECT_EQ(prefixes("none").size(), 4u);
  const auto first = body_of(routes.get("/api/v1/scan-coverage/subnets")).at("items").at(0);
  EXPECT_EQ(first.at("reached").as_string(), "none");
  EXPECT_EQ(first.at("jobs").at(0).as_string(), "campus");
  EXPECT_TRUE(first.at("scanned_at").is_null());
}

TEST_F(ScanCoverageApi, SubnetsAreReachedByRunsThatEndedInFull) {
  run(add_job("offices", {"10.0.0.0/24", "10.0.2.0/24"}), "done");
  run(add_job("stopped", {"10.0.1.0/24"}), "cancelled");
  EXPECT_EQ(prefixes("all"), Strings{"10.0.0.0/24"});
  EXPECT_EQ(prefixes("some"), Strings{"10.0.2.0/23"});
  EXPECT_EQ(prefixes("none"), (Strings{"10.0.1.0/24", "10.9.0.0/24"}));
}

TEST_F(ScanCoverageApi, ExclusionsAreNotReached) {
  run(add_job("offices", {"10.0.0.0/24"}, {"10.0.0.128/25"}), "done");
  EXPECT_EQ(prefixes("some"), Strings{"10.0.0.0/24"});
}

TEST_F(ScanCoverageApi, SubnetsComeInPages) {
  const auto first = body_of(routes.get("/api/v1/scan-coverage/subnets", {}, {{"limit", "3"}}));
  EXPECT_EQ(first.at("items").as_array().size(), 3u);
  const std::string next(first.at("next").as_string());
  const auto second =
      body_of(routes.get("/api/v1/scan-coverage/subnets", {}, {{"limit", "3"}, {"after", next}}));
  EXPECT_EQ(second.at("items").at(0).at("prefix").as_string(), "10.9.0.0/24");
  EXPECT_FALSE(second.as_object().contains("next"));
}

TEST_F(ScanCoverageApi, ASubnetThatIsMergedIsNotListed) {
  db.write([](store::Transaction& tx) {
    tx.execute(
        "update ci set merged_into = (select id from ci where name = '10.0.0.0/24')"
        " where name = '10.9.0.0/24'");
  });
  EXPECT_EQ(prefixes("none"), (Strings{"10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/23"}));
}

TEST_F(ScanCoverageApi, AnUnknownWordIsRefused) {
  const auto refused = routes.get("/api/v1/scan-coverage/subnets", {}, {{"reached", "most"}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().where, "reached");
  EXPECT_FALSE(unread({{"after", "10.0.0.1"}}));
}

TEST_F(ScanCoverageApi, UnreadAreThoseOfEachJobsLastRun) {
  const auto campus = add_job("campus", {"10.0.0.0/24"});
  run(campus, "done", {device("10.0.0.1", "auth_failed"), device("10.0.0.2", "refused")});
  auto read = device("10.0.0.1", "ok");
  read.ci = db.add_ci("switch", "sw1");
  run(campus, "done", {read, device("10.0.0.3", "no_snmp"), device("10.0.0.4", "no_answer")});
  run(campus, "failed", {device("10.0.0.5", "malformed")});
  run(add_job("other", {"10.0.0.0/24"}), "done", {device("10.0.0.3", "auth_failed")});
  EXPECT_EQ(texts_of(unread(), "address"), (Strings{"10.0.0.3", "10.0.0.3"}));
  EXPECT_EQ(texts_of(unread(), "verdict"), (Strings{"no_snmp", "auth_failed"}));
  EXPECT_EQ(texts_of(unread(), "job"), (Strings{"campus", "other"}));
  EXPECT_EQ(texts_of(unread(), "detail").at(0), "why 10.0.0.3");
  const auto first = body_of(unread({{"limit", "1"}}));
  const std::string next(first.at("next").as_string());
  EXPECT_EQ(texts_of(unread({{"limit", "1"}, {"after", next}}), "job"), Strings{"other"});
}

// Read, but taken for no item.
TEST_F(ScanCoverageApi, ARefusedReportIsUnread) {
  auto refused = device("10.0.0.1", "ok");
  refused.outcome = "refused";
  run(add_job("campus", {"10.0.0.0/24"}), "done", {refused});
  EXPECT_EQ(texts_of(unread(), "address"), Strings{"10.0.0.1"});
}

TEST_F(ScanCoverageApi, KindsOfDevicesWithoutAModelAreListedOnce) {
  const auto device = [&](const std::string& name, const std::string& object_id, const std::string& model,
                          const std::string& definition = "") {
    inventory::Report report{
        {inventory::OriginKind::scanner, "job-1", "1.0"}, 0, "", db.clock().now(), "switch", name, {}, {}};
    report.sections = {cmdb::section("system", cmdb::attributes({{"sys_object_id", object_id},
                                                                 {"sys_description", "Switch of " + name},
                                                                 {"serial_number", "SN-" + name},
                                                                 {"model", model},
                                                                 {"definition", definition}}))};
    inventory::seal(report);
    db.write([&](store::Transaction& tx) {
      EXPECT_TRUE(cmdb::ingest(tx, routes.catalog, report, db.clock().now(), db.clock()));
    });
  };
  device("a", "1.3.6.1.4.1.99999.4.7", "");
  device("b", "1.3.6.1.4.1.99999.4.7", "");
  device("c", "1.3.6.1.4.1.99999.4.8", "EX-48");
  device("d", "1.3.6.1.4.1.99999.4.9", "thing", "standard");
  const auto body = body_of(routes.get("/api/v1/scan-coverage/unnamed", {}, {{"limit", "1"}}));
  const auto& kind = body.at("items").at(0);
  EXPECT_EQ(kind.at("sys_object_id").as_string(), "1.3.6.1.4.1.99999.4.7");
  EXPECT_EQ(kind.at("devices").as_int64(), 2);
  EXPECT_EQ(kind.at("example").at("name").as_string(), "a");
  EXPECT_EQ(kind.at("sys_description").as_string(), "Switch of a");
  const std::string next(body.at("next").as_string());
  EXPECT_EQ(texts_of(routes.get("/api/v1/scan-coverage/unnamed", {}, {{"after", next}}), "sys_object_id"),
            Strings{"1.3.6.1.4.1.99999.4.9"});
}

}  // namespace
}  // namespace censo::collector
