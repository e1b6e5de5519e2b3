// Service-desk rule 67: incidents that repeat are proposed to become a problem.
#include "desk/problem_candidate.h"

#include "desk/ticket_relation.h"
#include "tests/desk/change_fixture.h"

namespace censo::desk {
namespace {

class ProblemCandidateTest : public ChangeTest {
 protected:
  Ticket titled(const std::string& title, const std::vector<cmdb::CiId>& affected = {},
                const FieldValues& fields = {}) {
    NewTicket wanted;
    wanted.title = title;
    wanted.requester = "luis";
    wanted.affected = affected;
    wanted.fields = fields;
    return open_with(wanted).value();
  }
  std::vector<ProblemCandidate> candidates() {
    return as<std::vector<ProblemCandidate>>(
        "ana", {}, [](const Operation& operation) { return problem_candidates(operation); });
  }
  base::Result<Ticket> open_candidate_of(const std::string& key) {
    return as<base::Result<Ticket>>(
        "mia", all_desk_roles(), [&](const Operation& operation) { return open_candidate(operation, key); });
  }
  void resolve_with_cause(const Ticket& ticket, const std::string& cause) {
    auto fields = resolution;
    fields["cause"] = cause;
    move(ticket, "assign", {{"group", "web"}, {"assignee", "ana"}}).value();
    move(now(ticket), "resolve", fields).value();
  }
};

TEST_F(ProblemCandidateTest, Rule67ThreeIncidentsOfOneCauseInSevenDays) {
  resolve_with_cause(titled("Cannot pay"), "web01");
  resolve_with_cause(titled("Mail stalls"), "web01");
  EXPECT_TRUE(candidates().empty());
  resolve_with_cause(titled("Intranet is blank"), "web01");
  const auto found = candidates();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].reason, "the same cause, web01");
  EXPECT_EQ(found[0].ci, web01);
  EXPECT_EQ(found[0].incidents.size(), 3U);
  EXPECT_EQ(found[0].incidents[0].title, "Intranet is blank");
}

// Rule 75.
TEST_F(ProblemCandidateTest, OfOneTenantIsThatTenantsAndOfSeveralHasTheWordsOfNone) {
  const auto add = [&](const std::string& category, const std::vector<std::string>& tenants) {
    for (const auto& tenant : tenants)
      titled("Payroll of " + tenant + " " + category, {web01}, {{"category", category}, {"tenant", tenant}});
  };
  const auto opened = [&](const std::string& category) {
    for (const auto& one : candidates())
      if (one.reason.find("category, " + category) != std::string::npos) return open_candidate_of(one.key);
    return open_candidate_of("none");
  };
  add("alpha", {"north", "north", "north"});
  add("beta", {"north", "south", "north"});
  const auto own = opened("alpha"), shared = opened("beta");
  ASSERT_TRUE(own) << to_string(own.error());
  ASSERT_TRUE(shared) << to_string(shared.error());
  EXPECT_EQ(own->field("tenant"), "north");
  EXPECT_EQ(shared->field("tenant"), "");
  EXPECT_EQ(shared->title, "3 x beta");
}

TEST_F(ProblemCandidateTest, Rule67TheSameItemAndCategory) {
  const FieldValues category{{"category", "payment"}};
  titled("Cannot pay", {web01}, category);
  titled("Mail stalls", {web01}, category);
  titled("Intranet is blank", {web01}, {{"category", "other"}});
  EXPECT_TRUE(candidates().empty());
  titled("Checkout hangs", {web01}, category);
  const auto found = candidates();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].reason, "the same category, payment, on the same item, web01");
}

TEST_F(ProblemCandidateTest, Rule67TitlesAlike) {
  titled("VPN drops every hour");
  titled("vpn drops again");
  titled("The VPN drops");
  for (const auto* other : {"Printer jams", "Mouse lost", "Screen is dark", "Password forgotten"})
    titled(other);
  const auto found = candidates();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].incidents.size(), 3U);
  EXPECT_FALSE(found[0].ci);
}

TEST_F(ProblemCandidateTest, Rule67WhatIsOlderThanSevenDaysOrCancelledDoesNotCount) {
  titled("VPN drops");
  move(titled("VPN drops"), "cancel", {{"cancel_reason", "mistaken"}}).value();
  db.advance_ms(8 * day_ms);
  titled("VPN drops");
  titled("VPN drops");
  EXPECT_TRUE(candidates().empty());
}

TEST_F(ProblemCandidateTest, AnIncidentOfTwoItemsThatWereMergedCountsOnce) {
  const FieldValues category{{"category", "payment"}};
  const auto other = db.add_ci("server", "web01-old");
  titled("Cannot pay", {web01, other}, category);
  titled("Mail stalls", {web01, other}, category);
  db.write([&](store::Transaction& tx) {
    tx.execute("update ci set merged_into = $2 where id = $1", other.value, web01.value);
  });
  EXPECT_TRUE(candidates().empty());
  titled("Checkout hangs", {web01}, category);
  const auto found = candidates();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].incidents.size(), 3U);
  EXPECT_EQ(found[0].incidents[0].title, "Checkout hangs");
}

TEST_F(ProblemCandidateTest, TheProblemHasItsIncidentsAndTheEvidenceAndIsProposedNoMore) {
  for (int i = 0; i < 3; ++i) resolve_with_cause(titled("Cannot pay"), "web01");
  const auto key = candidates().at(0).key;
  const auto problem = open_candidate_of(key).value();
  EXPECT_EQ(problem.title, "3 x Cannot pay");
  EXPECT_EQ(problem.field("evidence"), "3 incidents: the same cause, web01");
  const auto related = as<std::vector<Ticket>>("ana", {}, [&](const Operation& operation) {
    return tickets_it_names(operation.tx, problem, "incident");
  });
  EXPECT_EQ(related.size(), 3U);
  EXPECT_TRUE(candidates().empty());
  EXPECT_EQ(refusal(open_candidate_of(key)), "not_found ");
}

}  // namespace
}  // namespace censo::desk
