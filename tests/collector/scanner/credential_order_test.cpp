#include "collector/scanner/credential_order.h"

#include "scan_run.h"

#include <gtest/gtest.h>

namespace censo::scanner {
namespace {

std::vector<std::string> names(std::string_view learnt, std::size_t first = 0) {
  const auto ordered = in_order({old_community("first"), community("second"), community("third"),
                                 user("fourth", AuthProtocol::sha256, PrivacyProtocol::aes128)});
  std::vector<std::string> found;
  for (const auto place : places_to_try(ordered, first, learnt)) found.push_back(ordered[place].name);
  return found;
}
using Names = std::vector<std::string>;

TEST(CredentialOrder, NewerVersionsGoFirstAndThreeAreEnough) {
  EXPECT_EQ(names(""), (Names{"v3 fourth", "second", "third"}));
}

TEST(CredentialOrder, WhatReadTheDeviceGoesBeforeTheOthersOfItsVersion) {
  EXPECT_EQ(names("third"), (Names{"v3 fourth", "third", "second"}));
  EXPECT_EQ(names("third", 1), (Names{"third", "second"}));
  EXPECT_EQ(names("gone"), (Names{"v3 fourth", "second", "third"}));
}

}  // namespace
}  // namespace censo::scanner
