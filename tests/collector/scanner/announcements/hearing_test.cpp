#include "collector/scanner/announcements/hearing.h"

#include "announced.h"
#include "collector/scanner/announcements/local_network.h"
#include "collector/scanner/ports/port_scan.h"
#include "tests/collector/scanner/built_in_devices.h"
#include "tests/collector/scanner/ports/tcp_speaker.h"
#include "tests/collector/scanner/scan_run.h"
#include "tests/collector/scanner/snmp_daemon.h"
#include "udp_speaker.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <thread>

namespace censo::scanner {
namespace {

using namespace std::chrono_literals;

AnnouncementSettings quick() {
  AnnouncementSettings settings;
  settings.groups = false;
  settings.patience = 300ms;
  for (auto& port : settings.ports) port = free_port();
  return settings;
}

const base::ManualClock at_rest{1'790'000'000'000};

Hearing heard(const std::vector<ScanTarget>& asked, const std::vector<ScanTarget>& all,
              const AnnouncementSettings& settings) {
  auto hearing = hear(asked, all, settings, at_rest, {});
  EXPECT_TRUE(hearing) << to_string(hearing.error());
  return hearing ? std::move(*hearing) : Hearing{};
}

TEST(Hearing, EachProtocolIsAskedAtItsPort) {
  const UdpSpeaker mdns("127.0.0.2", [](const std::string& question) {
    return std::vector<std::string>{question == mdns_question() ? mdns_printer() : ""};
  });
  const UdpSpeaker netbios("127.0.0.2", [](const std::string& question) {
    return std::vector<std::string>{
        question == netbios_question()
            ? netbios_answer({netbios_row("NPI0A1B2C", 0x00, 0x0400)}, std::string(6, '\0'))
            : ""};
  });
  auto settings = quick();
  settings.ports[0] = mdns.port();
  settings.ports[3] = netbios.port();
  const auto hearing =
      heard({{"127.0.0.2", 161}, {"127.0.0.3", 161}}, {{"127.0.0.2", 161}, {"127.0.0.3", 161}}, settings);
  EXPECT_EQ(hearing.asked.size(), 2u);
  ASSERT_EQ(hearing.heard.size(), 1u);
  const auto& said = hearing.heard.at(*parse_address("127.0.0.2")).by_protocol;
  EXPECT_EQ(said.at(PortAsk::mdns).at("mdns_model"), "HP LaserJet 400 M401dn");
  EXPECT_EQ(said.at(PortAsk::netbios).at("netbios_name"), "NPI0A1B2C");
}

TEST(Hearing, WhoIsNotInTheJobIsNotListenedTo) {
  // It answers from the address that was asked, which the job excludes.
  const UdpSpeaker mdns("127.0.0.2", [](const std::string&) { return std::vector{mdns_printer()}; });
  auto settings = quick();
  settings.ports[0] = mdns.port();
  EXPECT_TRUE(heard({{"127.0.0.2", 161}}, {{"127.0.0.3", 161}}, settings).heard.empty());
  EXPECT_EQ(mdns.questions(), 1);
}

TEST(Hearing, GarbageSaysNothing) {
  const UdpSpeaker odd("127.0.0.2", [](const std::string&) {
    return std::vector<std::string>{std::string(9000, '\xc0'), "x", std::string(12, '\xff')};
  });
  auto settings = quick();
  for (auto& port : settings.ports) port = odd.port();
  EXPECT_TRUE(heard({{"127.0.0.2", 161}}, {{"127.0.0.2", 161}}, settings).heard.empty());
  EXPECT_EQ(odd.questions(), 4);
}

TEST(Hearing, AStopEndsItSoon) {
  std::stop_source stop;
  stop.request_stop();
  auto settings = quick();
  settings.patience = 60s;
  const std::vector<ScanTarget> targets{{"127.0.0.2", 161}};
  const auto hearing = hear(targets, targets, settings, at_rest, stop.get_token());
  ASSERT_TRUE(hearing);
  EXPECT_TRUE(hearing->asked.empty());
}

TEST(Hearing, TheDescriptionIsFetchedFromTheAddressItself) {
  const TcpSpeaker web({.first = {}, .answer = "HTTP/1.0 200 OK\r\n\r\n" + upnp_description}, "127.0.0.2");
  Heard one;
  one.by_protocol[PortAsk::ssdp] = {{"ssdp_server", "x"}};
  one.description = {web.port(), "/desc.xml"};
  const auto findings = findings_of(one, *parse_address("127.0.0.2"), quick(), {});
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].sayings.at("upnp_model"), "DS918+");
  EXPECT_EQ(findings[0].sayings.at("ssdp_server"), "x");
}

