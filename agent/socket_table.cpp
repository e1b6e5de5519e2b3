#include "agent/socket_table.h"

#include "agent/cgroup_folders.h"
#include "agent/netlink_messages.h"
#include "agent/proc_net.h"
#include "base/text.h"

#include <linux/netlink.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>

namespace censo::agent {
namespace {

constexpr std::size_t max_table_bytes = 16 * 1024 * 1024;
constexpr std::size_t max_descriptors = 200'000;  // looked at in all
constexpr std::uint16_t usual_first_ephemeral_port = 32768;

struct Table {
  std::uint8_t family, number;
  std::string_view protocol, recording, file;
};
constexpr std::array<Table, 4> tables{{{AF_INET, IPPROTO_TCP, "tcp", "sockets-tcp", "/proc/net/tcp"},
                                       {AF_INET6, IPPROTO_TCP, "tcp", "sockets-tcp6", "/proc/net/tcp6"},
                                       {AF_INET, IPPROTO_UDP, "udp", "sockets-udp", "/proc/net/udp"},
                                       {AF_INET6, IPPROTO_UDP, "udp", "sockets-udp6", "/proc/net/udp6"}}};

base::Result<std::vector<SocketRow>> read_table(const Host& host, const Table& table) {
  const auto dump =
      host.netlink_dump(NETLINK_SOCK_DIAG, socket_dump_request(table.family, table.number), table.recording);
  if (dump) {
    auto rows = parse_sockets(*dump, table.protocol);
    if (rows) return rows;
  }
  const auto text = host.read_file(table.file, max_table_bytes);
  if (!text) return text.error();
  return parse_socket_table(*text, table.protocol);
}

std::uint16_t first_ephemeral_port(const Host& host) {
  const auto text = host.read_file("/proc/sys/net/ipv4/ip_local_port_range");
  const auto words = base::split_words(text ? std::string_view(*text) : std::string_view{});
  const auto first = words.empty() ? std::nullopt : base::parse_unsigned(words[0]);
  return first && *first <= 0xffff ? static_cast<std::uint16_t>(*first) : usual_first_ephemeral_port;
}

auto identity_of(const SocketRow& row) {
  return std::tie(row.protocol, row.state, row.local_address.bytes, row.local_port, row.remote_address.bytes,
                  row.remote_port, row.inode);
}

std::uint64_t inode_of_link(std::string_view target) {
  constexpr std::string_view prefix = "socket:[";
  if (!target.starts_with(prefix) || !target.ends_with(']')) return 0;
  target.remove_prefix(prefix.size());
  target.remove_suffix(1);
  return base::parse_unsigned(target).value_or(0);
}

// The oldest process that holds each wanted socket, as far as we may see.
std::map<std::uint64_t, ProcessId> holders_of(const Host& host, std::set<std::uint64_t> wanted) {
  std::map<std::uint64_t, ProcessId> holders;
  if (wanted.empty()) return holders;
  const auto processes = process_ids(host);
  if (!processes) return holders;
  std::size_t looked_at = 0;
  for (const ProcessId id : processes->ids) {
    const std::string folder = process_path(id, "fd");
    const auto descriptors = host.list_folder(folder);
    if (!descriptors) continue;
    for (const std::string& descriptor : *descriptors) {
      if (wanted.empty() || ++looked_at > max_descriptors) return holders;
      const auto target = host.read_link(folder + "/" + descriptor);
      const std::uint64_t inode = target ? inode_of_link(*target) : 0;
      if (inode != 0 && wanted.erase(inode) != 0) holders[inode] = id;
    }
  }
  return holders;
}

ProcessId oldest_process(const Host& host, const std::string& cgroup_folder) {
  const auto text = host.read_file(cgroup_folder + "/cgroup.procs");
  ProcessId oldest = 0;
  for (const std::string_view word : base::split_words(text ? std::string_view(*text) : std::string_view{})) {
    const ProcessId id = base::parse_integer(word).value_or(0);
    if (id > 0 && (oldest == 0 || id < oldest)) oldest = id;
  }
  return oldest;
}

// Of the unit itself, or of the service beside a socket unit.
ProcessId process_of_unit(const Host& host, const std::string& mount_point, const std::string& cgroup_path) {
  if (const ProcessId id = oldest_process(host, mount_point + cgroup_path); id != 0) return id;
  constexpr std::string_view socket = ".socket";
  if (!cgroup_path.ends_with(socket)) return 0;
  return oldest_process(host,
                        mount_point + cgroup_path.substr(0, cgroup_path.size() - socket.size()) + ".service");
}

std::vector<SocketOwner> owners_by_cgroup(const Host& host, const std::string& mount_point,
                                          std::span<const SocketRow> sockets) {
  std::set<std::uint64_t> ids;
  for (const SocketRow& socket : sockets) ids.insert(socket.cgroup_id);
  ids.erase(0);
  std::map<std::uint64_t, std::string> paths;
  if (!mount_point.empty() && !ids.empty()) paths = cgroup_paths(host, mount_point, std::move(ids));
  std::vector<SocketOwner> owners;
  for (const SocketRow& socket : sockets) {
    SocketOwner& owner = owners.emplace_back();
    if (const auto path = paths.find(socket.cgroup_id); path != paths.end()) owner.cgroup_path = path->second;
    owner.unit = unit_of(owner.cgroup_path);
  }
  return owners;
}

}  // namespace

std::vector<SocketRow> read_sockets(const Host& host, SourceOutput& out) {
  std::vector<SocketRow> sockets;
  for (const Table& table : tables) {
    const auto rows = read_table(host, table);
    if (rows) {
      sockets.insert(sockets.end(), rows->begin(), rows->end());
    } else if (rows.error().code != base::Errc::not_found) {  // a kernel without IPv6 has two tables only
      out.partial(rows.error());
    }
  }
  const std::uint16_t ephemeral = first_ephemeral_port(host);
  std::erase_if(sockets, [&](const SocketRow& row) {
    return row.protocol == "udp" && row.state == SocketRow::State::listening && row.local_port >= ephemeral;
  });
  const auto before = [](const SocketRow& a, const SocketRow& b) { return identity_of(a) < identity_of(b); };
  std::sort(sockets.begin(), sockets.end(), before);
  const auto same = [](const SocketRow& a, const SocketRow& b) { return identity_of(a) == identity_of(b); };
  sockets.erase(std::unique(sockets.begin(), sockets.end(), same), sockets.end());
  return sockets;
}

std::vector<SocketOwner> owners_of(const Host& host, std::span<const SocketRow> sockets) {
  const std::string mount_point = cgroup_mount_point(host);
  auto owners = owners_by_cgroup(host, mount_point, sockets);
  std::set<std::uint64_t> unknown;
  for (std::size_t i = 0; i < owners.size(); ++i) {
    if (!owners[i].unit.empty())
      owners[i].process = process_of_unit(host, mount_point, owners[i].cgroup_path);
    if (owners[i].unit.empty() && sockets[i].inode != 0) unknown.insert(sockets[i].inode);
  }
  const auto holders = holders_of(host, std::move(unknown));
  for (std::size_t i = 0; i < owners.size(); ++i) {
    const auto holder = holders.find(sockets[i].inode);
    if (holder == holders.end() || !owners[i].unit.empty()) continue;
    owners[i].process = holder->second;
    owners[i].cgroup_path = cgroup_of(host, holder->second);
    owners[i].unit = unit_of(owners[i].cgroup_path);
  }
  return owners;
}

std::vector<std::string> units_of(const Host& host, std::span<const SocketRow> sockets) {
  std::vector<std::string> units;
  for (SocketOwner& owner : owners_by_cgroup(host, cgroup_mount_point(host), sockets)) {
    units.push_back(std::move(owner.unit));
  }
  return units;
}

std::string end_point_text(const IpAddress& address, std::uint16_t port) {
  const std::string text = to_text(address);
  return (address.size == 16 ? "[" + text + "]" : text) + ":" + std::to_string(port);
}

}  // namespace censo::agent
