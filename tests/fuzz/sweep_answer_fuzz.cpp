// What comes back to a sweep, from anybody.
#include "collector/scanner/sweep/answer.h"
#include "collector/scanner/sweep/echo.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <vector>

using namespace censo::scanner;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static const std::vector<SnmpCredential> credentials{{.name = "v3",
                                                        .version = SnmpVersion::v3,
                                                        .community = {},
                                                        .user = "user",
                                                        .auth_passphrase = {},
                                                        .privacy_passphrase = {},
                                                        .context = {}},
                                                       {.name = "public",
                                                        .version = SnmpVersion::v2c,
                                                        .community = "public",
                                                        .user = {},
                                                        .auth_passphrase = {},
                                                        .privacy_passphrase = {},
                                                        .context = {}},
                                                       {.name = "old",
                                                        .version = SnmpVersion::v1,
                                                        .community = "public",
                                                        .user = {},
                                                        .auth_passphrase = {},
                                                        .privacy_passphrase = {},
                                                        .context = {}}};
  static const auto probes = probes_for(credentials, 1);
  constexpr std::uint32_t first_id = 0x41424340;
  const auto answer = read_answer({bytes, size}, probes, first_id);
  if (answer.kind == SweepAnswer::Kind::answer) {
    // An answer holds the id that it answers.
    const auto id = first_id + static_cast<std::uint32_t>(answer.probe);
    const std::vector<std::uint8_t> octets{static_cast<std::uint8_t>(id >> 24),
                                           static_cast<std::uint8_t>(id >> 16),
                                           static_cast<std::uint8_t>(id >> 8), static_cast<std::uint8_t>(id)};
    if (answer.probe >= probes.size() || !answer.detail.empty()) std::abort();
    if (std::search(bytes, bytes + size, octets.begin(), octets.end()) == bytes + size) std::abort();
  } else if (answer.detail.empty()) {
    std::abort();
  }
  for (const bool v4 : {true, false})
    if (echoed_id(v4, {bytes, size}) && size < echo_request(v4, 0).size()) std::abort();
  return 0;
}