// One who was not asked may say who he is, but nobody is sent anywhere by it.
TEST(Hearing, ADescriptionIsThatOfWhoWasAsked) {
  const auto answer = [](const std::string& at) {
    return [at](const std::string& question) {
      return std::vector<std::string>{question == ssdp_question() ? ssdp_answer("http://" + at + ":5000/x")
                                                                  : ""};
    };
  };
  for (const std::string from : {"127.0.0.2", "127.0.0.3"}) {
    const UdpSpeaker ssdp("127.0.0.2", answer(from), from);
    auto settings = quick();
    settings.ports[1] = ssdp.port();
    const auto hearing = heard({{"127.0.0.2", 161}}, {{"127.0.0.2", 161}, {"127.0.0.3", 161}}, settings);
    ASSERT_TRUE(hearing.heard.contains(*parse_address(from)));
    const auto& said = hearing.heard.at(*parse_address(from));
    EXPECT_TRUE(said.by_protocol.contains(PortAsk::ssdp));
    EXPECT_EQ(said.description.port, from == "127.0.0.2" ? 5000 : 0) << from;
  }
}

std::string first_address_of(const LocalNetwork& network) {
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return {};
  const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> owner(list, freeifaddrs);
  for (const auto* one = list; one; one = one->ifa_next) {
    if (!one->ifa_addr || one->ifa_addr->sa_family != AF_INET) continue;
    std::array<char, INET_ADDRSTRLEN> text{};
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(one->ifa_addr)->sin_addr, text.data(),
              text.size());
    const auto address = parse_address(text.data());
    if (address && has_any_of(network, {&*address, 1})) return text.data();
  }
  return {};
}

// A host of a segment of ours tells the group, before it is asked, of a description.
TEST(Hearing, WhatIsToldToAGroupSendsNobodyAnywhere) {
  const auto networks = local_networks();
  if (networks.empty()) GTEST_SKIP() << "no network that can be spoken to by multicast";
  const auto own = first_address_of(networks.front());
  auto settings = quick();
  settings.groups = true;
  settings.patience = 1s;
  std::jthread speaker([&](const std::stop_token& stop) {
    const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const ip_mreqn by{{}, {}, networks.front().interface};
    setsockopt(socket, IPPROTO_IP, IP_MULTICAST_IF, &by, sizeof by);
    sockaddr_in group{};
    group.sin_family = AF_INET;
    group.sin_port = htons(settings.ports[1]);
    inet_pton(AF_INET, "239.255.255.250", &group.sin_addr);
    const auto notice =
        "NOTIFY * HTTP/1.1\r\nNTS: ssdp:alive\r\nSERVER: x\r\nLOCATION: http://" + own + ":5000/x\r\n\r\n";
    while (!stop.stop_requested()) {
      sendto(socket, notice.data(), notice.size(), 0, reinterpret_cast<const sockaddr*>(&group),
             sizeof group);
      std::this_thread::sleep_for(50ms);
    }
    close(socket);
  });
  const auto hearing = heard({{own, 161}}, {{own, 161}}, settings);
  const auto found = hearing.heard.find(*parse_address(own));
  ASSERT_NE(found, hearing.heard.end());
  EXPECT_EQ(found->second.by_protocol.at(PortAsk::ssdp).at("ssdp_server"), "x");
  EXPECT_EQ(found->second.description.port, 0);
}

TEST(LocalNetwork, ThatTheyCannotBeToldIsLogged) {
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  const rlimit none{0, before.rlim_max};
  testing::internal::CaptureStderr();
  setrlimit(RLIMIT_NOFILE, &none);  // as without AF_NETLINK: no socket to ask the kernel
  const auto networks = local_networks();
  setrlimit(RLIMIT_NOFILE, &before);
  const auto logged = testing::internal::GetCapturedStderr();
  EXPECT_TRUE(networks.empty());
  EXPECT_NE(logged.find("scan.networks"), std::string::npos) << logged;
}

TEST(LocalNetwork, AllOfItAreAllItsHosts) {
  const LocalNetwork network{1, 0x0a000000, 0x0a000003 + 4};  // 10.0.0.0/29
  std::vector<Address> hosts;
  for (int i = 1; i <= 6; ++i) hosts.push_back(*parse_address("10.0.0." + std::to_string(i)));
  EXPECT_TRUE(has_all_of(network, hosts));
  hosts.erase(hosts.begin() + 2);  // an exclusion
  EXPECT_FALSE(has_all_of(network, hosts));
  EXPECT_TRUE(has_any_of(network, hosts));
  EXPECT_FALSE(has_any_of({1, 0x0a000100, 0x0a0001ff}, hosts));
}

