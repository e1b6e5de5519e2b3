// Runs a scan to its end and keeps what came of it.
#pragma once

#include "collector/scanner/scan_job.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace censo::scanner {

inline std::map<std::string, DeviceResult> scanned(const ScanJob& job, std::stop_token stop = {}) {
  const base::ManualClock clock(1'790'000'000'000);
  Scanner scanner(clock);
  std::map<std::string, DeviceResult> results;
  const auto ran = scanner.run(
      job, stop, [&](DeviceResult&& result) { results.emplace(result.target.address, std::move(result)); },
      [](const ScanProgress&) {});
  EXPECT_TRUE(ran) << to_string(ran.error());
  return results;
}

inline SnmpCredential community(std::string name = "public") {
  return {.name = name,
          .version = SnmpVersion::v2c,
          .community = name,
          .user = {},
          .auth_passphrase = {},
          .privacy_passphrase = {},
          .context = {}};
}

inline SnmpCredential old_community(std::string name = "old") {
  auto credential = community(std::move(name));
  credential.name = "v1 " + credential.name;
  credential.version = SnmpVersion::v1;
  return credential;
}

inline SnmpCredential user(std::string name, AuthProtocol auth, PrivacyProtocol privacy) {
  return {.name = "v3 " + name,
          .version = SnmpVersion::v3,
          .community = {},
          .user = name,
          .auth = auth,
          .auth_passphrase = "authentication-1",
          .privacy = privacy,
          .privacy_passphrase = "privacy-phrase-1",
          .context = {}};
}

}  // namespace censo::scanner
