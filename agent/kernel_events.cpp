#include "agent/kernel_events.h"

#include "base/text.h"

#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace censo::agent {
namespace {

using Payload = std::span<const std::uint8_t>;

constexpr std::size_t max_known = 4096;  // of a host with more, some changes are told twice
constexpr unsigned telling_link_flags = IFF_UP | IFF_RUNNING | IFF_LOWER_UP;

template <class Header>
bool starts_with_header(Payload payload, Header& header) {
  if (payload.size() < sizeof header) return false;
  std::memcpy(&header, payload.data(), sizeof header);
  return true;
}

// The values of these attributes, one after the other, each with its type.
std::string chosen_attributes(Payload attributes, std::span<const std::uint16_t> types) {
  std::string chosen;
  rtattr attribute{};
  while (starts_with_header(attributes, attribute)) {
    if (attribute.rta_len < sizeof attribute || attribute.rta_len > attributes.size()) break;
    if (std::find(types.begin(), types.end(), attribute.rta_type) != types.end())
      chosen.append(reinterpret_cast<const char*>(attributes.data()), attribute.rta_len);
    attributes = attributes.subspan(std::min<std::size_t>(RTA_ALIGN(attribute.rta_len), attributes.size()));
  }
  return chosen;
}

Payload after_header(Payload payload, std::size_t header_bytes) {
  return payload.subspan(std::min<std::size_t>(NLMSG_ALIGN(header_bytes), payload.size()));
}

}  // namespace

bool NetworkNews::is_news(Payload datagram) {
  bool news = false;
  nlmsghdr header{};
  while (starts_with_header(datagram, header)) {
    if (header.nlmsg_len < sizeof header || header.nlmsg_len > datagram.size()) return true;  // look instead
    news |=
        takes_message(header.nlmsg_type, datagram.subspan(sizeof header, header.nlmsg_len - sizeof header));
    datagram = datagram.subspan(std::min<std::size_t>(NLMSG_ALIGN(header.nlmsg_len), datagram.size()));
  }
  return news;
}

bool NetworkNews::takes_message(std::uint16_t type, Payload payload) {
  constexpr std::array<std::uint16_t, 5> of_link{IFLA_ADDRESS, IFLA_IFNAME, IFLA_MTU, IFLA_MASTER,
                                                 IFLA_OPERSTATE};
  constexpr std::array<std::uint16_t, 2> of_address{IFA_ADDRESS, IFA_LOCAL};
  constexpr std::array<std::uint16_t, 1> of_label{IFA_LABEL};
  ifinfomsg link{};
  ifaddrmsg address{};
  const auto number = [](auto value) { return std::to_string(value) + ' '; };
  if (type == RTM_NEWLINK && starts_with_header(payload, link)) {
    return differs("link " + number(link.ifi_index),
                   number(link.ifi_flags & telling_link_flags) +
                       chosen_attributes(after_header(payload, sizeof link), of_link));
  }
  if (type == RTM_NEWADDR && starts_with_header(payload, address)) {
    const auto attributes = after_header(payload, sizeof address);
    return differs("address " + number(address.ifa_index) + chosen_attributes(attributes, of_address),
                   number(unsigned{address.ifa_prefixlen}) + chosen_attributes(attributes, of_label));
  }
  if (type == RTM_DELADDR && starts_with_header(payload, address)) {
    known_.erase("address " + number(address.ifa_index) +
                 chosen_attributes(after_header(payload, sizeof address), of_address));
  }
  return type == RTM_DELLINK || type == RTM_DELADDR;
}

bool NetworkNews::differs(std::string key, std::string value) {
  if (known_.size() >= max_known) known_.clear();
  auto& known = known_[std::move(key)];
  if (known == value) return false;
  known = std::move(value);
  return true;
}

bool is_device_news(std::string_view uevent) {
  constexpr std::array<std::string_view, 6> subsystems{"block", "pci", "usb", "nvme", "memory", "cpu"};
  for (const auto field : base::split(uevent, '\0')) {
    constexpr std::string_view name = "SUBSYSTEM=";
    if (field.starts_with(name))
      return std::find(subsystems.begin(), subsystems.end(), field.substr(name.size())) != subsystems.end();
  }
  return false;
}

}  // namespace censo::agent
