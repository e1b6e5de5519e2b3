// Containers of LXC and LXD, by their folders and configuration files.
#include "agent/attributes.h"
#include "agent/cgroup_folders.h"
#include "agent/container_item.h"
#include "agent/source.h"

namespace censo::agent::sources {
namespace {

// "lxc.uts.name = web" or, before 3.0, "lxc.utsname = web"
std::string config_value(std::string_view text, std::initializer_list<std::string_view> keys) {
  for (const auto line : base::split(text, '\n')) {
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    for (const auto key : keys) {
      if (base::trim(line.substr(0, equals)) == key) return std::string(base::trim(line.substr(equals + 1)));
    }
  }
  return {};
}

// Names are the host's own: with its machine id they are unique.
std::string machine_id(const Host& host) {
  const auto text = host.read_file("/etc/machine-id", 4096);
  return text ? std::string(base::trim(*text)) : std::string("unknown");
}

struct Place {
  std::string_view folder, engine;
};
constexpr Place places[] = {{"/var/lib/lxc/", "lxc"},
                            {"/var/lib/lxd/containers/", "lxd"},
                            {"/var/snap/lxd/common/lxd/containers/", "lxd"},
                            {"/var/lib/incus/containers/", "incus"}};

void add_of(const Host& host, const Place& place, const std::string& name, SourceOutput& out) {
  FoundContainer container;
  const auto config = host.read_file(std::string(place.folder) + name + "/config");
  if (place.engine == "lxc" && !config) return;
  container.id = machine_id(host) + "/" + std::string(place.engine) + "/" + name;
  container.name = config ? config_value(*config, {"lxc.uts.name", "lxc.utsname"}) : name;
  if (container.name.empty()) container.name = name;
  container.engine = place.engine;
  const auto cgroups = cgroup_mount_point(host);
  if (!cgroups.empty())
    container.state = host.status(cgroups + "/lxc.payload." + name) ? "running" : "stopped";
  add_container(container, out);
}

}  // namespace

base::Result<void> lxc(const Host& host, SourceOutput& out) {
  bool any = false;
  for (const auto& place : places) {
    const auto names = host.list_folder(place.folder);
    if (!names) continue;
    any = true;
    for (const auto& name : *names) add_of(host, place, name, out);
  }
  if (!any) return base::fail(base::Errc::not_found, "no LXC");
  return {};
}

}  // namespace censo::agent::sources
