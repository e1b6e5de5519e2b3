#include "collector/access/secret.h"

#include "base/digest.h"

#include <gtest/gtest.h>

namespace censo::collector::access {
namespace {

TEST(ApiToken, IsReadAsWritten) {
  const ApiToken token{12345, new_secret()};
  const auto read = parse_api_token(to_text(token)).value();
  EXPECT_EQ(read.id, token.id);
  EXPECT_EQ(read.secret, token.secret);
}

TEST(ApiToken, WithAShorterSecretIsRefused) {
  EXPECT_FALSE(parse_api_token("censo_pat_0000000000001." + new_secret().substr(1)));
}

TEST(ApiToken, IsNotRepeatedInTheMessage) {
  EXPECT_EQ(parse_api_token("hunter2").error().message.find("hunter2"), std::string::npos);
}

TEST(EnrolmentToken, IsReadAsWritten) {
  const EnrolmentToken token{12345, new_secret(), base::to_base64url(base::random_bytes(32))};
  const auto read = parse_enrolment_token(to_text(token)).value();
  EXPECT_EQ(read.id, token.id);
  EXPECT_EQ(read.secret, token.secret);
  EXPECT_EQ(read.pin, token.pin);
}

TEST(EnrolmentToken, WithoutAPinIsRefused) { EXPECT_FALSE(parse_enrolment_token("ENR1.0000000000001." + new_secret())); }

std::string place_of_fault(std::string_view name, base::TimeMs lifetime_ms) {
  const auto fits = check_new_token(name, lifetime_ms, 90);
  return fits ? "none" : fits.error().where;
}

TEST(NewToken, HasANameOfAtMostAHundredBytes) {
  EXPECT_EQ(place_of_fault("eva", 1), "none");
  EXPECT_EQ(place_of_fault(std::string(100, 'x'), 1), "none");
  EXPECT_EQ(place_of_fault(std::string(101, 'x'), 1), "/name");
  EXPECT_EQ(place_of_fault(" ", 1), "/name");
  EXPECT_EQ(place_of_fault("a\x1b[1m", 1), "/name");
}
TEST(NewToken, LivesNoLongerThanItsKind) {
  constexpr base::TimeMs most = base::TimeMs{90} * 24 * 60 * 60 * 1000;
  EXPECT_EQ(place_of_fault("eva", most), "none");
  EXPECT_EQ(place_of_fault("eva", most + 1), "/expires_in");
  EXPECT_EQ(place_of_fault("eva", 0), "/expires_in");
  EXPECT_NE(check_new_token("eva", 0, 90).error().message.find("at most 90d"), std::string::npos);
}

TEST(Secret, Has160Bits) { EXPECT_EQ(base::from_base64url(new_secret()).value().size(), 20u); }

TEST(Secret, IsHashed) { EXPECT_EQ(hash_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"); }

}  // namespace
}  // namespace censo::collector::access
