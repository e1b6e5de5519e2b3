// The host's TCP and UDP sockets and whose they are. No capability is needed where the kernel tells a
// socket's cgroup (Linux 5.9 and the unified hierarchy); elsewhere the processes that we may look into are
// searched.
#pragma once

#include "agent/host.h"
#include "agent/network_rows.h"
#include "agent/process_files.h"
#include "agent/source.h"

#include <span>
#include <string>
#include <vector>

namespace censo::agent {

// By inet_diag, else from /proc/net; a table that fails makes `out` partial. UDP sockets on a port that the
// kernel hands out by itself are clients' and left out. Each socket once.
std::vector<SocketRow> read_sockets(const Host& host, SourceOutput& out);

struct SocketOwner {
  std::string cgroup_path;  // "/system.slice/ssh.service"; empty when unknown
  std::string unit;         // "ssh.service"; empty outside systemd
  ProcessId process = 0;    // 0 when unknown
};

// One owner for each socket, in their order. With a unit, `process` is the oldest of the unit, or of the
// service that a socket unit starts.
std::vector<SocketOwner> owners_of(const Host& host, std::span<const SocketRow> sockets);
// The unit only, without a search through the processes.
std::vector<std::string> units_of(const Host& host, std::span<const SocketRow> sockets);

// "192.0.2.1:80", "[::]:80"
std::string end_point_text(const IpAddress& address, std::uint16_t port);

}  // namespace censo::agent
