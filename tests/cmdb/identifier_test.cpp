#include "cmdb/identifier.h"

#include <gtest/gtest.h>

namespace censo::cmdb {
namespace {

using Kind = IdentifierKind;

TEST(Identifier, ASerialNumberIsComparedWithoutCaseAndBlanks) {
  EXPECT_EQ(identity_value(Kind::serial, " CZ1234abc "), "cz1234abc");
}

TEST(Identifier, PlaceholderSerialsHaveNoWeight) {
  EXPECT_EQ(identity_value(Kind::serial, "To Be Filled By O.E.M."), "");
  EXPECT_EQ(identity_value(Kind::serial, "System Serial Number"), "");
  EXPECT_EQ(identity_value(Kind::serial, "0123456789"), "");
  EXPECT_EQ(identity_value(Kind::serial, "None"), "");
}

TEST(Identifier, OneRepeatedCharacterHasNoWeight) {
  EXPECT_EQ(identity_value(Kind::serial, "00000000"), "");
  EXPECT_EQ(identity_value(Kind::serial, "xxxxxxx"), "");
  EXPECT_EQ(identity_value(Kind::uuid, "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF"), "");
}

TEST(Identifier, ZerosAndOnesAloneHaveNoWeight) {
  EXPECT_EQ(identity_value(Kind::serial, "1010"), "");
}

TEST(Identifier, ASerialWithADotIsNoPlaceholder) {
  EXPECT_EQ(identity_value(Kind::serial, "AB1.2"), "ab1.2");
}

TEST(Identifier, BothByteOrdersOfAUuidAreOneIdentity) {
  const std::string firmware = identity_value(Kind::uuid, "564d4cbc-c6a9-1969-8fb3-a5ba3e6d9fe1");
  EXPECT_EQ(identity_value(Kind::uuid, "BC4C4D56-A9C6-6919-8FB3-A5BA3E6D9FE1"), firmware);
  EXPECT_NE(firmware, "");
}

TEST(Identifier, PlaceholderUuidsHaveNoWeightInEitherByteOrder) {
  EXPECT_EQ(identity_value(Kind::uuid, "03000200-0400-0500-0006-000700080009"), "");
  EXPECT_EQ(identity_value(Kind::uuid, "00020003-0004-0005-0006-000700080009"), "");
}

TEST(Identifier, EveryUsualFormOfAMacIsTheSame) {
  EXPECT_EQ(identity_value(Kind::mac, "0018.7DDA.7115"), "00:18:7d:da:71:15");
  EXPECT_EQ(identity_value(Kind::mac, "00-18-7D-DA-71-15"), "00:18:7d:da:71:15");
}

TEST(Identifier, ALocallyAdministeredMacHasNoWeight) {
  EXPECT_EQ(identity_value(Kind::mac, "02:42:ac:11:00:02"), "");
  EXPECT_EQ(identity_value(Kind::mac, "da:1b:2c:3d:4e:5f"), "");
}

TEST(Identifier, AMulticastMacHasNoWeight) {
  EXPECT_EQ(identity_value(Kind::mac, "01:00:5e:00:00:fb"), "");
}

TEST(Identifier, ListedMacsAndPrefixesHaveNoWeight) {
  EXPECT_EQ(identity_value(Kind::mac, "00:1A:7D:DA:71:0A"), "");
  EXPECT_EQ(identity_value(Kind::mac, "00:50:56:C0:00:08"), "");
}

TEST(Identifier, AVirtualMachinesMacHasWeight) {
  EXPECT_EQ(identity_value(Kind::mac, "00:50:56:a1:00:08"), "00:50:56:a1:00:08");
}

TEST(Identifier, ALocallyAdministeredMacMayStillBeLookedUp) {
  EXPECT_FALSE(is_junk(Kind::mac, canonical_identifier(Kind::mac, "02:42:AC:11:00:02")));
}

TEST(Identifier, AddressesLoseTheirPrefixLengthAndZone) {
  EXPECT_EQ(canonical_identifier(Kind::address, "10.1.2.3/24"), "10.1.2.3");
  EXPECT_EQ(canonical_identifier(Kind::address, "FD00::1%eth0"), "fd00::1");
}

TEST(Identifier, LoopbackAndLinkLocalAddressesFindNothing) {
  EXPECT_TRUE(is_junk(Kind::address, "127.0.1.1"));
  EXPECT_TRUE(is_junk(Kind::address, "::1"));
  EXPECT_TRUE(is_junk(Kind::address, "fe80::1"));
}

TEST(Identifier, TheAttributesNameTellsWhatItIs) {
  EXPECT_EQ(kind_of_identifier("smbios_uuid"), Kind::uuid);
  EXPECT_EQ(kind_of_identifier("baseboard_serial_number"), Kind::serial);
  EXPECT_EQ(kind_of_identifier("machine_id"), Kind::serial);
  EXPECT_EQ(kind_of_identifier("base_mac"), Kind::mac);
  EXPECT_EQ(kind_of_identifier("mac_addresses"), Kind::mac);
  EXPECT_EQ(kind_of_identifier("management_address"), Kind::address);
  EXPECT_EQ(kind_of_identifier("manufacturer"), Kind::maker);
  EXPECT_EQ(kind_of_identifier("host_name"), Kind::name);
}

}  // namespace
}  // namespace censo::cmdb
