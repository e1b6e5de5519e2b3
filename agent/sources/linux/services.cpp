// What runs and listens, as configuration items: systemd's services, elsewhere the programs themselves.
#include "agent/attributes.h"
#include "agent/known_product.h"
#include "agent/package_owner.h"
#include "agent/socket_table.h"
#include "agent/source.h"
#include "agent/user_names.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace censo::agent::sources {
namespace {

struct Service {
  std::string instance;
  ProcessId process = 0;
  std::string executable;  // path; empty where we may not know it
  std::string program;     // last name of it, or what the process calls itself
  std::set<std::string> listens;
  std::uint16_t lowest_port = 0xffff;
};

// Outside units, programs are told apart by the process that all of them descend from.
using ServiceKey = std::pair<std::string, ProcessId>;  // unit's instance, or the program with its process
using Services = std::map<ServiceKey, Service>;

std::string name_without_suffix(const std::string& unit) {
  return unit.substr(0, unit.rfind('.'));
}
bool is_service_unit(std::string_view unit) {
  return unit.ends_with(".service") || unit.ends_with(".socket");
}

// Of Java what it runs, as far as it is known.
const KnownProduct& product_of(const Host& host, const Service& service) {
  if (service.program != "java") return product_of_program(service.program);
  const auto arguments = host.read_file(process_path(service.process, "cmdline"), 256 * 1024);
  return product_of_java(arguments ? std::string_view(*arguments) : std::string_view());
}

// A program's workers hold its sockets too; the eldest of the same program is the service.
ProcessId eldest_of_program(const Host& host, ProcessId process, const std::string& executable) {
  constexpr int max_generations = 8;
  for (int i = 0; i < max_generations && !executable.empty(); ++i) {
    const auto text = host.read_file(process_path(process, "stat"), 16 * 1024);
    if (!text) break;
    const auto stat = parse_process_stat(*text);
    if (!stat || stat->parent <= 1 || executable_of(host, stat->parent) != executable) break;
    process = stat->parent;
  }
  return process;
}

Service service_of(const Host& host, const SocketOwner& owner) {
  Service service;
  service.process = owner.process;
  if (owner.process == 0) return service;
  service.executable = executable_of(host, owner.process);
  if (!service.executable.empty()) {
    service.program = service.executable.substr(service.executable.rfind('/') + 1);
  } else if (const auto text = host.read_file(process_path(owner.process, "stat"), 16 * 1024)) {
    if (const auto stat = parse_process_stat(*text)) service.program = stat->name;
  }
  return service;
}

// What a person or a desktop started in a session is no service of the host.
bool is_of_session(const SocketOwner& owner) {
  return owner.unit.ends_with(".scope") && owner.cgroup_path.find("/user.slice/") != std::string::npos;
}

Services listening_services(const Host& host, const std::vector<SocketRow>& sockets) {
  const auto owners = owners_of(host, sockets);
  Services services;
  for (std::size_t i = 0; i < sockets.size(); ++i) {
    const SocketOwner& owner = owners[i];
    if (is_of_session(owner)) continue;
    Service found = service_of(host, owner);
    ServiceKey key;
    if (is_service_unit(owner.unit)) {
      found.instance = name_without_suffix(owner.unit);
      key = {found.instance, 0};
    } else if (!found.program.empty()) {
      found.instance = found.program;
      key = {found.program, eldest_of_program(host, owner.process, found.executable)};
    } else {
      continue;  // not ours to see
    }
    Service& service = services.emplace(key, std::move(found)).first->second;
    service.listens.insert(end_point_text(sockets[i].local_address, sockets[i].local_port) + "/" +
                           sockets[i].protocol);
    service.lowest_port = std::min(service.lowest_port, sockets[i].local_port);
  }
  return services;
}

// Of programs that run more than once each gets its port.
void tell_apart(Services& services) {
  std::map<std::string, int> count;
  for (const auto& [key, service] : services) ++count[service.instance];
  for (auto& [key, service] : services) {
    if (count[service.instance] > 1 && key.second != 0)
      service.instance += ":" + std::to_string(service.lowest_port);
  }
}

void add_service(const Host& host, const Service& service, const PackageOwners& packages,
                 const UserNames& users, SourceOutput& out) {
  const KnownProduct& product = product_of(host, service);
  auto& item = out.add(product.class_name);
  item.ref = "service:" + service.instance;
  set_text(item.attributes, "instance", service.instance);
  set_text(item.attributes, "executable", service.executable);
  item.attributes.set("listen", inventory::TextList(service.listens.begin(), service.listens.end()));
  if (const auto user = user_of(host, service.process))
    set_text(item.attributes, "user", users.name_of(*user));
  out.section.relationships.push_back({"runs_on", item.ref, "self", {}});
  set_text(item.attributes, "product", product.name);
  if (is_interpreter(service.program)) return;
  const auto package = packages.owner_of(service.executable, product.package);
  if (package) {
    set_text(item.attributes, "package", package->name);
    set_text(item.attributes, "version", package->version);
  }
  if (product.name.empty() && package) set_text(item.attributes, "product", package->name);
}

}  // namespace

base::Result<void> services(const Host& host, SourceOutput& out) {
  auto sockets = read_sockets(host, out);
  std::erase_if(sockets, [](const SocketRow& row) { return row.state != SocketRow::State::listening; });
  auto found = listening_services(host, sockets);
  if (found.empty()) return {};
  tell_apart(found);
  const PackageOwners packages(host);
  const UserNames users(host);
  for (const auto& [key, service] : found) add_service(host, service, packages, users, out);
  return {};
}

}  // namespace censo::agent::sources
