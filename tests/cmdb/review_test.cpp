// What people decide, what they are not asked again, and what is kept of every decision.
#include "cmdb/junk_decision.h"
#include "cmdb/shown_values.h"
#include "cmdb/unidentified.h"
#include "tests/cmdb/identification_fixture.h"

namespace censo::cmdb {
namespace {

class Reviews : public IdentificationCase {
 protected:
  // A board swap: much agrees, but serial number and UUID differ.
  std::pair<CiId, CiId> swapped_board() {
    const auto before = take(of_agent("a", 1, laptop));
    end_agent(tx, "a", clock.now());
    Machine swapped = laptop;
    swapped.serial = "NEWBOARD1";
    swapped.uuid = "77777777-2222-3333-4444-555555555555";
    swapped.macs = {"3c:52:82:00:00:50"};
    return {before.ci, take(of_agent("b", 1, swapped)).ci};
  }
  base::Result<void> decide(const Review& review, const std::string& word) {
    return decide_review(tx, catalog, clock, review, {word, "person ana", "seen it", clock.now()});
  }
};

TEST_F(Reviews, SameMergesTheTwo) {
  const auto [before, after] = swapped_board();
  ASSERT_TRUE(decide(open_reviews().at(0), "same"));
  EXPECT_EQ(root(after), before);
  EXPECT_TRUE(open_reviews().empty());
}

TEST_F(Reviews, DifferentIsRemembered) {
  swapped_board();
  const Review review = open_reviews().at(0);
  ASSERT_TRUE(decide(review, "different"));
  ask_review(tx, clock, {review.ci, review.other, "score", false, review.explanation, {}, clock.now()});
  EXPECT_TRUE(open_reviews().empty());
}

TEST_F(Reviews, DifferentIsAskedAgainOnNewEvidence) {
  swapped_board();
  const Review review = open_reviews().at(0);
  ASSERT_TRUE(decide(review, "different"));
  Explanation more = review.explanation;
  more.candidates.at(0).lines.push_back({"asset_tag", "it-17", "", 1, 4});
  ask_review(tx, clock, {review.ci, review.other, "score", false, more, {}, clock.now()});
  EXPECT_EQ(open_reviews().size(), 1u);
}

TEST_F(Reviews, SameCanBeTakenBackByDifferent) {
  const auto [before, after] = swapped_board();
  const Review review = open_reviews().at(0);
  ASSERT_TRUE(decide(review, "same"));
  ASSERT_TRUE(decide(*find_review(tx, base::to_text(review.id)), "different"));
  EXPECT_FALSE(are_one(before, after));
}

TEST_F(Reviews, LaterKeepsItInTheQueue) {
  swapped_board();
  ASSERT_TRUE(decide(open_reviews().at(0), "later"));
  EXPECT_EQ(open_reviews().at(0).state, "later");
}

TEST_F(Reviews, AnotherWordIsRefused) {
  swapped_board();
  EXPECT_EQ(decide(open_reviews().at(0), "maybe").error().code, base::Errc::invalid_argument);
}

TEST_F(Reviews, EveryDecisionKeepsItsExplanation) {
  const auto first = take(of_import({{"serial_number", "CZ1"}, {"model", "T14"}}, "pc1", "workstation"));
  EXPECT_EQ(why(first.ci), "new no_match");
  take(of_agent("a", 1, {"CZ1", "", "m1", "pc1"}));
  const auto records = identifications_of(tx, first.ci);
  EXPECT_EQ(records.at(0).explanation.outcome, "linked");
  const Candidate& candidate = records.at(0).explanation.candidates.at(0);
  EXPECT_EQ(candidate.lines.at(0).identifier, "serial_number");
  EXPECT_EQ(candidate.lines.at(0).value, "cz1");
  EXPECT_EQ(candidate.lines.at(0).weight, 12);
}

TEST_F(Reviews, AnUnchangedReportRecordsNothing) {
  take(of_agent("a", 1, laptop));
  const auto records = count("identification");
  take(of_agent("a", 2, laptop));
  EXPECT_EQ(count("identification"), records);
  EXPECT_EQ(writes().size(), 1u);
}

TEST_F(Reviews, ADroppedValueIsNamedInTheExplanation) {
  const auto first = take(of_agent("a", 1, {"To be filled by O.E.M.", "", "m1", "pc1"}));
  const auto dropped = identifications_of(tx, first.ci).at(0).explanation.dropped;
  EXPECT_EQ(dropped, std::vector<std::string>{"serial_number To be filled by O.E.M."});
}

TEST_F(Reviews, AddedJunkFindsNothingAnyMore) {
  const auto first = take(of_import({{"serial_number", "BATCH7"}}, "pc1", "workstation"));
  ASSERT_TRUE(add_junk(tx, {IdentifierKind::serial, "Batch7", "person ana", "a batch", clock.now()}));
  const auto second = take(of_agent("a", 1, {"BATCH7", "", "m1", "pc2"}));
  EXPECT_NE(second.ci, first.ci);
  EXPECT_EQ(second.conflict, "");
}

TEST_F(Reviews, RemovedJunkFindsAgain) {
  ASSERT_TRUE(remove_junk(tx, {IdentifierKind::serial, "iatpass", "person ana", "", clock.now()}));
  const auto first = take(of_import({{"serial_number", "IATPASS"}}, "pc1", "workstation"));
  EXPECT_EQ(take(of_agent("a", 1, {"IATPASS", "", "m1", "pc1"})).ci, first.ci);
}

TEST_F(Reviews, AddedJunkQuestionsTheLinksThatItMade) {
  const auto row = take(of_import({{"serial_number", "BATCH7"}}, "pc1", "workstation"));
  EXPECT_EQ(take(of_agent("a", 1, {"BATCH7", "", "m1", "pc2"})).ci, row.ci);
  ASSERT_TRUE(
      declare_junk(tx, clock, {IdentifierKind::serial, "Batch7", "person ana", "a batch", clock.now()}));
  const auto reviews = open_reviews();
  ASSERT_EQ(reviews.size(), 1u);
  EXPECT_EQ(reviews[0].kind, "learnt_junk");
  ASSERT_TRUE(decide(reviews[0], "different"));
  EXPECT_EQ(count("ci"), 2);
}

TEST_F(Reviews, AddedJunkDropsTheQuestionsThatItAsked) {
  take(of_agent("a", 1, {"BATCH7", "11111111-2222-3333-4444-555555555555", "m1", "pc1", {}, {"D1"}}));
  take(of_import({{"serial_number", "BATCH7"}, {"smbios_uuid", "22222222-2222-3333-4444-555555555555"}},
                 "pc2", "workstation"));
  ASSERT_EQ(open_reviews().size(), 1u);
  ASSERT_TRUE(declare_junk(tx, clock, {IdentifierKind::serial, "BATCH7", "person ana", "", clock.now()}));
  EXPECT_TRUE(open_reviews().empty());
}

TEST_F(Reviews, RemovedJunkJoinsWhatCarriesIt) {
  const auto row = take(of_import({{"serial_number", "IATPASS"}}, "pc1", "workstation"));
  const auto agent = take(of_agent("a", 1, {"IATPASS", "", "m1", "pc2"}));
  const auto other = take(of_agent("b", 1, {"CZ2", "", "m2", "iatpass"}));
  ASSERT_FALSE(are_one(row.ci, agent.ci));
  ASSERT_TRUE(clear_junk(tx, catalog, clock, {IdentifierKind::serial, "iatpass", "ana", "", clock.now()}));
  EXPECT_TRUE(are_one(row.ci, agent.ci));
  EXPECT_FALSE(are_one(row.ci, other.ci));
}

TEST_F(Reviews, RemovedJunkOnTwoLiveMachinesIsAQuestion) {
  const auto a = take(of_agent("a", 1, {"IATPASS", "", "m1", "pc1"}));
  const auto b = take(of_agent("b", 1, {"IATPASS", "", "m2", "pc2"}));
  ASSERT_TRUE(clear_junk(tx, catalog, clock, {IdentifierKind::serial, "IATPASS", "ana", "", clock.now()}));
  EXPECT_FALSE(are_one(a.ci, b.ci));
  EXPECT_EQ(open_reviews().size(), 1u);
}

TEST_F(Reviews, JunkIsAddedOnce) {
  EXPECT_EQ(add_junk(tx, {IdentifierKind::serial, "none", "", "", 0}).error().code, base::Errc::conflict);
  EXPECT_EQ(remove_junk(tx, {IdentifierKind::serial, "cz1", "", "", 0}).error().code, base::Errc::not_found);
}

TEST_F(Reviews, AReportOfNothingIsKeptAsItCame) {
  const auto receipt = take(of_import({{"model", "T14"}}, "localhost", "workstation"));
  EXPECT_EQ(receipt.outcome, IngestOutcome::unidentified);
  EXPECT_EQ(count("ci"), 0);
  const auto kept = list_unidentified(tx, "", {})->rows;
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(report_of(tx, kept[0]).sections.at(0).attributes.text("model"), "T14");
}

TEST_F(Reviews, AReportWithoutANameIsNotNamedByItsClass) {
  EXPECT_EQ(take(of_import({{"model", "T14"}}, "", "workstation")).outcome, IngestOutcome::unidentified);
  EXPECT_EQ(take(of_import({{"model", "T15"}}, "Workstation", "workstation")).outcome,
            IngestOutcome::unidentified);
  EXPECT_EQ(count("ci"), 0);
}

TEST_F(Reviews, TheSameReportOfNothingIsKeptOnce) {
  take(of_import({{"model", "T14"}}, "localhost", "workstation"));
  take(of_import({{"model", "T14"}}, "localhost", "workstation"));
  EXPECT_EQ(list_unidentified(tx, "", {})->rows.at(0).times, 2);
}

TEST_F(Reviews, AnAssignedReportIsTakenForItsItem) {
  const auto host = take(of_agent("a", 1, {"CZ1", "", "m1", "pc1"}));
  take(of_import({{"asset_tag", ""}, {"model", "T14"}}, "localhost", "workstation"));
  const auto kept = list_unidentified(tx, "", {})->rows.at(0);
  ASSERT_TRUE(decide_unidentified(tx, kept, {host.ci, "person ana", "", clock.now()}));
  EXPECT_EQ(take(report_of(tx, kept)).ci, host.ci);
  EXPECT_EQ(shown(host.ci, "model"), "T14");
}

TEST_F(Reviews, ExplainNamesEverySourceAndTheRule) {
  const auto device =
      take(of_scan({{"serial_number", "FOC1"}, {"manufacturer", "Cisco"}, {"sys_location", "Hall 2"}}));
  take(of_import({{"serial_number", "FOC1"}, {"manufacturer", "Cisco"}, {"sys_location", "Store"}}, "sw01",
                 "switch"));
  const auto explained = explain_value(tx, catalog, device.ci, "sys_location", clock.now());
  ASSERT_TRUE(explained);
  EXPECT_EQ(explained->shown, "Hall 2");
  EXPECT_EQ(explained->values.size(), 2u);
  EXPECT_EQ(explained->values.at(1).lost_by, "lower rank for this class and attribute");
  EXPECT_EQ(explained->rule, "network_device sys_location: person, scanner, import, agent");
}

TEST_F(Reviews, AStaleSourceLosesToAFresherLowerOne) {
  const auto host = take(of_agent("a", 1, {"CZ1", "", "m1", "old-name"}));
  clock.advance(40 * day_ms);
  take(of_import({{"serial_number", "CZ1"}}, "new-name", "workstation"));
  EXPECT_EQ(find_ci(tx, host.ci)->name, "new-name");
  EXPECT_TRUE(explain_value(tx, catalog, host.ci, "name", clock.now())->values.at(1).stale);
}

TEST_F(Reviews, ExplainRefusesAnAttributeThatTheClassLacks) {
  const auto host = take(of_agent("a", 1, laptop));
  EXPECT_EQ(explain_value(tx, catalog, host.ci, "colour", clock.now()).error().code, base::Errc::not_found);
}

}  // namespace
}  // namespace censo::cmdb
