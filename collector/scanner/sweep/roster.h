// The addresses of one family that a sweep asks, and in which order.
#pragma once

#include "base/result.h"
#include "collector/scanner/address.h"
#include "collector/scanner/snmp_session.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace censo::scanner {

class Roster {
 public:
  using Slot = std::uint32_t;  // an address's place by value

  struct Member {
    Address address{};
    std::uint32_t target = 0;  // its place in the job
    std::uint32_t subnet = 0;  // from 0; a /24 or /64
    std::uint16_t port = 0;
  };

  // Those targets that are of the family. Errc::malformed: one is no address.
  static base::Result<Roster> of(std::span<const ScanTarget> targets, bool v4);

  std::size_t size() const { return members_.size(); }
  std::size_t subnets() const { return subnets_; }
  const Member& operator[](Slot slot) const { return members_[slot]; }
  std::optional<Slot> find(const Address& address, std::uint16_t port) const;
  std::optional<Slot> find(const Address& address) const;  // the first of its ports

  // Every slot once: one of each subnet in turn, within a subnet at random.
  std::vector<Slot> spread_order(std::uint64_t seed) const;

 private:
  std::vector<Member> members_;  // sorted by address and port
  std::size_t subnets_ = 0;
};

}  // namespace censo::scanner
