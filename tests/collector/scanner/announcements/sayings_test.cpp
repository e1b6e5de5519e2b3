#include "collector/scanner/announcements/sayings.h"

#include "announced.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace censo::scanner {
namespace {

std::span<const std::uint8_t> octets(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

TEST(Mdns, APrinterTellsItsNameMakerModelAndServices) {
  EXPECT_EQ(mdns_sayings(octets(mdns_printer())), (Sayings{{"mdns_maker", "Hewlett-Packard"},
                                                           {"mdns_model", "HP LaserJet 400 M401dn"},
                                                           {"mdns_name", "NPI0A1B2C"},
                                                           {"mdns_services", "_http._tcp _ipp._tcp"}}));
}

TEST(Mdns, AQuestionSaysNothing) {
  EXPECT_EQ(mdns_sayings(octets(mdns_question())), Sayings{});
}

TEST(Mdns, OnlyPrintersHaveTheirModelInTy) {
  const auto instance = dns_name({"x", "_http", "_tcp", "local"});
  EXPECT_EQ(mdns_sayings(octets(dns_answer({dns_record(instance, 16, txt({"ty=No printer"}))}))),
            (Sayings{{"mdns_services", "_http._tcp"}}));
}

TEST(Mdns, AnAddressBackwardsTellsTheName) {
  const auto reverse = dns_name({"5", "0", "0", "10", "in-addr", "arpa"});
  EXPECT_EQ(mdns_sayings(octets(dns_answer({dns_record(reverse, 12, dns_name({"files", "local"}))}))),
            (Sayings{{"mdns_name", "files"}}));
}

TEST(Mdns, ANameThatPointsToItselfEnds) {
  const std::string loop("\xc0\x0c", 2);
  EXPECT_EQ(mdns_sayings(octets(dns_answer({dns_record(loop, 12, loop)}))), Sayings{});
}

TEST(Mdns, WhatIsCutOrMadeUpSaysNothingBad) {
  const auto whole = mdns_printer();
  for (std::size_t length = 0; length < whole.size(); ++length) mdns_sayings(octets(whole.substr(0, length)));
  const auto text = dns_record(dns_name({"x", "_ipp", "_tcp", "local"}), 16,
                               "\xff"
                               "ty=short");
  EXPECT_EQ(mdns_sayings(octets(dns_answer({text}))),
            (Sayings{{"mdns_model", "short"}, {"mdns_services", "_ipp._tcp"}}));
}

TEST(Ssdp, AnAnswerTellsTypeServerAndWhereTheDescriptionIs) {
  const auto answer = ssdp_answer("http://192.168.0.9:5000/ssdp/desc.xml");
  EXPECT_EQ(ssdp_sayings(answer),
            (Sayings{{"ssdp_server", "Synology/DSM/192.168.0.9"}, {"upnp_types", "Basic"}}));
  const auto place = description_place(answer, "192.168.0.9");
  EXPECT_EQ(place.port, 5000);
  EXPECT_EQ(place.path, "/ssdp/desc.xml");
}

TEST(Ssdp, ADescriptionAtAnotherAddressIsNone) {
  for (const auto* location :
       {"http://10.0.0.1/x", "http://192.168.0.90/x", "http://192.168.0.9.evil.example/x",
        "http://192.168.0.9@10.0.0.1/x", "https://192.168.0.9/x", "http://192.168.0.9:99999/x",
        "http://192.168.0.9:9100/x", "http://192.168.0.9:9107/x", "http://192.168.0.9:25/x",
        "http://192.168.0.9:515/x", "http://192.168.0.9/a b", "file:///etc/passwd", ""})
    EXPECT_EQ(description_place(ssdp_answer(location), "192.168.0.9").port, 0) << location;
  EXPECT_EQ(description_place(ssdp_answer("http://192.168.0.9"), "192.168.0.9").path, "/");
  EXPECT_EQ(description_place(ssdp_answer("http://192.168.0.9:9108/x"), "192.168.0.9").port, 9108);
}

TEST(Ssdp, GoodbyesAndQuestionsSayNothing) {
  EXPECT_EQ(ssdp_sayings(ssdp_question()), Sayings{});
  EXPECT_EQ(ssdp_sayings("NOTIFY * HTTP/1.1\r\nNTS: ssdp:byebye\r\nSERVER: x\r\n\r\n"), Sayings{});
  EXPECT_EQ(ssdp_sayings("NOTIFY * HTTP/1.1\r\nNTS: ssdp:alive\r\nSERVER: x\r\n\r\n"),
            (Sayings{{"ssdp_server", "x"}}));
}

TEST(Upnp, ADescriptionTellsMakerModelAndName) {
  EXPECT_EQ(description_sayings(upnp_description), (Sayings{{"upnp_maker", "Synology"},
                                                            {"upnp_model", "DS918+"},
                                                            {"upnp_name", "files (DS918+)"},
                                                            {"upnp_serial", "1780PDN000000"},
                                                            {"upnp_types", "Basic"}}));
}

TEST(Upnp, ADescriptionThatIsCutTellsWhatItHas) {
  EXPECT_EQ(
      description_sayings(upnp_description.substr(0, upnp_description.find("<modelName>"))).at("upnp_maker"),
      "Synology");
}

TEST(Upnp, EntitiesAreNotReplaced) {
  const auto said = description_sayings(
      "<!DOCTYPE r [<!ENTITY a \"bomb\"><!ENTITY f SYSTEM \"file:///etc/passwd\">]>"
      "<r><modelName>x&a;&f;</modelName></r>");
  EXPECT_EQ(said, (Sayings{{"upnp_model", "x"}}));
}

TEST(Wsd, ACameraTellsItsTypeNameAndModel) {
  EXPECT_EQ(wsd_sayings(wsd_camera), (Sayings{{"wsd_model", "M3045-V"},
                                              {"wsd_name", "AXIS M3045-V"},
                                              {"wsd_types", "Device NetworkVideoTransmitter"}}));
}

TEST(Wsd, AQuestionSaysNothing) {
  EXPECT_EQ(wsd_sayings(wsd_question("01234567-89ab-cdef-0123-456789abcdef")), Sayings{});
  EXPECT_EQ(wsd_sayings(std::string(20'000, '<')), Sayings{});
}

TEST(Netbios, AServerTellsItsNameGroupAndMac) {
  const auto answer = netbios_answer({netbios_row("FILES", 0x00, 0x0400), netbios_row("FILES", 0x20, 0x0400),
                                      netbios_row("CORP", 0x00, 0x8400), netbios_row("CORP", 0x1c, 0x8400)},
                                     std::string("\x00\x1b\x21\x00\x00\x09", 6));
  EXPECT_EQ(netbios_sayings(octets(answer)), (Sayings{{"netbios_group", "CORP"},
                                                      {"netbios_kind", "domain controller"},
                                                      {"netbios_mac", "00:1b:21:00:00:09"},
                                                      {"netbios_name", "FILES"}}));
}

TEST(Netbios, SambaHasNoMacAddress) {
  const auto answer = netbios_answer({netbios_row("BOX", 0x00, 0x0400), netbios_row("BOX", 0x20, 0x0400)},
                                     std::string(6, '\0'));
  EXPECT_EQ(netbios_sayings(octets(answer)),
            (Sayings{{"netbios_kind", "file server"}, {"netbios_name", "BOX"}}));
}

TEST(Netbios, MoreNamesThanThereAreSayNothing) {
  auto answer = netbios_answer({netbios_row("BOX", 0x00, 0x0400)}, std::string(6, '\0'));
  answer[56] = '\x20';
  EXPECT_EQ(netbios_sayings(octets(answer)), Sayings{});
  EXPECT_EQ(netbios_sayings(octets(netbios_question())), Sayings{});
}

TEST(Sayings, ListsGrowAndOthersStay) {
  Sayings known{{"mdns_services", "_http._tcp"}, {"mdns_name", "a"}};
  add_sayings(known, {{"mdns_services", "_ipp._tcp _http._tcp"}, {"mdns_name", "b"}, {"mdns_model", "m"}});
  EXPECT_EQ(known,
            (Sayings{{"mdns_services", "_http._tcp _ipp._tcp"}, {"mdns_name", "a"}, {"mdns_model", "m"}}));
}

}  // namespace
}  // namespace censo::scanner
