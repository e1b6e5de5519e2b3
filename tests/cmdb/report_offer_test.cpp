#include "cmdb/report_offer.h"

#include "cmdb/reporting_source.h"
#include "tests/cmdb/ingest_fixture.h"

namespace censo::cmdb {
namespace {

using base::Errc;

class ReportOffers : public IngestTest {
 protected:
  static std::vector<inventory::Section> host(std::int64_t memory_mib = 2048,
                                              const std::string& bash = "5.2") {
    return {section("hardware", attributes({{"serial_number", "CZ1234"}, {"memory_mib", memory_mib}})),
            section("dpkg", {}, {package("bash", bash), package("openssl", "3.0")})};
  }
  static ReportOffer offer_of(inventory::Report report) {
    inventory::seal(report);
    return {report.origin.id, report.sequence, inventory::content_digest(report),
            report.boot_id,   "1.1",           inventory::problems_digest(report.problems)};
  }
  base::Result<OfferAnswer> offer(const inventory::Report& report) {
    clock.advance(60'000);
    connection.statements.clear();
    return take_offer(tx, offer_of(report), clock.now());
  }
  base::Result<IngestReceipt> try_without(inventory::Report report, const std::string& name) {
    inventory::seal(report);
    inventory::ReceivedReport received{report, {}};
    for (const auto& section : report.sections) {
      if (section.name == name) received.texts.unchanged.push_back({name, section.digest});
    }
    std::erase_if(received.report.sections, [&](const auto& section) { return section.name == name; });
    clock.advance(60'000);
    return ingest(tx, {catalog, clock}, received, clock.now());
  }
  std::string digest_of_packages() {
    return tx.query_one("select digest from source_section where section = 'dpkg'")->text(0);
  }
};

TEST_F(ReportOffers, OfTheSameContentAreTakenWithOneUpdate) {
  const auto first = take(agent_report("a", 1, host()));
  const auto answer = offer(agent_report("a", 2, host()));
  ASSERT_TRUE(answer && answer->receipt);
  EXPECT_EQ(answer->receipt->outcome, IngestOutcome::unchanged);
  EXPECT_EQ(answer->receipt->ci, first.ci);
  EXPECT_EQ(writes().size(), 1u);
  EXPECT_EQ(connection.statements.size(), 2u);
  const auto source = source_of_agent(tx, "a");
  EXPECT_EQ(source->sequence, 2u);
  EXPECT_EQ(source->last_seen, clock.now());
  EXPECT_EQ(source->version, "1.1");
}

TEST_F(ReportOffers, TwiceAreADuplicate) {
  take(agent_report("a", 1, host()));
  EXPECT_EQ(offer(agent_report("a", 1, host()))->receipt->outcome, IngestOutcome::duplicate);
  EXPECT_TRUE(writes().empty());
}

TEST_F(ReportOffers, OfAnOldNumberAreStale) {
  take(agent_report("a", 5, host()));
  EXPECT_EQ(offer(agent_report("a", 4, host())).error().reason, "STALE_SEQUENCE");
  EXPECT_EQ(offer(agent_report("a", 5, host(4096))).error().reason, "DUPLICATE_REPORT");
}

TEST_F(ReportOffers, OfAnUnknownAgentAreWantedWhole) {
  const auto answer = offer(agent_report("a", 1, host()));
  ASSERT_TRUE(answer);
  EXPECT_FALSE(answer->receipt);
  EXPECT_TRUE(answer->left_out.empty());
}

TEST_F(ReportOffers, OfOtherContentAreWantedWithoutTheRowsThatAreKnown) {
  take(agent_report("a", 1, host()));
  const auto answer = offer(agent_report("a", 2, host(4096)));
  ASSERT_TRUE(answer);
  EXPECT_FALSE(answer->receipt);
  ASSERT_EQ(answer->left_out.size(), 1u);
  EXPECT_EQ(answer->left_out[0].name, "dpkg");
  EXPECT_EQ(answer->left_out[0].digest, digest_of_packages());
  EXPECT_TRUE(writes().empty());
}

TEST_F(ReportOffers, OfOtherProblemsAreWanted) {
  take(agent_report("a", 1, host()));
  auto report = agent_report("a", 2, host());
  report.problems = {{"disks", "io_failed", "expected a disk", ""}};
  EXPECT_FALSE(offer(report)->receipt);
  take(report);
  report.sequence = 3;
  EXPECT_TRUE(offer(report)->receipt);
}

TEST_F(ReportOffers, OfAnotherRunningSystemAreWantedWhole) {
  auto report = agent_report("a", 1, host());
  report.boot_id = "6b1f0b6e-5d5c-4a43-9d53-0d4f7d6a7c11";
  take(report);
  report.sequence = 2;
  report.boot_id = "6b1f0b6e-5d5c-4a43-9d53-0d4f7d6a7c12";
  const auto answer = offer(report);
  EXPECT_FALSE(answer->receipt);
  EXPECT_TRUE(answer->left_out.empty());
}

TEST_F(ReportOffers, WhatIsLeftOutStays) {
  const auto first = take(agent_report("a", 1, host()));
  const auto second = try_without(agent_report("a", 2, host(4096)), "dpkg");
  ASSERT_TRUE(second);
  EXPECT_EQ(second->outcome, IngestOutcome::updated);
  EXPECT_EQ(second->ci, first.ci);
  EXPECT_EQ(components_of(tx, first.ci).size(), 2u);
  EXPECT_TRUE(history(first.ci, "component_removed").empty());
  EXPECT_TRUE(offer(agent_report("a", 3, host(4096)))->receipt);
}

TEST_F(ReportOffers, AReportThatLeavesOutWhatIsNotStoredIsRefused) {
  take(agent_report("a", 1, host()));
  const auto other = try_without(agent_report("a", 2, host(2048, "5.3")), "dpkg");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, Errc::conflict);
  EXPECT_EQ(other.error().reason, "SECTIONS_WANTED");
  EXPECT_EQ(try_without(agent_report("a", 2, host(4096)), "hardware").error().reason, "SECTIONS_WANTED");
  EXPECT_EQ(try_without(agent_report("b", 1, host()), "dpkg").error().reason, "SECTIONS_WANTED");
}

TEST_F(ReportOffers, AnotherRunningSystemSendsAll) {
  auto report = agent_report("a", 1, host());
  report.boot_id = "6b1f0b6e-5d5c-4a43-9d53-0d4f7d6a7c11";
  take(report);
  auto next = agent_report("a", 2, host(4096));
  next.boot_id = "6b1f0b6e-5d5c-4a43-9d53-0d4f7d6a7c12";
  EXPECT_EQ(try_without(next, "dpkg").error().reason, "SECTIONS_WANTED");
}

TEST_F(ReportOffers, TheSameReportWholeOrWithoutIsADuplicate) {
  take(agent_report("a", 1, host()));
  ASSERT_TRUE(try_without(agent_report("a", 2, host(4096)), "dpkg"));
  EXPECT_EQ(take(agent_report("a", 2, host(4096))).outcome, IngestOutcome::duplicate);
}

}  // namespace
}  // namespace censo::cmdb
