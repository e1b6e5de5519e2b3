// Who listens, and who is connected to whom: the evidence for dependencies between hosts.
#include "agent/attributes.h"
#include "agent/socket_table.h"
#include "agent/source.h"

#include <set>
#include <utility>

namespace censo::agent::sources {
namespace {

constexpr std::size_t max_connections = 5000;

using State = SocketRow::State;
using LocalPort = std::pair<std::string, std::uint16_t>;

std::vector<SocketRow> rows_in(const std::vector<SocketRow>& sockets, State state) {
  std::vector<SocketRow> rows;
  for (const SocketRow& row : sockets) {
    if (row.state == state) rows.push_back(row);
  }
  return rows;
}

// Several sockets may share an end point (SO_REUSEPORT); one item tells of all.
void add_listening(const Host& host, const std::vector<SocketRow>& rows, SourceOutput& out) {
  const auto owners = owners_of(host, rows);
  std::set<std::pair<std::string, std::string>> seen;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const SocketRow& row = rows[i];
    if (!seen.emplace(row.protocol, end_point_text(row.local_address, row.local_port)).second) continue;
    auto& attributes = out.add("listening_socket").attributes;
    set_text(attributes, "protocol", row.protocol);
    set_text(attributes, "address", to_text(row.local_address));
    attributes.set("port", std::int64_t{row.local_port});
    set_text(attributes, "unit", owners[i].unit);
    if (owners[i].process != 0) set_text(attributes, "executable", executable_of(host, owners[i].process));
  }
}

void add_connection(const SocketRow& row, const std::string& unit, bool inbound, SourceOutput& out) {
  auto& attributes = out.add("connection").attributes;
  set_text(attributes, "protocol", row.protocol);
  set_text(attributes, "local_address", to_text(row.local_address));
  attributes.set("local_port", std::int64_t{row.local_port});
  set_text(attributes, "remote_address", to_text(row.remote_address));
  attributes.set("remote_port", std::int64_t{row.remote_port});
  attributes.set("inbound", inbound);
  set_text(attributes, "unit", unit);
}

}  // namespace

base::Result<void> sockets(const Host& host, SourceOutput& out) {
  const auto all = read_sockets(host, out);
  const auto listening = rows_in(all, State::listening);
  add_listening(host, listening, out);
  std::set<LocalPort> served;
  for (const SocketRow& row : listening) served.emplace(row.protocol, row.local_port);
  auto connections = rows_in(all, State::connected);
  if (connections.size() > max_connections) {
    out.partial(base::fail(base::Errc::limit_exceeded, "expected at most " + std::to_string(max_connections) +
                                                           " connections, found " +
                                                           std::to_string(connections.size())));
    connections.resize(max_connections);
  }
  const auto units = units_of(host, connections);
  for (std::size_t i = 0; i < connections.size(); ++i) {
    const LocalPort local{connections[i].protocol, connections[i].local_port};
    add_connection(connections[i], units[i], served.count(local) != 0, out);
  }
  return {};
}

}  // namespace censo::agent::sources
