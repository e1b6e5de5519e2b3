#include "collector/scanner/announcements/local_network.h"

#include "base/log.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <system_error>

namespace censo::scanner {
namespace {

std::uint32_t number_of(const sockaddr* address) {
  return ntohl(reinterpret_cast<const sockaddr_in*>(address)->sin_addr.s_addr);
}

Address address_of(std::uint32_t number) {
  auto address = v4_start;
  for (std::size_t i = 0; i < 4; ++i) address[12 + i] = static_cast<std::uint8_t>(number >> (24 - 8 * i));
  return address;
}

std::size_t count_between(std::uint32_t first, std::uint32_t last, std::span<const Address> sorted) {
  const auto begin = std::lower_bound(sorted.begin(), sorted.end(), address_of(first));
  const auto end = std::upper_bound(sorted.begin(), sorted.end(), address_of(last));
  return static_cast<std::size_t>(end - begin);
}

}  // namespace

std::vector<LocalNetwork> local_networks() {
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) {
    base::log(base::LogLevel::warning, "scan.networks",
              "cannot tell the networks of this host, so announcements are only asked for by unicast: " +
                  std::generic_category().message(errno));
    return {};
  }
  const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> owner(list, freeifaddrs);
  std::vector<LocalNetwork> networks;
  for (const auto* one = list; one; one = one->ifa_next) {
    constexpr unsigned wanted = IFF_UP | IFF_MULTICAST;
    const bool fits = one->ifa_addr && one->ifa_netmask && one->ifa_addr->sa_family == AF_INET &&
                      (one->ifa_flags & wanted) == wanted && (one->ifa_flags & IFF_LOOPBACK) == 0;
    if (!fits) continue;
    const auto mask = number_of(one->ifa_netmask), first = number_of(one->ifa_addr) & mask;
    networks.push_back({static_cast<int>(if_nametoindex(one->ifa_name)), first, first | ~mask});
  }
  return networks;
}

bool has_any_of(const LocalNetwork& network, std::span<const Address> sorted) {
  return count_between(network.first, network.last, sorted) > 0;
}

bool has_all_of(const LocalNetwork& network, std::span<const Address> sorted) {
  if (network.last - network.first < 3) return false;  // a link of two, or one host
  const std::size_t hosts = network.last - network.first - 1;
  return count_between(network.first + 1, network.last - 1, sorted) == hosts;
}

}  // namespace censo::scanner
