// Service-desk rule 37: what a change touched is looked at again when it is completed.
#include "collector/jobs/scan_store.h"
#include "tests/collector/api/called_routes.h"

namespace censo::collector {
namespace api {
Routes ticket_acts(const Services& services);
}
namespace {

class ChangeLook : public testing::Test {
 protected:
  ChangeLook() {
    routes.db.write([&](store::Transaction& tx) {
      tx.execute(
          "insert into agent (id, name, state, enrolled_at, enrolled_from, enrolment_token_id, generation, "
          "serial, "
          "previous_serial, renewed_at, certificate_expires_at) "
          "values ('a1', 'web01', 'active', 1, '192.0.2.1', 0, 1, '1', '', 0, 0)");
      tx.execute("insert into origin (id, kind, native_id) values (2, 'agent', 'a1')");
      tx.execute("update ci_source set origin_id = 2 where ci_id = $1", web.value);
      tx.execute(
          "insert into snmp_credential (name, version, user_name, sealed, updated_at) values ('ro', 'v3', "
          "'x', $1, 1)",
          base::Bytes{1});
      tx.execute(
          "insert into scan_job (id, name, ranges, exclusions, credentials, port, schedule, created_at, "
          "last_started_at) values (5, 'net', '[\"192.0.2.9\"]', '[]', '[\"ro\"]', 161, '', 1, 1)");
      tx.execute(
          "insert into scan_run (id, job_id, job_name, state, detail, queued_at, started_at, ended_at, "
          "total, done, "
          "answered, created, updated, verdicts) values (7, 5, 'net', 'done', '', 1, 1, 1, 1, 1, 1, 0, 0, "
          "'{}')");
      tx.execute(
          "insert into scan_device (run_id, address, port, verdict, detail, credential, ci_id, outcome, "
          "duration_ms) "
          "values (7, '192.0.2.9', 161, 'answered', '', 'ro', $1, 'updated', 5)",
          core.value);
      tx.execute(
          "insert into ticket (id, kind, number, title, title_folded, description, state, requester, "
          "opened_at, "
          "updated_at, version, fields, state_since) values (1, 'change', 'CHG-1', 'Patch', 'patch', '', "
          "'implementing', 'luis', 1, 1, 1, $1, 1)",
          R"({"type":"normal","actual_start":"2026-09-21T10:00:00.000Z"})");
      for (const auto ci : {web, core})
        tx.execute("insert into ticket_link (ticket_id, ci_id, role) values (1, $1, 'changed')", ci.value);
    });
  }
  base::Result<Response> complete() {
    return routes.send("POST", "/api/v1/tickets/{number}/events", {{"number", "CHG-1"}},
                       R"({"event":"complete","fields":{"result":"success",
                           "actual_start":"2026-09-21T10:00Z","actual_end":"2026-09-21T10:30Z"}})");
  }
  std::string text(std::string_view sql) {
    std::string found;
    routes.db.write([&](store::Transaction& tx) {
      const auto row = tx.query_one(sql);
      if (row) found = row->text(0);
    });
    return found;
  }

  CalledRoutes routes{api::ticket_acts};
  const cmdb::CiId web = routes.db.add_ci("server", "web01"), core = routes.db.add_ci("switch", "core");
};

TEST_F(ChangeLook, Rule37AgentsAreAskedAndDevicesScannedWhenAChangeIsCompleted) {
  const auto answer = complete();
  ASSERT_TRUE(answer) << to_string(answer.error());
  EXPECT_EQ(text("select refresh_asked_by from agent where id = 'a1'"), "CHG-1");
  EXPECT_EQ(text("select state from scan_run where job_name = 'CHG-1'"), "queued");
  EXPECT_EQ(text("select ranges from scan_job where name = 'CHG-1'"), R"(["192.0.2.9"])");
  EXPECT_TRUE(answer->after_commit);
}

// What it was read through, a probe perhaps, is not known any more.
TEST_F(ChangeLook, WhatARemovedJobReadIsNotScannedFromElsewhere) {
  routes.db.write([](store::Transaction& tx) { jobs::remove_job(tx, jobs::find_job(tx, "net")->id); });
  const auto answer = complete();
  ASSERT_TRUE(answer) << to_string(answer.error());
  EXPECT_FALSE(answer->after_commit);
  EXPECT_EQ(text("select name from scan_job"), "");
}

TEST_F(ChangeLook, AJobOfAPersonStaysWhateverItsName) {
  routes.db.write([&](store::Transaction& tx) {
    jobs::StoredJob job;
    job.name = "CHG-1";
    job.ranges = {"192.0.2.77"};
    job.credentials = {"ro"};
    ASSERT_TRUE(jobs::add_job(tx, job, routes.db.clock()));
  });
  ASSERT_TRUE(complete());
  EXPECT_EQ(text("select ranges from scan_job where name = 'CHG-1'"), R"(["192.0.2.77"])");
  EXPECT_EQ(text("select ranges from scan_job where name = 'CHG-1-2'"), R"(["192.0.2.9"])");
}

TEST_F(ChangeLook, ItsJobGoesWhenItsRunHasEnded) {
  ASSERT_TRUE(complete());
  routes.db.write([&](store::Transaction& tx) {
    auto run = jobs::newest_run(tx, jobs::find_job(tx, "CHG-1")->id).value();
    run.state = "running";
    jobs::save_run(tx, run);
    EXPECT_TRUE(jobs::find_job(tx, "CHG-1"));
    run.state = "done";
    run.ended_at = routes.db.clock().now();
    jobs::save_run(tx, run);
    EXPECT_FALSE(jobs::find_job(tx, "CHG-1"));
    EXPECT_TRUE(jobs::find_job(tx, "net"));
  });
  EXPECT_EQ(text("select state from scan_run where job_name = 'CHG-1'"), "done");
}

TEST_F(ChangeLook, NothingIsScannedThatNoCredentialReads) {
  routes.db.write([](store::Transaction& tx) { tx.execute("update scan_device set credential = ''"); });
  const auto answer = complete();
  ASSERT_TRUE(answer) << to_string(answer.error());
  EXPECT_FALSE(answer->after_commit);
}

}  // namespace
}  // namespace censo::collector
