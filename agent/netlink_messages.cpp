#include "agent/netlink_messages.h"

#include "base/text.h"

#include <arpa/inet.h>
#include <linux/genetlink.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/nl80211.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>

#include <cstring>
#include <functional>
#include <optional>

namespace censo::agent {
namespace {

using Span = std::span<const std::uint8_t>;

// Values of linux/if_link.h and linux/inet_diag.h that older headers lack.
constexpr std::uint16_t permanent_address_attribute = 54;  // IFLA_PERM_ADDRESS, Linux 5.6
constexpr std::uint16_t cgroup_id_attribute = 21;          // INET_DIAG_CGROUP_ID, Linux 5.9
constexpr std::uint8_t tcp_established = 1;
constexpr std::uint8_t tcp_close = 7;  // also an unconnected UDP socket
constexpr std::uint8_t tcp_listen = 10;

std::size_t aligned(std::size_t size) {
  return (size + 3) & ~std::size_t{3};
}

template <class T>
std::optional<T> front_as(Span bytes) {
  if (bytes.size() < sizeof(T)) return std::nullopt;
  T value;
  std::memcpy(&value, bytes.data(), sizeof(T));
  return value;
}

// What follows a fixed part of `size` bytes.
Span after(Span bytes, std::size_t size) {
  return bytes.size() > aligned(size) ? bytes.subspan(aligned(size)) : Span{};
}

// A list of type-length-value attributes; those after a broken one are not seen.
class Attributes {
 public:
  explicit Attributes(Span bytes) : bytes_(bytes) {}

  // Empty when there is none.
  Span find(std::uint16_t type) const {
    Span rest = bytes_;
    while (const auto head = front_as<nlattr>(rest)) {
      if (head->nla_len < sizeof(nlattr) || head->nla_len > rest.size()) break;
      if ((head->nla_type & NLA_TYPE_MASK) == type)
        return rest.subspan(sizeof(nlattr), head->nla_len - sizeof(nlattr));
      rest = after(rest, head->nla_len);
    }
    return {};
  }
  std::optional<std::uint32_t> number(std::uint16_t type) const {
    return front_as<std::uint32_t>(find(type));
  }
  std::string text(std::uint16_t type) const {
    const Span value = find(type);
    const std::string_view all(reinterpret_cast<const char*>(value.data()), value.size());
    return base::sanitize_utf8(all.substr(0, all.find('\0')), 64);
  }
  IpAddress address(std::uint16_t type) const { return ip_address(find(type)); }

