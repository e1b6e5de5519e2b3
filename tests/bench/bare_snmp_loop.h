// libsnmp and nothing else: questions sent and answers received by one thread, nothing looked at.
#pragma once

#include "tests/collector/scanner/recorded_responder.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace censo::scanner {

// Devices from `first_address` on, each with a session of its own and one question at a time, each asked all
// that its recording was asked: `questions[address % questions.size()]`. PDUs a second; 0: some were not
// answered.
double bare_pdus_a_second(std::uint32_t first_address, std::uint16_t port, std::size_t sessions,
                          std::size_t pdus, const std::vector<std::vector<AskedPdu>>& questions);

}  // namespace censo::scanner
