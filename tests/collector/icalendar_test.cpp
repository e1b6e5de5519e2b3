// RFC 5545: what calendar programs are given.
#include "collector/icalendar.h"
#include "desk/change_calendar.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace censo::collector {
namespace {

desk::CalendarEntry change(const std::string& title) {
  return {"41",
          "change",
          "CHG-3",
          title,
          "scheduled",
          "eva",
          {base::parse_iso8601("2026-12-01T20:00:00Z").value(),
           base::parse_iso8601("2026-12-01T22:30:00Z").value()},
          4,
          base::parse_iso8601("2026-11-27T08:00:00Z").value()};
}

std::string text_of(const desk::CalendarEntry& entry) {
  return to_icalendar(std::vector{entry}, "censo.example");
}

// As a reader does it (section 3.1).
std::string unfolded(std::string text) {
  for (auto at = text.find("\r\n "); at != text.npos; at = text.find("\r\n ", at)) text.erase(at, 3);
  return text;
}

std::size_t longest_line(const std::string& text) {
  std::size_t longest = 0;
  for (std::size_t from = 0; from < text.size();) {
    const auto end = text.find("\r\n", from);
    longest = std::max(longest, end - from);
    from = end + 2;
  }
  return longest;
}

bool has_line(const std::string& text, const std::string& line) {
  return unfolded(text).find("\r\n" + line + "\r\n") != std::string::npos;
}

TEST(ICalendar, EventHasItsTimesInUtc) {
  const auto text = text_of(change("OpenSSL"));
  EXPECT_TRUE(has_line(text, "DTSTART:20261201T200000Z"));
  EXPECT_TRUE(has_line(text, "DTEND:20261201T223000Z"));
  EXPECT_TRUE(has_line(text, "DTSTAMP:20261127T080000Z"));
}

TEST(ICalendar, UidStaysAndSequenceFollowsTheVersion) {
  auto entry = change("OpenSSL");
  EXPECT_TRUE(has_line(text_of(entry), "UID:41@censo.example"));
  EXPECT_TRUE(has_line(text_of(entry), "SEQUENCE:3"));
  entry.version = 5;
  entry.title = "Another";
  EXPECT_TRUE(has_line(text_of(entry), "UID:41@censo.example"));
  EXPECT_TRUE(has_line(text_of(entry), "SEQUENCE:4"));
}

TEST(ICalendar, TextsAreEscaped) {
  const auto text = text_of(change("a,b;c\\d\ne\rf\x01"));
  EXPECT_TRUE(has_line(text, "SUMMARY:CHG-3 a\\,b\\;c\\\\d\\nef"));
}

TEST(ICalendar, NothingInATitleBecomesALineOfItsOwn) {
  const auto text = text_of(change("x\r\nEND:VEVENT\r\nBEGIN:VALARM"));
  EXPECT_EQ(text.find("\r\nBEGIN:VALARM"), std::string::npos);
}

TEST(ICalendar, LinesAreFoldedAt75OctetsAndNeverWithinACharacter) {
  std::string title;
  for (int i = 0; i < 60; ++i) title += "ñ€𝄞";
  const auto text = text_of(change(title));
  EXPECT_LE(longest_line(text), 75U);
  EXPECT_TRUE(has_line(text, "SUMMARY:CHG-3 " + title));
  for (auto at = text.find("\r\n "); at != text.npos; at = text.find("\r\n ", at + 3))
    EXPECT_NE(static_cast<unsigned char>(text[at + 3]) & 0xC0, 0x80);
}

TEST(ICalendar, LineOfExactly75OctetsIsNotFolded) {
  const auto text = text_of(change(std::string(75 - std::string("SUMMARY:CHG-3 ").size(), 'x')));
  EXPECT_NE(text.find("x\r\nDESCRIPTION"), std::string::npos);
  EXPECT_EQ(text.find("x\r\n "), std::string::npos);
}

TEST(ICalendar, WhatIsNotAgreedToYetIsTentative) {
  auto entry = change("OpenSSL");
  EXPECT_TRUE(has_line(text_of(entry), "STATUS:CONFIRMED"));
  entry.state = "authorise";
  EXPECT_TRUE(has_line(text_of(entry), "STATUS:TENTATIVE"));
}

}  // namespace
}  // namespace censo::collector