 private:
  Span bytes_;
};

template <class Payload>
base::Bytes dump_request(std::uint16_t type, const Payload& payload) {
  nlmsghdr header{};
  header.nlmsg_len = NLMSG_HDRLEN + sizeof(Payload);
  header.nlmsg_type = type;
  header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  header.nlmsg_seq = 1;
  base::Bytes bytes(header.nlmsg_len);
  std::memcpy(bytes.data(), &header, sizeof(header));
  std::memcpy(bytes.data() + NLMSG_HDRLEN, &payload, sizeof(payload));
  return bytes;
}

// Calls `take` with the payload of every message of `type`.
base::Result<void> each_message(Span dump, std::uint16_t type, const std::function<void(Span)>& take) {
  const std::size_t total = dump.size();
  while (!dump.empty()) {
    const auto header = front_as<nlmsghdr>(dump);
    if (!header || header->nlmsg_len < sizeof(nlmsghdr) || header->nlmsg_len > dump.size()) {
      return base::fail(base::Errc::malformed,
                        "a netlink message does not fit into what is left of the answer",
                        "byte " + std::to_string(total - dump.size()));
    }
    const Span payload = dump.first(header->nlmsg_len).subspan(sizeof(nlmsghdr));
    if (header->nlmsg_type == NLMSG_ERROR) {
      const int number = front_as<int>(payload).value_or(0);
      if (number != 0) {
        return base::fail(base::Errc::io_failed, "the kernel refused a netlink dump: error " +
                                                     std::to_string(-std::int64_t{number}));
      }
    } else if (header->nlmsg_type == type) {
      take(payload);
    }
    dump = after(dump, header->nlmsg_len);
  }
  return {};
}

// From /etc/iproute2/rt_protos; the kernel knows numbers only.
std::string protocol_name(std::uint8_t protocol) {
  switch (protocol) {
    case RTPROT_REDIRECT: return "redirect";
    case RTPROT_KERNEL: return "kernel";
    case RTPROT_BOOT: return "boot";
    case RTPROT_STATIC: return "static";
    case RTPROT_RA: return "ra";
    case RTPROT_ZEBRA: return "zebra";
    case RTPROT_BIRD: return "bird";
    case RTPROT_DHCP: return "dhcp";
    case 186: return "bgp";
    case 188: return "ospf";
    default: return std::to_string(protocol);
  }
}

IpAddress unspecified(std::uint8_t family) {
  const std::uint8_t zeros[16] = {};
  return ip_address(Span(zeros, family == AF_INET ? 4 : 16));
}

// RTA_VIA, a next hop of the other family: family, then the address.
IpAddress gateway_of(const Attributes& attributes) {
  if (const auto gateway = attributes.address(RTA_GATEWAY)) return gateway;
  const Span via = attributes.find(RTA_VIA);
  return via.size() > 2 ? ip_address(via.subspan(2)) : IpAddress{};
}

void add_next_hops(const RouteRow& route, Span hops, std::vector<RouteRow>& rows) {
  while (const auto hop = front_as<rtnexthop>(hops)) {
    if (hop->rtnh_len < sizeof(rtnexthop) || hop->rtnh_len > hops.size()) return;
    RouteRow& row = rows.emplace_back(route);
    row.interface_index = hop->rtnh_ifindex;
    row.gateway = gateway_of(Attributes(hops.first(hop->rtnh_len).subspan(sizeof(rtnexthop))));
    hops = after(hops, hop->rtnh_len);
  }
}

void add_route(Span payload, std::vector<RouteRow>& rows) {
  const auto head = front_as<rtmsg>(payload);
  if (!head || head->rtm_type != RTN_UNICAST || (head->rtm_flags & RTM_F_CLONED) != 0) return;
  const Attributes attributes(after(payload, sizeof(rtmsg)));
  if (attributes.number(RTA_TABLE).value_or(head->rtm_table) != RT_TABLE_MAIN) return;
  RouteRow row;
  row.destination = attributes.address(RTA_DST);
  if (!row.destination) row.destination = unspecified(head->rtm_family);
  row.prefix = head->rtm_dst_len;
  row.metric = attributes.number(RTA_PRIORITY).value_or(0);
  row.protocol = protocol_name(head->rtm_protocol);
  if (const Span hops = attributes.find(RTA_MULTIPATH); !hops.empty()) {
    add_next_hops(row, hops, rows);
    return;
  }
  row.gateway = gateway_of(attributes);
  row.interface_index = static_cast<int>(attributes.number(RTA_OIF).value_or(0));
  rows.push_back(std::move(row));
}

void add_address(Span payload, std::vector<AddressRow>& rows) {
  const auto head = front_as<ifaddrmsg>(payload);
  if (!head) return;
  const Attributes attributes(after(payload, sizeof(ifaddrmsg)));
  AddressRow row;
  // On a point-to-point link IFA_ADDRESS is the other end.
  row.address = attributes.address(IFA_LOCAL);
  if (!row.address) row.address = attributes.address(IFA_ADDRESS);
  if (!row.address || head->ifa_prefixlen > row.address.size * 8) return;
  row.interface_index = static_cast<int>(head->ifa_index);
  row.prefix = head->ifa_prefixlen;
  const std::uint32_t flags = attributes.number(IFA_FLAGS).value_or(head->ifa_flags);
  // IPv4 uses the same bit for secondary addresses.
  row.temporary = row.address.size == 16 && (flags & IFA_F_TEMPORARY) != 0;
  rows.push_back(std::move(row));
}

void add_link(Span payload, std::vector<LinkRow>& rows) {
  const auto head = front_as<ifinfomsg>(payload);
  if (!head) return;
  const Attributes attributes(after(payload, sizeof(ifinfomsg)));
  LinkRow row;
  row.index = head->ifi_index;
  row.name = attributes.text(IFLA_IFNAME);
  const Attributes info(attributes.find(IFLA_LINKINFO));
  row.kind = info.text(IFLA_INFO_KIND);
  const Span vlan = Attributes(info.find(IFLA_INFO_DATA)).find(IFLA_VLAN_ID);
  if (row.kind == "vlan" && vlan.size() == sizeof row.vlan_id)
    std::memcpy(&row.vlan_id, vlan.data(), sizeof row.vlan_id);
  const Span mac = attributes.find(permanent_address_attribute);
  if (mac.size() == 6) row.permanent_mac = base::canonical_mac(base::to_hex(mac)).value();
  rows.push_back(std::move(row));
}

void add_socket(Span payload, std::string_view protocol, std::vector<SocketRow>& rows) {
  const auto head = front_as<inet_diag_msg>(payload);
  if (!head) return;
  const std::size_t size = head->idiag_family == AF_INET ? 4 : 16;
  const auto address = [size](const auto& words) {
    return ip_address(Span(reinterpret_cast<const std::uint8_t*>(words), size));
  };
  SocketRow row;
  row.protocol = protocol;
  row.state =
      head->idiag_state == tcp_established ? SocketRow::State::connected : SocketRow::State::listening;
  row.local_address = address(head->id.idiag_src);
  row.local_port = ntohs(head->id.idiag_sport);
  row.remote_address = address(head->id.idiag_dst);
  row.remote_port = ntohs(head->id.idiag_dport);
  row.user_id = head->idiag_uid;
  row.inode = head->idiag_inode;
  const Attributes attributes(after(payload, sizeof(inet_diag_msg)));
  row.cgroup_id = front_as<std::uint64_t>(attributes.find(cgroup_id_attribute)).value_or(0);
  rows.push_back(std::move(row));
}

void add_wireless(Span payload, std::vector<WirelessRow>& rows) {
  const Attributes attributes(after(payload, sizeof(genlmsghdr)));
  const auto index = attributes.number(NL80211_ATTR_IFINDEX);
  if (!index) return;
  rows.push_back({static_cast<int>(*index), attributes.text(NL80211_ATTR_SSID)});
}

base::Bytes generic_request(std::uint16_t family, std::uint8_t command) {
  genlmsghdr header{};
  header.cmd = command;
  header.version = 1;
  return dump_request(family, header);
}

template <class Row, class Add>
base::Result<std::vector<Row>> rows_of(Span dump, std::uint16_t type, const Add& add) {
  std::vector<Row> rows;
  const auto done = each_message(dump, type, [&](Span payload) { add(payload, rows); });
  if (!done) return done.error();
  return rows;
}

}  // namespace

base::Bytes link_dump_request() {
  return dump_request(RTM_GETLINK, ifinfomsg{});
}
base::Bytes address_dump_request() {
  return dump_request(RTM_GETADDR, ifaddrmsg{});
}
base::Bytes route_dump_request() {
  return dump_request(RTM_GETROUTE, rtmsg{});
}

base::Bytes family_dump_request() {
  return generic_request(GENL_ID_CTRL, CTRL_CMD_GETFAMILY);
}
base::Bytes wireless_dump_request(std::uint16_t family) {
  return generic_request(family, NL80211_CMD_GET_INTERFACE);
}

base::Bytes socket_dump_request(std::uint8_t family, std::uint8_t protocol) {
  inet_diag_req_v2 request{};
  request.sdiag_family = family;
  request.sdiag_protocol = protocol;
  const std::uint8_t waiting = protocol == IPPROTO_TCP ? tcp_listen : tcp_close;
  request.idiag_states = (1U << waiting) | (1U << tcp_established);
  return dump_request(SOCK_DIAG_BY_FAMILY, request);
}

base::Result<std::vector<LinkRow>> parse_links(Span dump) {
  return rows_of<LinkRow>(dump, RTM_NEWLINK, add_link);
}

base::Result<std::vector<AddressRow>> parse_addresses(Span dump) {
  return rows_of<AddressRow>(dump, RTM_NEWADDR, add_address);
}

base::Result<std::vector<RouteRow>> parse_routes(Span dump) {
  return rows_of<RouteRow>(dump, RTM_NEWROUTE, add_route);
}

base::Result<std::uint16_t> parse_family(Span dump, std::string_view name) {
  std::uint16_t number = 0;
  const auto done = each_message(dump, GENL_ID_CTRL, [&](Span payload) {
    const Attributes attributes(after(payload, sizeof(genlmsghdr)));
    if (attributes.text(CTRL_ATTR_FAMILY_NAME) == name)
      number = front_as<std::uint16_t>(attributes.find(CTRL_ATTR_FAMILY_ID)).value_or(0);
  });
  if (!done) return done.error();
  return number;
}

base::Result<std::vector<WirelessRow>> parse_wireless(Span dump, std::uint16_t family) {
  return rows_of<WirelessRow>(dump, family, add_wireless);
}

base::Result<std::vector<SocketRow>> parse_sockets(Span dump, std::string_view protocol) {
  return rows_of<SocketRow>(dump, SOCK_DIAG_BY_FAMILY, [&](Span payload, std::vector<SocketRow>& rows) {
    add_socket(payload, protocol, rows);
  });
}

}  // namespace censo::agent
