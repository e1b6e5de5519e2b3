#include "tests/cmdb/ingest_fixture.h"

#include "base/digest.h"
#include "cmdb/reporting_source.h"

namespace censo::cmdb {
namespace {

using base::Errc;

class Ingest : public IngestTest {
 protected:
  static std::vector<inventory::Section> host(std::int64_t memory_mib = 2048) {
    return {section("hardware", attributes({{"serial_number", "CZ1234"}, {"memory_mib", memory_mib}})),
            section("packages", {}, {package("bash", "5.2"), package("openssl", "3.0")})};
  }
};

TEST_F(Ingest, AFirstReportMakesAnItem) {
  const auto receipt = take(agent_report("a", 1, host()));
  EXPECT_EQ(receipt.outcome, IngestOutcome::created);
  const auto ci = find_ci(tx, receipt.ci);
  ASSERT_TRUE(ci);
  EXPECT_EQ(ci->class_name, "server");
  EXPECT_EQ(ci->name, "web01");
  EXPECT_EQ(ci->stage, "operate");
  EXPECT_EQ(ci->attributes.text("serial_number"), "CZ1234");
  EXPECT_EQ(ci->first_seen, clock.now());
  EXPECT_EQ(ci->last_seen, clock.now());
  EXPECT_EQ(ci->origins, std::vector<std::string>{"agent"});
}

// An index of PostgreSQL holds some 2,700 bytes; nothing that a report may say is longer than what is stored.
TEST_F(Ingest, TextsAsLongAsAReportMayHaveThemAreTaken) {
  const std::string bytes = base::to_hex(base::random_bytes(20'000));
  const auto receipt =
      take(agent_report("a", 1,
                        {section("hardware", attributes({{"serial_number", bytes}, {"smbios_uuid", bytes}})),
                         section("packages", {}, {package(bytes, bytes)})}));
  EXPECT_EQ(receipt.outcome, IngestOutcome::created);
  EXPECT_EQ(count("component_row"), 1);
}

TEST_F(Ingest, AFirstReportHasOneHistoryEntry) {
  const auto receipt = take(agent_report("a", 1, host()));
  const auto entries = history(receipt.ci);
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].what, "created");
  EXPECT_EQ(entries[0].origin, "agent a");
  EXPECT_EQ(receipt.history_entries, 1u);
}

TEST_F(Ingest, AnUnchangedReportWritesOneUpdateAndNothingElse) {
  const auto first = take(agent_report("a", 1, host()));
  const auto second = take(agent_report("a", 2, host()));
  EXPECT_EQ(second.outcome, IngestOutcome::unchanged);
  EXPECT_EQ(second.ci, first.ci);
  ASSERT_EQ(writes().size(), 1u);
  EXPECT_TRUE(writes()[0].starts_with("update ci_source set"));
  EXPECT_EQ(connection.statements.size(), 2u);
}

TEST_F(Ingest, AnUnchangedReportMovesLastSeen) {
  const auto receipt = take(agent_report("a", 1, host()));
  take(agent_report("a", 2, host()));
  EXPECT_EQ(find_ci(tx, receipt.ci)->last_seen, clock.now());
}

TEST_F(Ingest, TheSameReportTwiceIsADuplicateAndWritesNothing) {
  const auto first = take(agent_report("a", 7, host()));
  const auto second = take(agent_report("a", 7, host()));
  EXPECT_EQ(second.outcome, IngestOutcome::duplicate);
  EXPECT_EQ(second.ci, first.ci);
  EXPECT_TRUE(writes().empty());
}

TEST_F(Ingest, AnotherReportWithTheSameSequenceIsRefused) {
  take(agent_report("a", 7, host()));
  const auto second = try_ingest(agent_report("a", 7, host(4096)));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::conflict);
  EXPECT_EQ(second.error().reason, "DUPLICATE_REPORT");
}

TEST_F(Ingest, AnOlderSequenceIsRefusedAsStale) {
  take(agent_report("a", 7, host()));
  const auto second = try_ingest(agent_report("a", 6, host(4096)));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::stale);
  EXPECT_EQ(second.error().reason, "STALE_SEQUENCE");
}

TEST_F(Ingest, OnlyChangedSectionsAreProcessed) {
  take(agent_report("a", 1, host()));
  take(agent_report("a", 2, host(4096)));
  const auto touches_components = [](const std::string& sql) {
    return sql.find("component_") != std::string::npos;
  };
  EXPECT_TRUE(
      std::ranges::any_of(writes(), [](const auto& sql) { return sql.starts_with("insert into ci_value"); }));
  EXPECT_TRUE(std::ranges::none_of(writes(), touches_components));
}

