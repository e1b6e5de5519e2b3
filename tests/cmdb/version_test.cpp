#include "cmdb/version.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace censo::cmdb {
namespace {

std::string debian(std::string_view a, std::string_view b) {
  const auto order = compare_versions(VersionScheme::debian, a, b);
  return order < 0 ? "<" : order > 0 ? ">" : "=";
}
std::string rpm(std::string_view a, std::string_view b) {
  const auto order = compare_versions(VersionScheme::rpm, a, b);
  return order < 0 ? "<" : order > 0 ? ">" : "=";
}
std::string general(std::string_view a, std::string_view b) {
  const auto order = compare_versions(VersionScheme::general, a, b);
  return order < 0 ? "<" : order > 0 ? ">" : "=";
}

// Debian Policy 5.6.12.
TEST(DebianVersion, NumbersAreComparedAsNumbers) {
  EXPECT_EQ(debian("1.9", "1.10"), "<");
  EXPECT_EQ(debian("1.010", "1.9"), ">");
  EXPECT_EQ(debian("1.02", "1.2"), "=");
  EXPECT_EQ(debian("99999999999999999999999", "100000000000000000000000"), "<");
}
TEST(DebianVersion, EpochBeatsAllElse) {
  EXPECT_EQ(debian("1:0.1", "9.9"), ">");
  EXPECT_EQ(debian("0:1.0", "1.0"), "=");
  EXPECT_EQ(debian("2:1.0", "10:1.0"), "<");
}
TEST(DebianVersion, TildeIsBeforeTheEnd) {
  EXPECT_EQ(debian("~~", "~~a"), "<");
  EXPECT_EQ(debian("~~a", "~"), "<");
  EXPECT_EQ(debian("~", ""), "<");
  EXPECT_EQ(debian("", "a"), "<");
  EXPECT_EQ(debian("1.0~beta1~svn1245", "1.0~beta1"), "<");
  EXPECT_EQ(debian("1.0~beta1", "1.0"), "<");
}
TEST(DebianVersion, LettersComeBeforeOtherCharacters) {
  EXPECT_EQ(debian("1.0a", "1.0+"), "<");
  EXPECT_EQ(debian("1.0a", "1.0b"), "<");
  EXPECT_EQ(debian("1.0", "1.0a"), "<");
  EXPECT_EQ(debian("1.0Z", "1.0a"), "<");
  EXPECT_EQ(debian("1.0a", "1.0-1"), ">");
}
TEST(DebianVersion, RevisionIsComparedLast) {
  EXPECT_EQ(debian("3.0.15-1~deb12u1", "3.0.15-1"), "<");
  EXPECT_EQ(debian("3.0.14-1~deb12u2", "3.0.15"), "<");
  EXPECT_EQ(debian("3.0.15-1", "3.0.15"), ">");
  EXPECT_EQ(debian("1.0-1", "1.0-1.1"), "<");
}
TEST(DebianVersion, NoRevisionIsRevisionZero) {
  EXPECT_EQ(debian("1.0", "1.0-0"), "=");
}
TEST(DebianVersion, LastHyphenBeginsTheRevision) {
  EXPECT_EQ(debian("1.0-2-1", "1.0-10-1"), "<");
}
TEST(DebianVersion, ReallyInstalledOnes) {
  EXPECT_EQ(debian("2.36-9+deb12u4", "2.36-9+deb12u13"), "<");
  EXPECT_EQ(debian("1:9.2p1-2+deb12u3", "1:9.2p1-2+deb12u5"), "<");
  EXPECT_EQ(debian("5.2.15-2+b2", "5.2.15-2"), ">");
  EXPECT_EQ(debian("2.06-13+deb12u1", "2.06-13"), ">");
}

// rpm's own test table (rpmvercmp) tells the same rules.
TEST(RpmVersion, NumbersAndWords) {
  EXPECT_EQ(rpm("1.0", "1.0"), "=");
  EXPECT_EQ(rpm("1.0", "2.0"), "<");
  EXPECT_EQ(rpm("2.0.1", "2.0"), ">");
  EXPECT_EQ(rpm("2.0.1a", "2.0.1"), ">");
  EXPECT_EQ(rpm("5.5p1", "5.5p10"), "<");
  EXPECT_EQ(rpm("10xyz", "10.1xyz"), "<");
  EXPECT_EQ(rpm("xyz10", "xyz10.1"), "<");
  EXPECT_EQ(rpm("xyz.4", "8"), "<");
  EXPECT_EQ(rpm("5.5p2", "5.6p1"), "<");
  EXPECT_EQ(rpm("6.5p1", "5.6p1"), ">");
  EXPECT_EQ(rpm("10.0001", "10.0039"), "<");
  EXPECT_EQ(rpm("4.999.9", "5.0"), "<");
  EXPECT_EQ(rpm("20101121", "20101122"), "<");
  EXPECT_EQ(rpm("1.0010", "1.9"), ">");
}
TEST(RpmVersion, SeparatorsAreAlike) {
  EXPECT_EQ(rpm("2_0", "2.0"), "=");
  EXPECT_EQ(rpm("2..0", "2.0"), "=");
  EXPECT_EQ(rpm("a+", "a_"), "=");
}
TEST(RpmVersion, NumberBeatsWord) {
  EXPECT_EQ(rpm("1.a", "1.1"), "<");
  EXPECT_EQ(rpm("1.1", "1.a"), ">");
}
TEST(RpmVersion, TildeIsBeforeTheEnd) {
  EXPECT_EQ(rpm("1.0~rc1", "1.0"), "<");
  EXPECT_EQ(rpm("1.0~rc1", "1.0~rc2"), "<");
  EXPECT_EQ(rpm("1.0~rc1~git123", "1.0~rc1"), "<");
  EXPECT_EQ(rpm("1.0", "1.0~rc1"), ">");
}
TEST(RpmVersion, CaretIsAfterTheEndAndBeforeMore) {
  EXPECT_EQ(rpm("1.0^", "1.0"), ">");
  EXPECT_EQ(rpm("1.0^git1", "1.0"), ">");
  EXPECT_EQ(rpm("1.0^git1", "1.0^git2"), "<");
  EXPECT_EQ(rpm("1.0^git1", "1.01"), "<");
  EXPECT_EQ(rpm("1.0^20160101", "1.0.1"), "<");
  EXPECT_EQ(rpm("1.0^20160101^git1", "1.0^20160102"), "<");
  EXPECT_EQ(rpm("1.0~rc1^git1", "1.0~rc1"), ">");
  EXPECT_EQ(rpm("1.0^git1~pre", "1.0^git1"), "<");
}
TEST(RpmVersion, EpochThenVersionThenRelease) {
  EXPECT_EQ(rpm("1:1.0-1", "2.0-1"), ">");
  EXPECT_EQ(rpm("0:1.0-1", "1.0-1"), "=");
  EXPECT_EQ(rpm("3.0.7-24.el9", "3.0.7-25.el9"), "<");
  EXPECT_EQ(rpm("3.0.7-24.el9_1", "3.0.7-24.el9"), ">");
}
TEST(RpmVersion, ReleaseIsLeftOutWhereOneHasNone) {
  EXPECT_EQ(rpm("3.0.7-24.el9", "3.0.7"), "=");
  EXPECT_EQ(rpm("3.0.7-24.el9", "3.0.15"), "<");
}

// semver.org, 11.
TEST(GeneralVersion, SemanticVersioning) {
  EXPECT_EQ(general("1.0.0-alpha", "1.0.0-alpha.1"), "<");
  EXPECT_EQ(general("1.0.0-alpha.1", "1.0.0-alpha.beta"), "<");
  EXPECT_EQ(general("1.0.0-alpha.beta", "1.0.0-beta"), "<");
  EXPECT_EQ(general("1.0.0-beta", "1.0.0-beta.2"), "<");
  EXPECT_EQ(general("1.0.0-beta.2", "1.0.0-beta.11"), "<");
  EXPECT_EQ(general("1.0.0-beta.11", "1.0.0-rc.1"), "<");
  EXPECT_EQ(general("1.0.0-rc.1", "1.0.0"), "<");
  EXPECT_EQ(general("1.9.0", "1.10.0"), "<");
  EXPECT_EQ(general("1.0.0-x-y-z", "1.0.0"), "<");
  EXPECT_EQ(general("1.0.0+build.5", "1.0.0"), "=");
}
// PEP 440, in its own order.
TEST(GeneralVersion, PythonPackages) {
  EXPECT_EQ(general("1.0.dev456", "1.0a1"), "<");
  EXPECT_EQ(general("1.0a1", "1.0a2.dev456"), "<");
  EXPECT_EQ(general("1.0a2.dev456", "1.0a12.dev456"), "<");
  EXPECT_EQ(general("1.0a12.dev456", "1.0a12"), "<");
  EXPECT_EQ(general("1.0a12", "1.0b1.dev456"), "<");
  EXPECT_EQ(general("1.0b2", "1.0b2.post345.dev456"), "<");
  EXPECT_EQ(general("1.0b2.post345.dev456", "1.0b2.post345"), "<");
  EXPECT_EQ(general("1.0b2.post345", "1.0rc1.dev456"), "<");
  EXPECT_EQ(general("1.0rc1", "1.0"), "<");
  EXPECT_EQ(general("1.0", "1.0.post456.dev34"), "<");
  EXPECT_EQ(general("1.0.post456", "1.1.dev1"), "<");
  EXPECT_EQ(general("1!0.1", "2.0"), ">");
  EXPECT_EQ(general("1.0beta1", "1.0b1"), "=");
}
TEST(GeneralVersion, TrailingZerosSayNothing) {
  EXPECT_EQ(general("1.0", "1.0.0.0"), "=");
  EXPECT_EQ(general("v1.2", "1.2"), "=");
}
TEST(GeneralVersion, WhateverElseThereIs) {
  EXPECT_EQ(general("10.0.19041.1", "10.0.19045.2"), "<");
  EXPECT_EQ(general("1.2.3-r4", "1.2.3-r10"), "<");
  EXPECT_EQ(general("8u202", "8u211"), "<");
  EXPECT_EQ(general("", "1"), "<");
}
TEST(Version, SchemeIsThatOfTheManager) {
  EXPECT_EQ(scheme_of_manager("dpkg"), VersionScheme::debian);
  EXPECT_EQ(scheme_of_manager("rpm"), VersionScheme::rpm);
  EXPECT_EQ(scheme_of_manager("pip"), VersionScheme::general);
}

}  // namespace
}  // namespace censo::cmdb
