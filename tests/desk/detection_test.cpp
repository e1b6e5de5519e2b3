// Service-desk rules 40 to 46.
#include "tests/desk/change_fixture.h"

namespace censo::desk {
namespace {

using Texts = std::vector<std::string>;

class DetectionTest : public ChangeTest {
 protected:
  static Tell attribute(const std::string& name, const std::string& old_value, const std::string& new_value) {
    return {.what = "attribute", .subject = name, .old_value = old_value, .new_value = new_value};
  }
  base::Result<Ticket> accept(const DetectedChange& one, bool group = false) {
    return as<base::Result<Ticket>>("mia", {"change_manager"}, [&](const Operation& operation) {
      return accept_detected(operation, one.id, group, "was urgent");
    });
  }
  base::Result<DetectedChange> dismiss(const DetectedChange& one, const Dismissal& dismissal) {
    return as<base::Result<DetectedChange>>("mia", {"change_manager"}, [&](const Operation& operation) {
      return dismiss_detected(operation, one.id, dismissal);
    });
  }
  DetectedChange again(const DetectedChange& one) {
    return as<DetectedChange>(
        "ana", {}, [&](const Operation& operation) { return find_detected(operation.tx, one.id).value(); });
  }
};

TEST_F(DetectionTest, Rule40DifferenceBecomesAnObjectWithItsInterval) {
  const auto told_at = db.clock().now();
  const auto one = becomes(web01, attribute("os_version", "12", "13"));
  EXPECT_EQ(one.ci, web01);
  EXPECT_EQ(one.ci_name, "web01");
  EXPECT_EQ(one.at, told_at);
  EXPECT_EQ(one.not_before, told_at - 10 * minute_ms);
  EXPECT_EQ(one.old_value, "12");
  EXPECT_EQ(one.new_value, "13");
}

TEST_F(DetectionTest, Rule40EachEntryIsDetectedOnce) {
  tell(web01, {});
  detect_all();
  detect_all();
  EXPECT_EQ(detected().size(), 1U);
}

TEST_F(DetectionTest, Rule40WhatPeopleSayAndWhatIsNewAreNone) {
  tell(web01, {.what = "attribute", .subject = "location", .new_value = "Madrid", .origin = "person ana"});
  tell(web01, {.what = "created", .subject = "", .new_value = "server"});
  tell(web01, {.what = "conflict", .subject = "serial"});
  detect_all();
  EXPECT_TRUE(detected().empty());
}

TEST_F(DetectionTest, Rule40EntriesAreLeftUntilTheyHaveSettled) {
  tell(web01, {});
  as<bool>("collector", {"rule"}, [](const Operation& operation) { return detect(operation, 100); });
  EXPECT_TRUE(detected().empty());
}

TEST_F(DetectionTest, Rule41SpellingAloneIsNoise) {
  const auto one = becomes(web01, attribute("dns_servers", "10.0.0.1, 10.0.0.2", "10.0.0.2, 10.0.0.1"));
  EXPECT_EQ(one.state, "noise");
  EXPECT_EQ(one.rule, "spelling");
  EXPECT_EQ(becomes(web01, attribute("model", "ProLiant DL380", "PROLIANT DL380")).state, "noise");
  EXPECT_NE(becomes(web01, attribute("default_gateway", "10.0.0.1", "10.1.0.0")).state, "noise");
}

TEST_F(DetectionTest, Rule41FlipFlopIsNoise) {
  auto told = attribute("default_gateway", "10.0.0.1", "10.0.0.2");
  told.times = 3;
  EXPECT_EQ(becomes(web01, told).rule, "flip_flop");
}

TEST_F(DetectionTest, Rule42OperationalDifferenceIsExpected) {
  const auto pc = db.add_ci("workstation", "pc");
  EXPECT_EQ(becomes(pc, attribute("ip_addresses", "10.0.0.7", "10.0.0.9")).rule, "clients_move");
  EXPECT_EQ(becomes(web01, attribute("ip_addresses", "10.0.0.7", "10.0.0.9")).state, "unauthorised");
}

TEST_F(DetectionTest, Rule43WhatARunningChangePlansIsMatched) {
  const auto change = implementing();
  db.advance_ms(20 * minute_ms);
  const auto one = becomes(web01, {});
  EXPECT_EQ(one.state, "matched");
  EXPECT_EQ(one.ticket, change.number);
  EXPECT_EQ(one.verdict, "exact");
}

TEST_F(DetectionTest, Rule43AnotherAttributeIsNot) {
  implementing();
  db.advance_ms(20 * minute_ms);
  EXPECT_EQ(becomes(web01, attribute("memory_mib", "1024", "2048")).state, "unauthorised");
  EXPECT_EQ(becomes(web01, {.subject = "software_package dpkg nginx amd64"}).state, "unauthorised");
}

TEST_F(DetectionTest, Rule43AnotherItemIsNot) {
  implementing();
  db.advance_ms(20 * minute_ms);
  EXPECT_EQ(becomes(web02, {}).state, "unauthorised");
}

TEST_F(DetectionTest, Rule43AnotherTimeIsNot) {
  implementing();
  db.advance_ms(-2 * hour_ms);
  EXPECT_EQ(becomes(web01, {}).state, "unauthorised");
}

TEST_F(DetectionTest, Rule43OtherValueIsPartial) {
  const auto change = draft();
  modify(change, "os_version", "13").value();
  act("luis", change, "submit").value();
  act("mia", change, "authorise").value();
  act("mia", change, "approve").value();
  act("eva", change, "implement").value();
  db.advance_ms(20 * minute_ms);
  EXPECT_EQ(becomes(web01, attribute("os_version", "12", "12.5")).verdict, "partial");
  EXPECT_EQ(becomes(web01, attribute("os_version", "12.5", "13")).verdict, "exact");
}

TEST_F(DetectionTest, Rule43GroupOfAttributesMatchesItsMembers) {
  implementing("software");
  db.advance_ms(20 * minute_ms);
  EXPECT_EQ(becomes(web01, attribute("kernel_release", "6.1", "6.2")).state, "matched");
  EXPECT_EQ(becomes(web01, attribute("memory_mib", "1024", "2048")).state, "unauthorised");
}

TEST_F(DetectionTest, Rule43WhatSaysThePlannedOnceMoreIsMatchedWithIt) {
  const auto description = attribute("sys_description", "IOS, Version 15.2(2)E3", "IOS, Version 15.2(7)E4");
  EXPECT_EQ(becomes(web01, description).state, "unauthorised");
  implementing("os_version");
  db.advance_ms(20 * minute_ms);
  EXPECT_EQ(becomes(web01, description).verdict, "exact");
  EXPECT_EQ(becomes(web02, description).state, "unauthorised");
  EXPECT_EQ(becomes(web01, attribute("sys_location", "rack 1", "rack 2")).state, "unauthorised");
}

TEST_F(DetectionTest, Rule43WhatSaysAMemberOfAPlannedGroupOnceMoreIsMatchedWithIt) {
  implementing("software");
  db.advance_ms(20 * minute_ms);
  EXPECT_EQ(becomes(web01, attribute("sys_description", "IOS 15.2", "IOS 15.7")).verdict, "exact");
}

TEST_F(DetectionTest, Rule43SeenAfterTheEndWithinGraceIsLate) {
  const auto change = implementing();
  db.advance_ms(hour_ms);
  completed(change);
  db.advance_ms(25 * minute_ms);
  EXPECT_EQ(becomes(web01, {.not_before_ago = 10 * minute_ms}).verdict, "late");
}

TEST_F(DetectionTest, Rule43IntervalThatBeginsInTheWindowIsExactHoweverLateTheReport) {
  const auto change = implementing();
  db.advance_ms(hour_ms);
  completed(change);
  db.advance_ms(10 * hour_ms);  // one report a day
  EXPECT_EQ(becomes(web01, {.not_before_ago = 12 * hour_ms}).verdict, "exact");
}

TEST_F(DetectionTest, Rule43ClosedChangeExplainsForOneScanInterval) {
  const auto change = implementing();
  db.advance_ms(hour_ms);
  act("mia", completed(change), "close", {{"explanation", "trust me"}}).value();
  db.advance_ms(23 * hour_ms);
  EXPECT_EQ(becomes(web01, {.not_before_ago = 24 * hour_ms}).state, "matched");
  db.advance_ms(2 * hour_ms);
  EXPECT_EQ(becomes(web01, {.not_before_ago = 27 * hour_ms}).state, "unauthorised");
}

TEST_F(DetectionTest, Rule43WorkDoneJustBeforeItWasSaidIsMatchedWhenItIsSaid) {
  const auto change = scheduled();
  const auto one = becomes(web01, {});
  EXPECT_EQ(one.state, "unauthorised");
  db.advance_ms(10 * minute_ms);
  act("eva", change, "implement").value();
  EXPECT_EQ(again(one).state, "matched");
  EXPECT_EQ(again(one).verdict, "early");
}

TEST_F(DetectionTest, Rule43MergedItemIsTheOneInTheScope) {
  const auto change = implementing();
  const auto copy = db.add_ci("server", "web01-copy");
  db.write([&](store::Transaction& tx) {
    tx.execute("update ci set merged_into = $1 where id = $2", web01.value, copy.value);
  });
  db.advance_ms(20 * minute_ms);
  EXPECT_EQ(becomes(copy, {}).ticket, change.number);
}

TEST_F(DetectionTest, Rule44WhatNobodyAgreedToIsUnauthorised) {
  EXPECT_EQ(becomes(web01, {}).state, "unauthorised");
}

TEST_F(DetectionTest, Rule44ClassThatIsNotMonitoredIsOnlyTold) {
  const auto ana = db.add_ci("person", "Ana");
  EXPECT_EQ(becomes(ana, attribute("description", "", "boss")).state, "new");
}

TEST_F(DetectionTest, Rule44OnesOfOneItemWithin15MinutesAreOneGroup) {
  const auto first = becomes(web01, {});
  db.advance_ms(10 * minute_ms);
  const auto second = becomes(web01, {.subject = "software_package dpkg nginx amd64"});
  db.advance_ms(16 * minute_ms);
  const auto third = becomes(web01, {.subject = "software_package dpkg curl amd64"});
  EXPECT_EQ(first.group, first.id);
  EXPECT_EQ(second.group, first.id);
  EXPECT_EQ(third.group, third.id);
  const auto groups = as<std::vector<DetectedGroup>>(
      "ana", {}, [&](const Operation& operation) { return list_groups(operation.tx, {}).value().rows; });
  ASSERT_EQ(groups.size(), 2U);
  EXPECT_EQ(groups[1].changes, 2);
  EXPECT_EQ(groups[1].ci_name, "web01");
}

TEST_F(DetectionTest, Rule45AcceptMakesARetrospectiveChangeInOneStep) {
  const auto one = becomes(web01, {});
  const auto change = accept(one).value();
  EXPECT_EQ(change.state, "review");
  EXPECT_EQ(change.field("type"), "retrospective");
  EXPECT_EQ(again(one).state, "accepted");
  EXPECT_EQ(again(one).ticket, change.number);
  EXPECT_EQ(again(one).decided_by, "mia");
  EXPECT_EQ(act("mia", change, "close").value().state, "closed");  // it is verified by what was seen
}

TEST_F(DetectionTest, Rule45AcceptTakesTheWholeGroup) {
  const auto first = becomes(web01, {});
  const auto second = becomes(web01, {.subject = "software_package dpkg nginx amd64"});
  ASSERT_TRUE(accept(first, true));
  EXPECT_EQ(again(second).state, "accepted");
}

TEST_F(DetectionTest, Rule45AcceptNeedsTheChangeManagerAReasonAndOneThatIsOpen) {
  const auto one = becomes(web01, {});
  const auto by = [&](const Roles& roles, const std::string& reason) {
    return refusal(as<base::Result<Ticket>>("eva", roles, [&](const Operation& operation) {
      return accept_detected(operation, one.id, false, reason);
    }));
  };
  EXPECT_EQ(by(desk_agent, "x"), "permission_denied ROLE_NEEDED");
  EXPECT_EQ(by({"change_manager"}, " "), "invalid_argument ");
  ASSERT_TRUE(accept(one));
  EXPECT_EQ(by({"change_manager"}, "x"), "conflict DECIDED");
}

TEST_F(DetectionTest, Rule45OldValueThatReturnsReverts) {
  const auto one = becomes(web01, attribute("os_version", "12", "13"));
  db.advance_ms(hour_ms);
  const auto back = becomes(web01, attribute("os_version", "13", "12"));
  EXPECT_EQ(again(one).state, "reverted");
  EXPECT_EQ(back.state, "reverted");
}

TEST_F(DetectionTest, Rule45ComponentThatGoesAgainReverts) {
  const auto one = becomes(web01, {.what = "component_added", .old_value = "", .new_value = "version: 1"});
  db.advance_ms(hour_ms);
  becomes(web01, {.what = "component_removed", .old_value = "version: 1", .new_value = ""});
  EXPECT_EQ(again(one).state, "reverted");
}

TEST_F(DetectionTest, Rule45MatchedByHandWithAReason) {
  const auto change = scheduled();
  const auto one = becomes(web02, {});
  const auto matched =
      as<base::Result<DetectedChange>>("mia", {"change_manager"}, [&](const Operation& operation) {
        return match_detected(operation, one.id, change.number, "the wrong server");
      });
  EXPECT_EQ(matched.value().state, "matched");
  EXPECT_EQ(matched.value().ticket, change.number);
}

TEST_F(DetectionTest, Rule46VerdictBecomesARuleUntilADay) {
  const auto one = becomes(web01, attribute("location", "A", "B"));
  Dismissal dismissal{"expected", "it is on wheels", db.clock().now() + day_ms};
  ASSERT_TRUE(dismiss(one, dismissal));
  EXPECT_EQ(becomes(web01, attribute("location", "B", "C")).rule, "verdict of mia");
  EXPECT_EQ(becomes(web02, attribute("location", "B", "C")).state, "unauthorised");
  db.advance_ms(2 * day_ms);
  EXPECT_EQ(becomes(web01, attribute("location", "C", "D")).state, "unauthorised");
}

TEST_F(DetectionTest, Rule46VerdictOfAWholeClass) {
  const auto one = becomes(web01, attribute("location", "A", "B"));
  Dismissal dismissal{"noise", "labels are wrong", db.clock().now() + day_ms};
  dismissal.whole_class = true;
  ASSERT_TRUE(dismiss(one, dismissal));
  EXPECT_EQ(becomes(web02, attribute("location", "B", "C")).state, "noise");
}

TEST(DetectionRules, SubjectOfARelationshipIsFoundOnBothEnds) {
  EXPECT_EQ(subject_of("relationship_added", "runs_on web 01").name, "runs_on");
  EXPECT_EQ(subject_of("relationship_added", "web 01 runs_on").name, "runs_on");
  EXPECT_EQ(subject_of("relationship_added", "web 01 runs_on").key, "web 01");
}

TEST(DetectionRules, FaultsAreRefusedWithTheirPlace) {
  const auto fault = [](const std::string& text) {
    const std::vector<base::EmbeddedFile> files{{"detection.yaml", text}};
    const auto loaded = DetectionRules::load(files);
    return loaded ? std::string("none") : loaded.error().where + ": " + loaded.error().message;
  };
  const std::string sound =
      "monitored: [server]\nscan_interval: 24h\ngrace: 30m\ngroup_within: 15m\nflips: 3\nrules:\n";
  EXPECT_EQ(fault(sound + "  - {rule: a, state: noise, spelling: true}\n"), "none");
  EXPECT_NE(fault(sound + "  - {rule: a, state: noise}\n").find("it fits everything"), std::string::npos);
  EXPECT_NE(fault(sound + "  - {rule: a, state: bad, spelling: true}\n").find("detection.yaml:7"),
            std::string::npos);
  EXPECT_NE(fault("flips: 1\n"), "none");
}

}  // namespace
}  // namespace censo::desk
