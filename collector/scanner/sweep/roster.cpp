#include "collector/scanner/sweep/roster.h"

#include "base/text.h"

#include <algorithm>
#include <numeric>
#include <random>
#include <tuple>

namespace censo::scanner {
namespace {

// A /24, or a /64.
bool same_subnet(const Address& a, const Address& b) {
  return std::equal(a.begin(), a.begin() + (is_v4(a) ? 15 : 8), b.begin());
}

auto key(const Roster::Member& member) {
  return std::tie(member.address, member.port);
}

}  // namespace

base::Result<Roster> Roster::of(std::span<const ScanTarget> targets, bool v4) {
  Roster roster;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const auto address = parse_address(targets[i].address);
    if (!address)
      return base::fail(base::Errc::malformed, "expected an address",
                        base::sanitize_utf8(targets[i].address, 100));
    if (is_v4(*address) != v4) continue;
    roster.members_.push_back({*address, static_cast<std::uint32_t>(i), 0, targets[i].port});
  }
  auto& members = roster.members_;
  std::sort(members.begin(), members.end(), [](const Member& a, const Member& b) { return key(a) < key(b); });
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (i == 0 || !same_subnet(members[i - 1].address, members[i].address)) ++roster.subnets_;
    members[i].subnet = static_cast<std::uint32_t>(roster.subnets_ - 1);
  }
  return roster;
}

std::optional<Roster::Slot> Roster::find(const Address& address, std::uint16_t port) const {
  Member wanted;
  wanted.address = address;
  wanted.port = port;
  const auto found = std::lower_bound(members_.begin(), members_.end(), wanted,
                                      [](const Member& a, const Member& b) { return key(a) < key(b); });
  if (found == members_.end() || key(*found) != key(wanted)) return std::nullopt;
  return static_cast<Slot>(found - members_.begin());
}

std::optional<Roster::Slot> Roster::find(const Address& address) const {
  const auto found =
      std::lower_bound(members_.begin(), members_.end(), address,
                       [](const Member& member, const Address& wanted) { return member.address < wanted; });
  if (found == members_.end() || found->address != address) return std::nullopt;
  return static_cast<Slot>(found - members_.begin());
}

std::vector<Roster::Slot> Roster::spread_order(std::uint64_t seed) const {
  std::mt19937_64 random(seed);
  std::vector<Slot> slots(members_.size());
  std::iota(slots.begin(), slots.end(), 0);
  struct Stretch {
    std::size_t next, end;
  };
  std::vector<Stretch> stretches;
  for (std::size_t begin = 0, end = 0; begin < slots.size(); begin = end) {
    while (end < slots.size() && members_[end].subnet == members_[begin].subnet) ++end;
    std::shuffle(slots.begin() + static_cast<std::ptrdiff_t>(begin),
                 slots.begin() + static_cast<std::ptrdiff_t>(end), random);
    stretches.push_back({begin, end});
  }
  std::shuffle(stretches.begin(), stretches.end(), random);
  std::vector<Slot> order;
  order.reserve(slots.size());
  while (!stretches.empty()) {
    for (auto& stretch : stretches) order.push_back(slots[stretch.next++]);
    stretches.erase(
        std::remove_if(stretches.begin(), stretches.end(), [](const Stretch& s) { return s.next == s.end; }),
        stretches.end());
  }
  return order;
}

}  // namespace censo::scanner
