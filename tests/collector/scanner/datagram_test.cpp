#include "collector/scanner/snmp/datagram.h"

#include "hostile_device.h"

#include <gtest/gtest.h>

namespace censo::scanner {
namespace {

std::string response(const std::string& variables) {
  return answer_to({.pdu = 0xa0, .id = "\x07", .community = "public", .oids = {}, .from = {}}, variables);
}
base::Result<DatagramHead> checked(const std::string& datagram) {
  return check_datagram({reinterpret_cast<const std::uint8_t*>(datagram.data()), datagram.size()});
}
std::string fault_of(const std::string& datagram) {
  const auto head = checked(datagram);
  return head ? "none" : to_string(head.error());
}
std::string fault_of_value(const std::string& value_tlv) {
  return fault_of(response(variable({1, 3, 6}, value_tlv)));
}

TEST(Datagram, TellsCommunityRequestAndVariables) {
  const auto head =
      checked(response(variable({1, 3, 6}, integer_tlv(5)) + variable({1, 3, 7}, tlv(0x05, ""))));
  ASSERT_TRUE(head) << to_string(head.error());
  EXPECT_EQ(head->community, "public");
  EXPECT_EQ(head->request_id, 7);
  EXPECT_EQ(head->varbinds, 2u);
}

TEST(Datagram, EveryValueTypeIsTaken) {
  for (const auto& value : {tlv(0x40, "abcd"), tlv(0x41, "\x01"), tlv(0x44, "xyz"), tlv(0x46, "\x01\x02"),
                            tlv(0x06, "\x2b"), tlv(0x80, ""), tlv(0x81, ""), tlv(0x82, "")}) {
    EXPECT_EQ(fault_of_value(value), "none");
  }
}

TEST(Datagram, EmptyIsNamed) {
  EXPECT_EQ(fault_of(""), "an empty datagram (byte 0)");
}
TEST(Datagram, TextIsNoMessage) {
  EXPECT_EQ(fault_of("GET /"), "expected a message, found tag 71 (byte 0)");
}
TEST(Datagram, LengthBeyondTheEndIsNamed) {
  EXPECT_EQ(fault_of("\x30\x10\x02\x01\x01"), "a message claims 16 octets where 3 are left (byte 1)");
}
TEST(Datagram, IndefiniteLengthIsNamed) {
  EXPECT_EQ(fault_of("\x30\x80\x02\x01\x01"), "a message has an indefinite length (byte 1)");
}
TEST(Datagram, AShortAddressIsNamed) {
  EXPECT_TRUE(fault_of_value(tlv(0x40, "ab")).starts_with("an address of 2 octets"));
}
TEST(Datagram, AnUnknownTypeIsNamed) {
  EXPECT_TRUE(fault_of_value(tlv(0x99, "")).starts_with("a value of unknown type 153"));
}
TEST(Datagram, ALongIntegerIsNamed) {
  EXPECT_TRUE(fault_of_value(tlv(0x02, std::string(20, '\1')))
                  .starts_with("expected an integer value of 1 to 4 octets, found 20"));
}
TEST(Datagram, AnOidOfTooLargeNumbersIsNamed) {
  EXPECT_TRUE(fault_of_value(tlv(0x06, "\x2b\xff\xff\xff\xff\xff\x7f"))
                  .starts_with("an object identifier value has a number of more"));
}
TEST(Datagram, ARequestIsNoAnswer) {
  auto datagram = response("");
  datagram.at(datagram.find('\xa2')) = '\xa0';
  EXPECT_TRUE(fault_of(datagram).starts_with("expected a response or report, found tag 160"));
}
TEST(Datagram, Version1IsReadLikeVersion2c) {
  auto datagram = response(variable({1, 3, 6}, integer_tlv(5)));
  datagram.at(7) = '\0';  // the last octet of the version
  const auto head = checked(datagram);
  ASSERT_TRUE(head) << to_string(head.error());
  EXPECT_EQ(head->version, 0);
  EXPECT_EQ(head->community, "public");
}
TEST(Datagram, Version2IsRefused) {
  EXPECT_TRUE(
      fault_of(tlv(0x30, tlv(0x02, "\x02"))).starts_with("expected version 0 (v1), 1 (v2c) or 3, found 2"));
}
TEST(Datagram, AfterTheMessageNothingMayFollow) {
  EXPECT_TRUE(fault_of(response("") + "x").starts_with("1 octets too many in the datagram"));
}

// No stretch of a good answer that is cut off anywhere is itself a good answer.
TEST(Datagram, NoPrefixOfAnAnswerIsAnAnswer) {
  const auto whole = response(variable({1, 3, 6}, tlv(0x04, "value")));
  ASSERT_EQ(fault_of(whole), "none");
  for (std::size_t i = 0; i < whole.size(); ++i) EXPECT_NE(fault_of(whole.substr(0, i)), "none") << i;
}

}  // namespace
}  // namespace censo::scanner
