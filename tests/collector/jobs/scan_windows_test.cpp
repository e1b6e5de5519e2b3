#include "collector/jobs/scan_windows.h"

#include <gtest/gtest.h>

namespace censo::collector::jobs {
namespace {

using Texts = std::vector<std::string>;

base::TimeMs at(std::string_view text) {
  return *base::parse_iso8601(text);
}
std::string shown(const std::optional<base::TimeMs>& moment) {
  return moment ? base::to_iso8601(*moment).substr(0, 16) : "never";
}
ScanWindows windows(const Texts& texts) {
  return parse_scan_windows(texts, at("2026-12-01T00:00Z")).value();
}
bool open(const Texts& texts, std::string_view moment) {
  return is_open(windows(texts), at(moment));
}
std::string opening(const Texts& texts, std::string_view moment) {
  return shown(next_opening(windows(texts), at(moment)));
}
std::string closing(const Texts& texts, std::string_view moment) {
  return shown(next_closing(windows(texts), at(moment)));
}
std::string fault(const std::string& text) {
  const auto window = parse_scan_window(text);
  return window ? "" : window.error().message;
}

const Texts nights{"allowed mon-fri 22:00-05:00 Europe/Madrid"};  // 2026-12-19 is a Saturday

TEST(ScanWindows, NoneMeansAtAnyTime) {
  EXPECT_TRUE(open({}, "2026-12-19T12:00Z"));
  EXPECT_EQ(closing({}, "2026-12-19T12:00Z"), "never");
}

TEST(ScanWindows, ANightBelongsToTheDayOnWhichItBegins) {
  EXPECT_TRUE(open(nights, "2026-12-19T03:59:59Z")) << "Friday's";
  EXPECT_FALSE(open(nights, "2026-12-19T04:00Z")) << "05:00 is not in it";
  EXPECT_FALSE(open(nights, "2026-12-21T03:59Z")) << "there is none of Sunday";
  EXPECT_FALSE(open(nights, "2026-12-21T20:59:59Z"));
  EXPECT_TRUE(open(nights, "2026-12-21T21:00Z"));
}

TEST(ScanWindows, SayWhenTheyOpenAndClose) {
  EXPECT_EQ(opening(nights, "2026-12-19T12:34:56Z"), "2026-12-21T21:00");
  EXPECT_EQ(opening(nights, "2026-12-21T23:10Z"), "2026-12-21T23:10") << "they are open";
  EXPECT_EQ(closing(nights, "2026-12-21T23:10Z"), "2026-12-22T04:00");
  EXPECT_EQ(shown(closed_since(windows(nights), at("2026-12-20T12:34:56Z"))), "2026-12-19T04:00");
  EXPECT_EQ(shown(closed_since(windows(nights), at("2026-12-21T23:10Z"))), "2026-12-21T23:10");
}

TEST(ScanWindows, TheWeekWrapsRound) {
  EXPECT_TRUE(open({"sun 23:00-01:00 Etc/UTC"}, "2026-12-21T00:30Z")) << "Monday";
  EXPECT_FALSE(open({"sun 23:00-01:00 Etc/UTC"}, "2026-12-20T00:30Z"));
  EXPECT_TRUE(open({"sat-mon 08:00-09:00 Etc/UTC"}, "2026-12-20T08:30Z"));
  EXPECT_FALSE(open({"sat-mon 08:00-09:00 Etc/UTC"}, "2026-12-22T08:30Z")) << "Tuesday";
}

TEST(ScanWindows, WhatForbidsWins) {
  const Texts both{"allowed daily 00:00-24:00 Etc/UTC", "forbidden sat,sun 10:00-12:00 Etc/UTC"};
  EXPECT_TRUE(open(both, "2026-12-19T09:59Z"));
  EXPECT_FALSE(open(both, "2026-12-19T10:00Z"));
  EXPECT_TRUE(open(both, "2026-12-19T12:00Z"));
  EXPECT_TRUE(open({"forbidden sat 10:00-12:00 Etc/UTC"}, "2026-12-18T11:00Z")) << "nothing need allow it";
}

TEST(ScanWindows, EachHasItsOwnZone) {
  const Texts two{"mon 08:00-09:00 Asia/Kolkata", "mon 08:00-09:00 Europe/Madrid"};
  EXPECT_TRUE(open(two, "2026-12-21T02:30Z"));
  EXPECT_EQ(closing(two, "2026-12-21T02:30Z"), "2026-12-21T03:30");
  EXPECT_EQ(opening(two, "2026-12-21T03:30Z"), "2026-12-21T07:00");
}

TEST(ScanWindows, AnHourThatDaylightSavingLeavesOutDoesNotCome) {
  EXPECT_EQ(opening({"sun 02:00-03:00 Europe/Madrid"}, "2027-03-27T12:00Z"), "2027-04-04T00:00");
}

TEST(ScanWindows, ASpanAcrossTheChangeInSpringIsShorter) {
  const Texts span{"daily 01:00-04:00 Europe/Madrid"};
  EXPECT_EQ(opening(span, "2027-03-27T12:00Z"), "2027-03-28T00:00");
  EXPECT_EQ(closing(span, "2027-03-28T00:00Z"), "2027-03-28T02:00");
  EXPECT_EQ(opening(span, "2027-03-28T02:00Z"), "2027-03-28T23:00");
}

TEST(ScanWindows, AnHourThatDaylightSavingRepeatsComesTwice) {
  const Texts span{"sun 02:00-03:00 Europe/Madrid"};
  EXPECT_EQ(opening(span, "2027-10-30T12:00Z"), "2027-10-31T00:00");
  EXPECT_EQ(closing(span, "2027-10-31T00:00Z"), "2027-10-31T02:00");
  const Texts half{"sun 02:30-03:00 Europe/Madrid"};
  EXPECT_EQ(closing(half, "2027-10-31T00:30Z"), "2027-10-31T01:00");
  EXPECT_EQ(opening(half, "2027-10-31T01:00Z"), "2027-10-31T01:30");
}

TEST(ScanWindows, BadOnesAreRefusedWithWhatWasExpectedAndFound) {
  EXPECT_EQ(fault("mon-fry 22:00-05:00 Europe/Madrid"),
            "expected days of the week such as mon-fri, sat,sun or daily, found \"mon-fry\"");
  EXPECT_EQ(fault("mon 22:00-25:00 Europe/Madrid"),
            "expected a span of the day such as 22:00-05:00, found \"22:00-25:00\"");
  EXPECT_EQ(fault("mon 22:00-05:00 Europe/Atlantis"),
            "expected a time zone such as Europe/Madrid, found \"Europe/Atlantis\"");
  EXPECT_EQ(fault("mon 05:00-05:00 Etc/UTC"),
            "expected a span with two times, or 00:00-24:00 for all day, found \"05:00-05:00\"");
  EXPECT_TRUE(fault("mon 22:00-05:00").ends_with("found \"mon 22:00-05:00\""));
  EXPECT_TRUE(fault("never mon 22:00-05:00 Etc/UTC").starts_with("expected \"allowed\" or \"forbidden\""));
}

TEST(ScanWindows, TheBoundsOfTimesAndDays) {
  EXPECT_EQ(fault("SUN 00:00-24:00 Etc/UTC"), "");
  EXPECT_NE(fault("sun 24:00-01:00 Etc/UTC"), "");
  EXPECT_NE(fault("sun 1:00-02:00 Etc/UTC"), "");
  EXPECT_NE(fault("sun 01:60-02:00 Etc/UTC"), "");
  EXPECT_NE(fault("sun 01:00 Etc/UTC"), "");
  EXPECT_NE(fault("sun, 01:00-02:00 Etc/UTC"), "");
  EXPECT_NE(fault("sun 01:00-02:00 " + std::string(longest_window, 'x')), "");
  EXPECT_NE(fault(""), "");
}

TEST(ScanWindows, TheWindowAtFaultIsNamed) {
  const Texts texts{"mon 22:00-05:00 Etc/UTC", "mon"};
  EXPECT_EQ(parse_scan_windows(texts, 0).error().where, "/windows/1");
  const Texts many(most_windows + 1, "mon 22:00-05:00 Etc/UTC");
  EXPECT_EQ(parse_scan_windows(many, 0).error().where, "/windows");
}

TEST(ScanWindows, ThoseThatLeaveNoTimeAreRefused) {
  const Texts texts{"mon 08:00-10:00 Etc/UTC", "forbidden mon 07:00-11:00 Etc/UTC"};
  EXPECT_EQ(parse_scan_windows(texts, 0).error().message, "the windows leave no time to scan in");
}

}  // namespace
}  // namespace censo::collector::jobs
