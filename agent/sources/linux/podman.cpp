// Containers and images of Podman (and others on containers-storage) that run for the whole system.
#include "agent/attributes.h"
#include "agent/cgroup_folders.h"
#include "agent/container_item.h"
#include "agent/json_document.h"
#include "agent/source.h"

#include <boost/json.hpp>

namespace censo::agent::sources {
namespace {

constexpr std::string_view storage = "/var/lib/containers/storage/";
constexpr std::size_t max_list_bytes = 4 * 1024 * 1024;

std::string first_name(const boost::json::value& row) {
  const auto* names = member(row, {"names"});
  const auto* list = names == nullptr ? nullptr : names->if_array();
  if (list == nullptr || list->empty() || !list->front().is_string()) return {};
  return std::string(list->front().get_string());
}

// The storage's own note, JSON within a text: {"image-name": ..., "name": ...}.
std::string image_name(const boost::json::value& row) {
  boost::system::error_code failed;
  const auto note = boost::json::parse(text_of(row, {"metadata"}), failed);
  return failed ? std::string() : text_of(note, {"image-name"});
}

void add_containers(const Host& host, SourceOutput& out) {
  const auto list =
      read_json(host, std::string(storage) + "overlay-containers/containers.json", max_list_bytes);
  const auto* rows = list ? list->if_array() : nullptr;
  if (!list && list.error().code != base::Errc::not_found) out.partial(list.error());
  if (rows == nullptr || rows->empty()) return;
  const auto cgroups = cgroup_mount_point(host);
  for (const auto& row : *rows) {
    FoundContainer container;
    container.id = text_of(row, {"id"});
    if (container.id.empty()) continue;
    container.name = first_name(row);
    container.image = image_name(row);
    container.image_id = text_of(row, {"image"});
    container.engine = "podman";
    container.created = text_of(row, {"created"});
    const auto scope = cgroups + "/machine.slice/libpod-" + container.id + ".scope";
    if (!cgroups.empty()) container.state = host.status(scope) ? "running" : "stopped";
    add_container(container, out);
  }
}

void add_images(const Host& host, SourceOutput& out) {
  const auto list = read_json(host, std::string(storage) + "overlay-images/images.json", max_list_bytes);
  const auto* rows = list ? list->if_array() : nullptr;
  for (const auto& row : rows != nullptr ? *rows : boost::json::array()) {
    const auto name = first_name(row);
    if (!name.empty()) add_container_image("podman", name, text_of(row, {"id"}), out);
  }
}

}  // namespace

base::Result<void> podman(const Host& host, SourceOutput& out) {
  if (const auto names = host.list_folder(storage); !names) return names.error();
  add_containers(host, out);
  add_images(host, out);
  return {};
}

}  // namespace censo::agent::sources
