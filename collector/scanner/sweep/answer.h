// What came back.
#pragma once

#include "collector/scanner/sweep/probe.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace censo::scanner {

struct SweepAnswer {
  enum class Kind { answer, unmatched, malformed };
  Kind kind = Kind::malformed;
  std::size_t probe = 0;  // answer: to which of those sent
  std::string detail;     // what was wrong with the others
};

// `sent` are the probes that this address was sent; the id of the n-th is `first_id` + n.
SweepAnswer read_answer(std::span<const std::uint8_t> datagram, std::span<const Probe> sent,
                        std::uint32_t first_id);

}  // namespace censo::scanner