// The rules that ship.
std::optional<inventory::Report> guessed(PortAsk protocol, Sayings sayings) {
  const auto rules = PortRules::built_in();
  EXPECT_TRUE(rules) << to_string(rules.error());
  return guess_report(*rules, {{{5353, protocol}, std::move(sayings)}}, "10.0.0.5", "");
}
std::span<const std::uint8_t> octets(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

TEST(Guess, OfAPrinterByMdns) {
  const auto report = guessed(PortAsk::mdns, mdns_sayings(octets(mdns_printer())));
  ASSERT_TRUE(report);
  EXPECT_EQ(report->subject_class, "printer");
  EXPECT_EQ(report->subject_name, "NPI0A1B2C");
  EXPECT_EQ(inventory::subject_text(*report, "manufacturer"), "Hewlett-Packard");
  EXPECT_EQ(inventory::subject_text(*report, "model"), "HP LaserJet 400 M401dn");
  EXPECT_EQ(report->sections.front().items.front().attributes.text("protocol"), "udp");
}

TEST(Guess, OfACameraByWsDiscovery) {
  const auto report = guessed(PortAsk::wsd, wsd_sayings(wsd_camera));
  ASSERT_TRUE(report);
  EXPECT_EQ(report->subject_class, "network_device");
  EXPECT_EQ(report->subject_name, "AXIS M3045-V");
  EXPECT_EQ(inventory::subject_text(*report, "device_type"), "camera");
  EXPECT_EQ(inventory::subject_text(*report, "manufacturer"), "Axis");
  EXPECT_EQ(inventory::subject_text(*report, "model"), "M3045-V");
}

TEST(Guess, OfStorageByUpnp) {
  const auto report = guessed(PortAsk::ssdp, description_sayings(upnp_description));
  ASSERT_TRUE(report);
  EXPECT_EQ(report->subject_class, "nas");
  EXPECT_EQ(report->subject_name, "files (DS918+)");
  EXPECT_EQ(inventory::subject_text(*report, "model"), "DS918+");
}

TEST(Guess, OfAServerByNetbios) {
  const auto said = netbios_sayings(octets(netbios_answer(
      {netbios_row("FILES", 0x00, 0x0400), netbios_row("FILES", 0x20, 0x0400)}, "\x02\x1b\x21\x01\x01\x09")));
  const auto report = guessed(PortAsk::netbios, said);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->subject_class, "server");
  EXPECT_EQ(inventory::subject_text(*report, "host_name"), "FILES");
}

// As a job runs: nobody answers SNMP at 127.0.0.2, a printer announces itself.
TEST(AnnouncementScan, TellsWhatDoesNotAnswerSnmp) {
  const UdpSpeaker mdns("127.0.0.2", [](const std::string&) { return std::vector{mdns_printer()}; });
  ScanJob job;
  job.id = "job-1";
  job.ranges = {"127.0.0.2-127.0.0.3"};
  job.port = free_port();
  job.credentials = {community()};
  job.limits.request_ms = 100;
  job.limits.retries = 0;
  job.announcements = quick();
  job.announcements->ports[0] = mdns.port();
  for (const bool swept : {false, true}) {
    if (swept) {
      job.sweep.emplace();
      job.sweep->patience = 100ms;
      job.sweep->ping = false;
    }
    const auto results = scanned(job);
    const auto& printer = results.at("127.0.0.2");
    EXPECT_EQ(printer.verdict, Verdict::no_snmp);
    ASSERT_TRUE(printer.guess);
    EXPECT_EQ(printer.guess->subject_class, "printer");
    EXPECT_EQ(printer.guess->origin.id, "job-1/ports");
    EXPECT_NE(printer.detail.find("announces itself by mdns"), std::string::npos) << printer.detail;
    EXPECT_EQ(printer.attempts.back().what, "mdns");
    EXPECT_NE(printer.attempts.back().detail.find("mdns_name \"NPI0A1B2C\""), std::string::npos);
    const auto& other = results.at("127.0.0.3");
    EXPECT_FALSE(other.guess);
    EXPECT_EQ(other.attempts.back().what, "announcements");
    EXPECT_EQ(other.attempts.back().verdict, Verdict::no_answer);
  }
}

// Anybody may say that he has the MAC address of another, and would be taken for that one.
TEST(AnnouncementScan, ADeviceHasNoMacAddressByItsOwnWord) {
  const UdpSpeaker netbios("127.0.0.2", [](const std::string&) {
    return std::vector<std::string>{
        netbios_answer({netbios_row("FILES", 0x00, 0x0400), netbios_row("FILES", 0x20, 0x0400)},
                       "\x02\x1b\x21\x01\x01\x09")};
  });
  ScanJob job;
  job.id = "job-1";
  job.ranges = {"127.0.0.2"};
  job.port = free_port();
  job.credentials = {community()};
  job.limits.request_ms = 100;
  job.limits.retries = 0;
  job.announcements = quick();
  job.announcements->ports[3] = netbios.port();
  const auto results = scanned(job);
  const auto& files = results.at("127.0.0.2");
  ASSERT_TRUE(files.guess);
  EXPECT_EQ(files.guess->subject_class, "server");
  const auto& said = files.attempts.back().detail;
  EXPECT_NE(said.find("netbios_mac"), std::string::npos) << said;
  EXPECT_EQ(files.guess->sections.front().attributes.find("mac_addresses"), nullptr);
}

}  // namespace
}  // namespace censo::scanner
