// Figures of changes: service-desk rules 77 and 79.
#include "desk/change_figures.h"
#include "tests/desk/change_fixture.h"

#include <algorithm>

namespace censo::desk {
namespace {

class ChangeFigures : public ChangeTest {
 protected:
  ChangeFigures() { begun = db.clock().now() - hour_ms; }

  cmdb::Figure figure(std::string_view name) {
    const auto all = as<std::vector<cmdb::Figure>>("ana", {}, [&](const Operation& operation) {
      return change_figures(operation, {begun, db.clock().now() + 1});
    });
    const auto found = std::ranges::find(all, name, &cmdb::Figure::name);
    return found == all.end() ? cmdb::Figure{} : *found;
  }
  base::Result<cmdb::Page<CountedChange>> behind(std::string_view name, const cmdb::PageRequest& page = {}) {
    return as<base::Result<cmdb::Page<CountedChange>>>("ana", {}, [&](const Operation& operation) {
      return changes_of_figure(operation, name, {begun, db.clock().now() + 1}, page);
    });
  }
  // Carried out, with this result.
  Ticket ended(const std::string& result) {
    const auto change = implementing();
    db.advance_ms(hour_ms);
    const auto begun_at = now(change).field("actual_start");
    const auto done = act("eva", change, "complete",
                          {{"result", result}, {"actual_start", begun_at}, {"actual_end", in(0)}})
                          .value();
    db.advance_ms(2 * hour_ms);  // its window is over
    return done;
  }

  base::TimeMs begun = 0;
};

TEST_F(ChangeFigures, Rule77SuccessIsAShareOfWhatWasCarriedOut) {
  ended("success");
  ended("success");
  ended("backed_out");
  draft();
  EXPECT_EQ(figure("success").items, 2U);
  EXPECT_EQ(figure("success").of, 3U);
  EXPECT_EQ(figure("backed_out").items, 1U);
  EXPECT_EQ(std::get<Ticket>(behind("backed_out").value().rows.at(0)).number, "CHG-3");
}

TEST_F(ChangeFigures, Rule77WhatEndedBeforeIsLeftOut) {
  ended("success");
  begun = db.clock().now() + 1;
  db.advance_ms(hour_ms);
  EXPECT_EQ(figure("success").of, 0U);
}

TEST_F(ChangeFigures, Rule77VerifiedIsWhatWasObservedAsPlanned) {
  const auto seen = implementing();
  db.advance_ms(hour_ms);
  tell(web01, {});
  completed(seen);
  detect_all();
  act("mia", seen, "close").value();
  db.advance_ms(2 * hour_ms);
  const auto unseen = ended("success");
  act("mia", unseen, "close", {{"explanation", "the agent was off"}}).value();
  EXPECT_EQ(figure("verified").items, 1U);
  EXPECT_EQ(figure("verified").of, 2U);
  EXPECT_EQ(std::get<Ticket>(behind("explained").value().rows.at(0)).number, unseen.number);
}

TEST_F(ChangeFigures, Rule77TheUnauthorisedShareHasWhatWasAcceptedAfterwards) {
  becomes(web01, {"attribute", "os_version", "12", "13"});
  const auto later = becomes(web02, {"attribute", "os_version", "12", "13"});
  as<base::Result<Ticket>>("mia", all_desk_roles(), [&](const Operation& operation) {
    return accept_detected(operation, later.id, false, "was urgent");
  }).value();
  EXPECT_EQ(figure("unauthorised").items, 2U);
  EXPECT_EQ(figure("unauthorised").of, 2U);
  EXPECT_EQ(figure("unauthorised.accepted").items, 1U);
  EXPECT_EQ(figure("unauthorised.accepted").of, 2U);
}

TEST_F(ChangeFigures, Rule77TimeFromDetectionToVerdict) {
  const auto detected = becomes(web01, {"attribute", "os_version", "12", "13"});
  EXPECT_EQ(figure("verdict").items, 1U);
  EXPECT_EQ(figure("verdict.person").items, 0U);
  const auto change = ended("success");  // three hours later
  as<base::Result<DetectedChange>>("mia", all_desk_roles(), [&](const Operation& operation) {
    return match_detected(operation, detected.id, change.number, "wrong item in the plan");
  }).value();
  const auto person = figure("verdict.person");
  ASSERT_EQ(person.items, 1U);
  EXPECT_EQ(person.values.at(0).second, (settled_after_ms + 1 + 3 * hour_ms) / 1'000.0);
}

TEST_F(ChangeFigures, Rule79EveryFigureHasItsList) {
  ended("failed");
  becomes(web02, {"attribute", "os_version", "12", "13"});
  const auto all = as<std::vector<cmdb::Figure>>("ana", {}, [&](const Operation& operation) {
    return change_figures(operation, {begun, db.clock().now() + 1});
  });
  for (const auto& one : all) EXPECT_EQ(behind(one.name).value().rows.size(), one.items) << one.name;
}

TEST_F(ChangeFigures, Rule79ListsGoPageByPage) {
  ended("success");
  ended("success");
  const auto first = behind("success", {1, ""}).value();
  ASSERT_EQ(first.rows.size(), 1U);
  EXPECT_EQ(std::get<Ticket>(behind("success", {1, first.next}).value().rows.at(0)).number, "CHG-1");
}

TEST_F(ChangeFigures, AnUnknownFigureIsNotFound) {
  EXPECT_EQ(behind("beauty").error().code, base::Errc::not_found);
}

}  // namespace
}  // namespace censo::desk
