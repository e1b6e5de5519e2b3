#include "agent/proxmox_guests.h"

#include "base/text.h"

#include <sqlite3.h>

#include <algorithm>
#include <memory>

namespace censo::agent {
namespace {

using base::Errc;

constexpr std::string_view database_path = "/var/lib/pve-cluster/config.db";
constexpr std::uint64_t max_database_bytes = 256ULL * 1024 * 1024;
constexpr std::size_t max_guests = 5000;

std::string option(std::string_view text, std::string_view name) {
  for (const auto part : base::split(text, ',')) {
    if (part.starts_with(name) && part.substr(name.size()).starts_with('='))
      return std::string(part.substr(name.size() + 1));
  }
  return {};
}

// "net0: virtio=BC:24:11:00:00:01,bridge=vmbr0" of a machine, "net0: name=eth0,hwaddr=..." of a container.
void add_mac(std::string_view value, ProxmoxGuest& guest) {
  for (const auto part : base::split(value, ',')) {
    const auto equals = part.find('=');
    const auto mac = equals == std::string_view::npos ? base::canonical_mac("")
                                                      : base::canonical_mac(part.substr(equals + 1));
    if (mac) guest.macs.push_back(*mac);
  }
}

// Folder of this node's guests: 'nodes/<host name>/qemu-server'.
constexpr const char* guests_sql =
    "select file.name, file.data, kind.name from tree file join tree kind on file.parent = kind.inode"
    " join tree node on kind.parent = node.inode join tree nodes on node.parent = nodes.inode"
    " where nodes.name = 'nodes' and node.name = ?1 and kind.name in ('qemu-server', 'lxc') limit 5000";

std::string column(sqlite3_stmt* statement, int index) {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, index));
  return bytes == nullptr
             ? std::string()
             : std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement, index)));
}

std::string node_name(const Host& host) {
  const auto text = host.read_file("/proc/sys/kernel/hostname", 4096);
  const std::string name(text ? base::trim(*text) : std::string_view());
  return name.substr(0, name.find('.'));
}

}  // namespace

ProxmoxGuest parse_proxmox_config(std::string_view text) {
  ProxmoxGuest guest;
  std::int64_t sockets = 1, cores = 1;
  for (const auto line : base::split(text, '\n')) {
    if (line.starts_with('[')) break;
    const auto colon = line.find(": ");
    if (colon == std::string_view::npos || line.starts_with('#')) continue;
    const auto key = line.substr(0, colon), value = base::trim(line.substr(colon + 2));
    const auto number = std::clamp<std::int64_t>(base::parse_integer(value).value_or(0), 0, 1LL << 30);
    if (key == "name" || key == "hostname") guest.name = value;
    if (key == "ostype") guest.os_type = value;
    if (key == "memory") guest.memory_mib = number;
    if (key == "sockets") sockets = number;
    if (key == "cores") cores = number;
    if (key == "smbios1") guest.uuid = option(value, "uuid");
    if (key.starts_with("net")) add_mac(value, guest);
  }
  guest.cpus = std::min<std::int64_t>(sockets, 4096) * std::min<std::int64_t>(cores, 4096);
  return guest;
}

base::Result<std::vector<ProxmoxGuest>> proxmox_guests(const Host& host) {
  const auto status = host.status(database_path);
  if (!status) return status.error();
  if (status->kind != FileKind::regular || status->size > max_database_bytes)
    return base::fail(Errc::unsupported, "expected a database of at most 256 MiB",
                      std::string(database_path));
  const std::string uri = "file:" + host.local_path(database_path) + "?immutable=1";
  sqlite3* opened = nullptr;
  const int outcome = sqlite3_open_v2(uri.c_str(), &opened,
                                      SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, nullptr);
  const std::unique_ptr<sqlite3, decltype(&sqlite3_close)> database(opened, &sqlite3_close);
  if (outcome != SQLITE_OK)
    return base::fail(Errc::io_failed, sqlite3_errmsg(opened), std::string(database_path));
  sqlite3_db_config(opened, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_limit(opened, SQLITE_LIMIT_LENGTH, 1024 * 1024);
  sqlite3_stmt* prepared = nullptr;
  if (sqlite3_prepare_v2(opened, guests_sql, -1, &prepared, nullptr) != SQLITE_OK)
    return base::fail(Errc::malformed, sqlite3_errmsg(opened), std::string(database_path));
  const std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> statement(prepared, &sqlite3_finalize);
  const std::string node = node_name(host);
  sqlite3_bind_text(prepared, 1, node.c_str(), -1, SQLITE_STATIC);
  std::vector<ProxmoxGuest> guests;
  while (sqlite3_step(prepared) == SQLITE_ROW && guests.size() < max_guests) {
    const auto file = column(prepared, 0);
    if (!file.ends_with(".conf")) continue;
    guests.push_back(parse_proxmox_config(column(prepared, 1)));
    guests.back().id = file.substr(0, file.size() - 5);
    guests.back().is_container = column(prepared, 2) == "lxc";
  }
  return guests;
}

}  // namespace censo::agent
