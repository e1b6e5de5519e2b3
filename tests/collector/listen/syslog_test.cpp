// Syslog as it comes over the network: messages, where they end on a connection, and what they mean.
#include "cmdb/class_catalog.h"
#include "collector/listen/syslog_message.h"
#include "collector/listen/syslog_rules.h"
#include "collector/listen/syslog_stream.h"
#include "desk/event.h"

#include <gtest/gtest.h>

#include <array>

namespace censo::collector::listen {
namespace {

SyslogMessage parsed(std::string_view text) {
  return parse_syslog(text).value();
}

TEST(SyslogMessage, NewOneIsReadWhole) {
  const auto message = parsed(
      "<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog 77 ID47 "
      "[exampleSDID@32473 iut=\"3\" note=\"a \\] b\"][more@1 x=\"y\"] \xEF\xBB\xBF"
      "An application event");
  EXPECT_EQ(message.facility, 20);
  EXPECT_EQ(message.severity, 5);
  EXPECT_EQ(message.host, "mymachine.example.com");
  EXPECT_EQ(message.app, "evntslog");
  EXPECT_EQ(message.text, "An application event");
}

TEST(SyslogMessage, NewOneMayLeaveAllOut) {
  const auto message = parsed("<34>1 - - - - - -");
  EXPECT_EQ(message.severity, 2);
  EXPECT_EQ(message.host, "");
  EXPECT_EQ(message.app, "");
  EXPECT_EQ(message.text, "");
}

TEST(SyslogMessage, OldOneHasHostAndTag) {
  const auto message = parsed("<34>Oct 11 22:14:15 mymachine su[42]: 'su root' failed for lonvick\n");
  EXPECT_EQ(message.host, "mymachine");
  EXPECT_EQ(message.app, "su");
  EXPECT_EQ(message.text, "'su root' failed for lonvick");
}

TEST(SyslogMessage, OldOneMayHaveOnlyItsText) {
  const auto message = parsed("<13>just some words");
  EXPECT_EQ(message.host, "");
  EXPECT_EQ(message.app, "");
  EXPECT_EQ(message.text, "just some words");
}

TEST(SyslogMessage, DayOfOneDigitIsNoHost) {
  EXPECT_EQ(parsed("<34>Oct  1 22:14:15 web01 app: x").host, "web01");
}

TEST(SyslogMessage, CiscoHasANumberAndNoHost) {
  const auto message =
      parsed("<187>45: *Mar  1 18:46:11: %LINK-3-UPDOWN: Interface Gi0/1, changed state to down");
  EXPECT_EQ(message.host, "");
  EXPECT_EQ(message.app, "%LINK-3-UPDOWN");
  EXPECT_EQ(message.text, "Interface Gi0/1, changed state to down");
}

TEST(SyslogMessage, TimeMayBeOfIso8601) {
  const auto message = parsed("<38>2026-11-27T10:00:00+01:00 db1 sshd[7]: hello");
  EXPECT_EQ(message.host, "db1");
  EXPECT_EQ(message.app, "sshd");
}

TEST(SyslogMessage, BytesThatAreNoTextAreMadeSuch) {
  EXPECT_EQ(parsed("<13>a\xff"
                   "b")
                .text.find('\xff'),
            std::string::npos);
}

TEST(SyslogMessage, WithoutPriorityItIsNone) {
  EXPECT_FALSE(parse_syslog("hello"));
  EXPECT_FALSE(parse_syslog(""));
  EXPECT_FALSE(parse_syslog("<192>x"));
  EXPECT_FALSE(parse_syslog("<1a>x"));
  EXPECT_FALSE(parse_syslog("<>x"));
}

TEST(SyslogMessage, HeaderCutShortIsRefused) {
  EXPECT_FALSE(parse_syslog("<34>1 2003-10-11T22:14:15.003Z host app 1 2 [open x=\"y\""));
  EXPECT_FALSE(parse_syslog("<34>1 - host"));
}

using Texts = std::vector<std::string>;

TEST(SyslogStream, LinesEndMessages) {
  SyslogStream stream;
  EXPECT_EQ(stream.take("<1>a\n<2>b\n<3"), (Texts{"<1>a", "<2>b"}));
  EXPECT_EQ(stream.take(">c\n"), Texts{"<3>c"});
}

TEST(SyslogStream, LengthsEndMessages) {
  SyslogStream stream;
  EXPECT_EQ(stream.take("4 <1>a7 <2>b\nc\n5 <3"), (Texts{"<1>a", "<2>b\nc\n"}));
  EXPECT_EQ(stream.take(">dd"), Texts{"<3>dd"});
}

TEST(SyslogStream, OneByteAtATimeIsTheSame) {
  SyslogStream stream;
  Texts found;
  for (const char c : std::string("4 <1>a<2>b\n3 <3>"))
    for (auto& text : stream.take({&c, 1})) found.push_back(text);
  EXPECT_EQ(found, (Texts{"<1>a", "<2>b", "<3>"}));
}

TEST(SyslogStream, WhatIsNotEndedIsLeft) {
  SyslogStream stream;
  stream.take("<1>a\n<2>b");
  EXPECT_EQ(stream.rest(), "<2>b");
  stream.take("9 <1>a");
  EXPECT_EQ(stream.rest(), "");
}

TEST(SyslogStream, NoLengthBreaksIt) {
  SyslogStream words, zero, huge, endless;
  words.take("12345678901 <1>a");
  zero.take("0 <1>a");
  huge.take("99999999 <1>a");
  endless.take("<1>" + std::string(longest_syslog + 1, 'x'));
  EXPECT_TRUE(words.is_broken());
  EXPECT_TRUE(zero.is_broken());
  EXPECT_TRUE(huge.is_broken());
  EXPECT_TRUE(endless.is_broken());
  EXPECT_TRUE(endless.take("<1>a\n").empty());
}

SyslogRules built_in() {
  return SyslogRules::load(cmdb::built_in_schemas()).value();
}

std::optional<desk::EventMessage> event(std::string_view text) {
  return built_in().message_of(parsed(text), "192.0.2.7");
}

TEST(SyslogRules, DownAndUpAreOneCondition) {
  const auto down =
      event("<187>45: *Mar  1 18:46:11: %LINK-3-UPDOWN: Interface Gi0/1, changed state to down");
  const auto up = event("<187>46: *Mar  1 18:47:11: %LINK-3-UPDOWN: Interface Gi0/1, changed state to up");
  ASSERT_TRUE(down && up);
  EXPECT_TRUE(down->firing);
  EXPECT_FALSE(up->firing);
  EXPECT_EQ(down->condition, "LinkDown Gi0/1");
  EXPECT_EQ(up->condition, down->condition);
  EXPECT_EQ(down->severity, "error");
  EXPECT_EQ(down->item, "192.0.2.7");
}

TEST(SyslogRules, ItemIsTheHostThatIsNamed) {
  const auto told =
      event("<3>Oct 11 22:14:15 web01 kernel: Out of memory: Killed process 42 (mysqld) total-vm:1kB");
  ASSERT_TRUE(told);
  EXPECT_EQ(told->item, "web01");
  EXPECT_EQ(told->names, (std::vector<std::string>{"web01", "192.0.2.7"}));
  EXPECT_EQ(told->condition, "OutOfMemory mysqld");
  EXPECT_GT(told->lasts_ms, 0);
}

TEST(SyslogRules, WorstIsTakenWhateverItSays) {
  const auto told = event("<2>Oct 11 22:14:15 web01 app: the sky falls");
  ASSERT_TRUE(told);
  EXPECT_EQ(told->severity, "crit");
  EXPECT_EQ(told->condition, "Syslog app");
  EXPECT_EQ(told->summary, "the sky falls");
}

TEST(SyslogRules, OrdinaryOnesArePassedOver) {
  EXPECT_FALSE(event("<38>Oct 11 22:14:15 web01 sshd[1]: Accepted publickey for ana"));
}

std::string fault(std::string_view text) {
  const std::array files{base::EmbeddedFile{"syslog.yaml", text}};
  const auto rules = SyslogRules::load(files);
  return rules ? "" : rules.error().where + " " + rules.error().message;
}

TEST(SyslogRules, FaultsAreToldByLine) {
  constexpr const char* last = "\n  - {pattern: rest, means: nothing}\n";
  EXPECT_EQ(
      fault(std::string("patterns:\n  - {pattern: a, match: '(', means: nothing}") + last).substr(0, 44),
      "syslog.yaml:2 match: no regular expression: ");
  EXPECT_NE(fault(std::string("patterns:\n  - {pattern: a, means: begins, condition: '{no}'}") + last), "");
  EXPECT_NE(fault(std::string("patterns:\n  - {pattern: a, means: occurs, condition: x}") + last), "");
  EXPECT_NE(fault("patterns:\n  - {pattern: a, apps: [x], means: nothing}\n"), "");
  EXPECT_EQ(fault(std::string("patterns:") + last), "");
}

}  // namespace
}  // namespace censo::collector::listen
