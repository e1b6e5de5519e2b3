// Docker's containers and images, from its own files. Environments and commands, which hold secrets, are not
// taken.
#include "agent/attributes.h"
#include "agent/container_item.h"
#include "agent/json_document.h"
#include "agent/source.h"

#include <boost/json.hpp>

#include <array>
#include <set>

namespace censo::agent::sources {
namespace {

constexpr std::size_t max_container_bytes = 1024 * 1024;
constexpr std::size_t max_images_bytes = 4 * 1024 * 1024;
constexpr std::size_t max_containers = 5000;

std::string data_root(const Host& host) {
  const auto settings = read_json(host, "/etc/docker/daemon.json", max_container_bytes);
  const auto root = settings ? text_of(*settings, {"data-root"}) : std::string();
  return root.starts_with('/') ? root : "/var/lib/docker";
}

// {"80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "8080"}]} -> "0.0.0.0:8080->80/tcp"
inventory::TextList ports_of(const boost::json::value& config) {
  inventory::TextList ports;
  const auto* all = member(config, {"NetworkSettings", "Ports"});
  if (all == nullptr || !all->is_object()) return ports;
  for (const auto& [inner, outer] : all->get_object()) {
    const auto* bindings = outer.if_array();
    for (const auto& binding : bindings != nullptr ? *bindings : boost::json::array()) {
      const auto port = text_of(binding, {"HostPort"});
      if (!port.empty())
        ports.push_back(text_of(binding, {"HostIp"}) + ":" + port + "->" + std::string(inner));
    }
  }
  return ports;
}

inventory::TextList addresses_of(const boost::json::value& config) {
  std::set<std::string> addresses;
  const auto* networks = member(config, {"NetworkSettings", "Networks"});
  if (networks == nullptr || !networks->is_object()) return {};
  for (const auto& [name, network] : networks->get_object()) {
    const auto address = text_of(network, {"IPAddress"});
    if (!address.empty()) addresses.insert(address);
  }
  return {addresses.begin(), addresses.end()};
}

FoundContainer container_of(const boost::json::value& config) {
  FoundContainer container;
  container.id = text_of(config, {"ID"});
  const auto name = text_of(config, {"Name"});
  container.name = name.starts_with('/') ? name.substr(1) : name;
  container.image = text_of(config, {"Config", "Image"});
  container.image_id = text_of(config, {"Image"});
  container.engine = "docker";
  container.created = text_of(config, {"Created"});
  container.state = flag_of(config, {"State", "Paused"})    ? "paused"
                    : flag_of(config, {"State", "Running"}) ? "running"
                                                            : "stopped";
  container.ports = ports_of(config);
  container.addresses = addresses_of(config);
  return container;
}

void add_containers(const Host& host, const std::string& folder, SourceOutput& out) {
  const auto ids = host.list_folder(folder);
  if (!ids) {
    if (ids.error().code != base::Errc::not_found) out.partial(ids.error());
    return;
  }
  for (std::size_t i = 0; i < std::min(ids->size(), max_containers); ++i) {
    const auto config = read_json(host, folder + "/" + (*ids)[i] + "/config.v2.json", max_container_bytes);
    if (!config) {
      if (config.error().code != base::Errc::not_found) out.partial(config.error());
      continue;
    }
    const auto container = container_of(*config);
    if (!container.id.empty()) add_container(container, out);
  }
}

// {"Repositories": {"nginx": {"nginx:1.25": "sha256:…", "nginx@sha256:…": "sha256:…"}}}
void add_images(const Host& host, const std::string& folder, SourceOutput& out) {
  const auto drivers = host.list_folder(folder);
  for (const auto& driver : drivers ? *drivers : std::vector<std::string>()) {
    const auto repositories = read_json(host, folder + "/" + driver + "/repositories.json", max_images_bytes);
    const auto* all = repositories ? member(*repositories, {"Repositories"}) : nullptr;
    if (all == nullptr || !all->is_object()) continue;
    for (const auto& [repository, tags] : all->get_object()) {
      const auto* names = tags.if_object();
      for (const auto& [name, id] : names != nullptr ? *names : boost::json::object()) {
        if (id.is_string() && name.find('@') == std::string_view::npos)
          add_container_image("docker", std::string(name), std::string(id.get_string()), out);
      }
    }
  }
}

}  // namespace

base::Result<void> docker(const Host& host, SourceOutput& out) {
  const auto root = data_root(host);
  if (const auto names = host.list_folder(root); !names) return names.error();
  add_containers(host, root + "/containers", out);
  add_images(host, root + "/image", out);
  return {};
}

}  // namespace censo::agent::sources