TEST_F(Ingest, ASectionThatIsMissingDeletesNothing) {
  const auto receipt = take(agent_report("a", 1, host()));
  auto sections = host(4096);
  sections.pop_back();
  take(agent_report("a", 2, sections));
  EXPECT_EQ(components_of(tx, receipt.ci).size(), 2u);
}

TEST_F(Ingest, TheProblemsOfTheLastReportAreKept) {
  auto report = agent_report("a", 1, host());
  report.problems.push_back({"smbios", "permission_denied", "cannot read the table", "/sys/firmware"});
  take(report);
  const auto source = source_of_agent(tx, "a");
  ASSERT_TRUE(source);
  ASSERT_EQ(source->problems.size(), 1u);
  EXPECT_EQ(source->problems[0].where, "/sys/firmware");
  EXPECT_EQ(source->version, "1.0");
}

TEST_F(Ingest, AReportWithoutDigestsIsSealedFirst) {
  const auto receipt = ingest(tx, catalog, agent_report("a", 1, host()), clock.now(), clock);
  ASSERT_TRUE(receipt);
  EXPECT_EQ(take(agent_report("a", 2, host())).outcome, IngestOutcome::unchanged);
}

// --- what is refused, with its place

class RefusedReport : public IngestTest {
 protected:
  std::string where(inventory::Report report) {
    const auto receipt = try_ingest(std::move(report));
    EXPECT_FALSE(receipt);
    if (receipt) return "accepted";
    EXPECT_EQ(receipt.error().code, Errc::malformed);
    EXPECT_EQ(count("ci"), 0);
    return receipt.error().where;
  }
};

TEST_F(RefusedReport, AnUnknownSubjectClass) {
  auto report = agent_report("a", 1, {});
  report.subject_class = "toaster";
  EXPECT_EQ(where(report), "/subject/class");
}

TEST_F(RefusedReport, AnAbstractSubjectClass) {
  auto report = agent_report("a", 1, {});
  report.subject_class = "computer_system";
  EXPECT_EQ(where(report), "/subject/class");
}

TEST_F(RefusedReport, AComponentAsSubject) {
  auto report = agent_report("a", 1, {});
  report.subject_class = "disk";
  EXPECT_EQ(where(report), "/subject/class");
}

TEST_F(RefusedReport, AnUnknownAttributeOfTheSubject) {
  EXPECT_EQ(where(agent_report("a", 1, {section("s", attributes({{"colour", "red"}}))})),
            "/sections/0/attributes/colour");
}

TEST_F(RefusedReport, AnAttributeOfTheWrongType) {
  const auto disk = item("disk", attributes({{"name", "sda"}, {"size_bytes", "large"}}));
  EXPECT_EQ(where(agent_report("a", 1, {section("s", {}), section("t", {}, {package("a", "1"), disk})}))
                .substr(0, 18),
            "/sections/1/items/");
}

TEST_F(RefusedReport, AnUnknownItemClass) {
  EXPECT_EQ(where(agent_report("a", 1, {section("s", {}, {item("toaster", {})})})),
            "/sections/0/items/0/class");
}

TEST_F(RefusedReport, AnUnknownRelation) {
  auto services = section("s", {}, {item("generic_service", attributes({{"instance", "x"}}), "svc")});
  services.relationships.push_back({"eats", "svc", "self", {}});
  EXPECT_EQ(where(agent_report("a", 1, {services})), "/sections/0/relationships/0/type");
}

TEST_F(RefusedReport, ARelationshipToNothing) {
  auto services = section("s", {}, {item("generic_service", attributes({{"instance", "x"}}), "svc")});
  services.relationships.push_back({"runs_on", "svc", "nowhere", {}});
  EXPECT_EQ(where(agent_report("a", 1, {services})), "/sections/0/relationships/0/to");
}

TEST_F(RefusedReport, ARelationshipBetweenTheWrongClasses) {
  auto services = section("s", {}, {item("generic_service", attributes({{"instance", "x"}}), "svc")});
  services.relationships.push_back({"runs_on", "self", "svc", {}});
  EXPECT_EQ(where(agent_report("a", 1, {services})), "/sections/0/relationships/0/from");
}

TEST_F(RefusedReport, AnOwnerThatIsNotInTheReport) {
  auto disk = item("disk", attributes({{"name", "sda"}}));
  disk.owner = "nobody";
  EXPECT_EQ(where(agent_report("a", 1, {section("s", {}, {disk})})), "/sections/0/items/0/owner");
}

TEST_F(RefusedReport, TwoItemsWithOneRef) {
  const auto service = item("generic_service", attributes({{"instance", "x"}}), "svc");
  EXPECT_EQ(where(agent_report("a", 1, {section("s", {}, {service}), section("t", {}, {service})})),
            "/sections/1/items/0/ref");
}

}  // namespace
}  // namespace censo::cmdb
