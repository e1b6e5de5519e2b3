// What notifications mean, and how much of what comes in is let in.
#include "collector/listen/trap_rules.h"
#include "cmdb/class_catalog.h"
#include "collector/listen/intake.h"
#include "desk/event.h"

#include <gtest/gtest.h>

#include <array>

namespace censo::collector::listen {
namespace {

using scanner::Oid;
using scanner::parse_oid;
using scanner::Trap;
using scanner::VarBind;
using scanner::VarType;

Trap trap(std::string_view name, std::vector<VarBind> binds = {}) {
  Trap one;
  one.credential = "public";
  one.trap = parse_oid(name).value();
  one.binds = std::move(binds);
  return one;
}
VarBind number(std::string_view name, std::int64_t value) {
  return {parse_oid(name).value(), VarType::integer, value};
}
VarBind octets(std::string_view name, std::string value) {
  return {parse_oid(name).value(), VarType::octets, std::move(value)};
}

std::optional<desk::EventMessage> event(const Trap& one) {
  return TrapRules::load(cmdb::built_in_schemas()).value().message_of(one, "192.0.2.7");
}

TEST(TrapRules, LinkDownAndUpAreOneCondition) {
  const auto index = number("1.3.6.1.2.1.2.2.1.1.3", 3);
  const auto down =
      event(trap("1.3.6.1.6.3.1.1.5.3", {index, octets("1.3.6.1.2.1.2.2.1.2.3", "GigabitEthernet0/3")}));
  const auto up = event(trap("1.3.6.1.6.3.1.1.5.4", {index}));
  ASSERT_TRUE(down && up);
  EXPECT_EQ(down->condition, "LinkDown 3");
  EXPECT_EQ(up->condition, "LinkDown 3");
  EXPECT_TRUE(down->firing);
  EXPECT_FALSE(up->firing);
  EXPECT_EQ(down->summary, "Interface GigabitEthernet0/3 is down");
  EXPECT_NE(down->details.find("1.3.6.1.2.1.2.2.1.2.3 = GigabitEthernet0/3"), std::string::npos);
}

TEST(TrapRules, ValuesDecide) {
  const auto address = VarBind{parse_oid("1.3.6.1.2.1.14.10.1.1.10.0.0.9.0").value(), VarType::address,
                               std::string("\x0a\0\0\x09", 4)};
  const auto state = [&](std::int64_t value) {
    return event(trap("1.3.6.1.2.1.14.16.2.2", {address, number("1.3.6.1.2.1.14.10.1.6.10.0.0.9.0", value)}));
  };
  ASSERT_TRUE(state(1));
  EXPECT_EQ(state(1)->condition, "OSPF 10.0.0.9");
  EXPECT_TRUE(state(1)->firing);
  EXPECT_FALSE(state(8)->firing);
  EXPECT_FALSE(state(5)) << "on its way is neither";
}

TEST(TrapRules, UnknownTrapOccurs) {
  const auto told = event(trap("1.3.6.1.4.1.99999.0.1", {octets("1.3.6.1.4.1.99999.1.0", "\x01\x02")}));
  ASSERT_TRUE(told);
  EXPECT_EQ(told->condition, "Trap 1.3.6.1.4.1.99999.0.1");
  EXPECT_EQ(told->severity, "info");
  EXPECT_NE(told->details.find("= 0x0102"), std::string::npos);
}

TEST(TrapRules, ItemIsWhomItIsPassedOnFor) {
  auto passed_on = trap("1.3.6.1.6.3.1.1.5.1");
  passed_on.agent = "198.51.100.4";
  passed_on.engine_id = "80001f8804aabb";
  const auto told = event(passed_on);
  ASSERT_TRUE(told);
  EXPECT_EQ(told->item, "198.51.100.4");
  EXPECT_EQ(told->names, (std::vector<std::string>{"80001f8804aabb", "198.51.100.4", "192.0.2.7"}));
}

std::string fault(std::string_view text) {
  const std::array files{base::EmbeddedFile{"traps.yaml", text}};
  const auto rules = TrapRules::load(files);
  return rules ? "" : rules.error().where;
}

TEST(TrapRules, FaultsAreToldByLine) {
  EXPECT_EQ(fault("variables: {a: 1.3.x}\ntraps:\n  - {trap: rest, means: nothing}\n"), "traps.yaml:1");
  EXPECT_EQ(fault("traps:\n  - {trap: a, oids: [x], means: nothing}\n  - {trap: rest, means: nothing}\n"),
            "traps.yaml:2");
  EXPECT_EQ(
      fault("traps:\n  - {trap: a, when: {b: ['1']}, means: nothing}\n  - {trap: rest, means: nothing}\n"),
      "traps.yaml:2");
  EXPECT_NE(fault("traps:\n  - {trap: a, oids: [1.3], means: nothing}\n"), "");
  EXPECT_EQ(
      fault("traps:\n  - {trap: a, oids: [1.3.6.*], means: nothing}\n  - {trap: rest, means: nothing}\n"),
      "");
}

constexpr base::TimeMs now = 1'790'000'000'000;

TEST(Intake, OneAddressHasItsMinute) {
  Intake intake(3);
  int let_in = 0;
  for (int i = 0; i < 10; ++i) let_in += intake.admit("syslog", "192.0.2.1", now) ? 1 : 0;
  EXPECT_EQ(let_in, 3);
  EXPECT_TRUE(intake.admit("syslog", "192.0.2.2", now)) << "another one has its own";
  EXPECT_TRUE(intake.admit("syslog", "192.0.2.1", now + 60'000));
  const auto counts = intake.hand_over().counts;
  ASSERT_EQ(counts.size(), 2U);
  EXPECT_EQ(counts[0].messages, 11);
  EXPECT_EQ(counts[0].over_limit, 7);
}

TEST(Intake, InventedAddressesFindNoRoom) {
  Intake intake(100);
  std::size_t let_in = 0;
  for (int i = 0; i < 100'000; ++i) let_in += intake.admit("syslog", "a" + std::to_string(i), now) ? 1 : 0;
  EXPECT_EQ(let_in, Intake::most_addresses);
  const auto batch = intake.hand_over();
  EXPECT_LE(batch.counts.size(), Intake::most_addresses + 1);
  EXPECT_EQ(batch.messages(), 100'000) << "and yet are counted";
}

TEST(Intake, RefusalsTellWhy) {
  Intake intake(3);
  intake.admit("snmp", "192.0.2.1", now);
  intake.refuse("snmp", "192.0.2.1", "unknown_community");
  const auto counts = intake.hand_over().counts;
  EXPECT_EQ(counts.at(0).reason, "unknown_community");
  EXPECT_EQ(counts.at(0).refused_at, now);
  EXPECT_FALSE(intake.has_counts());
}

TEST(Intake, HoldsNoMoreThanItsBound) {
  Intake intake(1'000'000);
  desk::EventMessage message;
  message.details = std::string(desk::longest_details, 'x');
  int taken = 0;
  for (; !intake.is_full() && taken < 100'000; ++taken) intake.take("syslog", "192.0.2.1", message);
  EXPECT_LT(taken, 2'200);
  EXPECT_GT(taken, 1'800);
  EXPECT_EQ(intake.hand_over().events.at("syslog:192.0.2.1").size(), static_cast<std::size_t>(taken));
  EXPECT_FALSE(intake.is_full());
  EXPECT_FALSE(intake.has_events());
}

}  // namespace
}  // namespace censo::collector::listen
