#include "collector/scanner/ports/port_rules.h"

#include "collector/scanner/ports/port_scan.h"

#include <gtest/gtest.h>

namespace censo::scanner {
namespace {

PortFinding finding(std::uint16_t port, PortAsk ask,
                    std::map<std::string, std::string, std::less<>> sayings = {}) {
  return {{port, ask}, std::move(sayings)};
}
std::string fault_of(std::string_view rules) {
  const auto parsed =
      PortRules::parse("ports.yaml", "ports: [{port: 22, ask: ssh}]\nrules:\n" + std::string(rules));
  return parsed ? "none" : to_string(parsed.error());
}
PortGuess guessed(const std::vector<PortFinding>& findings) {
  static const auto rules = PortRules::built_in();
  EXPECT_TRUE(rules) << to_string(rules.error());
  return rules->guess(findings).value_or(PortGuess{});
}

TEST(PortRules, TheBuiltInOnesAreRead) {
  const auto rules = PortRules::built_in();
  ASSERT_TRUE(rules) << to_string(rules.error());
  EXPECT_GE(rules->ports().size(), 10u);
}

TEST(PortRules, ADebianHostIsAServer) {
  const auto guess = guessed({finding(22, PortAsk::ssh, {{"ssh", "SSH-2.0-OpenSSH_9.2p1 Debian-2"}})});
  EXPECT_EQ(guess.class_name, "server");
  EXPECT_EQ(guess.attributes.at("os_name"), "Debian GNU/Linux");
  EXPECT_EQ(guess.why, "ssh of port 22: SSH-2.0-OpenSSH_9.2p1 Debian-2");
}
TEST(PortRules, NamedGroupsAreAttributes) {
  const auto guess = guessed(
      {finding(80, PortAsk::http, {{"http_server", "HP HTTP Server; HP LaserJet M607 - K0Q15A; x"}})});
  EXPECT_EQ(guess.class_name, "printer");
  EXPECT_EQ(guess.attributes.at("manufacturer"), "HP");
  EXPECT_EQ(guess.attributes.at("model"), "LaserJet M607");
}
TEST(PortRules, WordsOfAMakerGoBeforeAPort) {
  EXPECT_EQ(guessed({finding(443, PortAsk::https, {{"subject", "CN=nas,O=Synology Inc."}}),
                     finding(515, PortAsk::open)})
                .class_name,
            "nas");
}
TEST(PortRules, PortsAloneTellSomething) {
  EXPECT_EQ(guessed({finding(445, PortAsk::open), finding(3389, PortAsk::tls)}).class_name, "workstation");
  EXPECT_EQ(guessed({finding(9100, PortAsk::open)}).why, "open: 9100");
}
TEST(PortRules, AWebServerAloneTellsNothing) {
  EXPECT_EQ(
      guessed({finding(80, PortAsk::http, {{"http_server", "nginx"}, {"title", "Welcome"}})}).class_name, "");
}
TEST(PortRules, AllSayingsOfARuleAreOfOnePort) {
  const auto rules = PortRules::parse("x",
                                      "ports: [{port: 80, ask: http}]\nrules:\n"
                                      "  - {title: a, http_server: b, class: printer}\n");
  ASSERT_TRUE(rules);
  EXPECT_FALSE(rules->guess(
      {finding(80, PortAsk::http, {{"title", "a"}}), finding(81, PortAsk::http, {{"http_server", "b"}})}));
  EXPECT_TRUE(rules->guess({finding(80, PortAsk::http, {{"title", "a"}, {"http_server", "b"}})}));
}

TEST(PortRules, FaultsAreNamedWithTheirLine) {
  EXPECT_EQ(fault_of("  - {ssh: x, class: toaster}"), "no rule may make a 'toaster' (ports.yaml:3)");
  EXPECT_EQ(fault_of("  - {class: printer}"), "a rule that says nothing fits every host (ports.yaml:3)");
  EXPECT_EQ(fault_of("  - {ssh: x}"), "a rule needs a class (ports.yaml:3)");
  EXPECT_EQ(fault_of("  - {smell: x, class: printer}"), "unknown key 'smell' (ports.yaml:3)");
  EXPECT_EQ(fault_of("  - {ssh: '(?P<colour>x)', class: printer}"),
            "no attribute is called 'colour' (ports.yaml:3)");
  EXPECT_EQ(fault_of("  - {open: [0], class: printer}"), "expected a port from 1 to 65535 (ports.yaml:3)");
  EXPECT_NE(fault_of("  - {ssh: '(', class: printer}"), "none");
}

TEST(PortGuess, IsAReportWithItsEvidence) {
  const auto report =
      guess_report(*PortRules::built_in(), {finding(9100, PortAsk::open)}, "10.0.0.7", "00:11:22:aa:bb:cc");
  ASSERT_TRUE(report);
  EXPECT_EQ(report->subject_class, "printer");
  EXPECT_EQ(report->subject_name, "10.0.0.7");
  EXPECT_EQ(inventory::subject_text(*report, "management_address"), "10.0.0.7");
  EXPECT_EQ(inventory::subject_text(*report, "classified_by"), "open: 9100");
  ASSERT_EQ(report->sections.size(), 1u);
  ASSERT_EQ(report->sections[0].items.size(), 1u);
  EXPECT_EQ(report->sections[0].items[0].class_name, "listening_socket");
}

}  // namespace
}  // namespace censo::scanner
