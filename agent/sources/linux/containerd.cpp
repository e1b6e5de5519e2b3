// Running containers of containerd (Kubernetes, nerdctl) by their OCI bundles. Docker's are left to
// docker.cpp.
#include "agent/attributes.h"
#include "agent/container_item.h"
#include "agent/json_document.h"
#include "agent/source.h"

#include <boost/json.hpp>

namespace censo::agent::sources {
namespace {

constexpr std::string_view tasks = "/run/containerd/io.containerd.runtime.v2.task";
constexpr std::size_t max_bundle_bytes = 1024 * 1024;
constexpr std::size_t max_containers = 5000;

// A pod's sandbox holds its network and is no container of anybody's.
void add_bundle(const std::string& id, const boost::json::value& bundle, SourceOutput& out) {
  const auto note = [&](std::string_view name) { return text_of(bundle, {"annotations", name}); };
  if (note("io.kubernetes.cri.container-type") == "sandbox") return;
  FoundContainer container;
  container.id = id;
  container.engine = "containerd";
  container.state = "running";
  container.image = note("io.kubernetes.cri.image-name");
  container.name = note("io.kubernetes.cri.container-name");
  const auto pod = note("io.kubernetes.cri.sandbox-name"),
             space = note("io.kubernetes.cri.sandbox-namespace");
  if (!pod.empty()) container.name = (space.empty() ? "" : space + "/") + pod + "/" + container.name;
  if (container.name.empty()) container.name = note("nerdctl/name");
  add_container(container, out);
}

}  // namespace

base::Result<void> containerd(const Host& host, SourceOutput& out) {
  const auto spaces = host.list_folder(tasks);
  if (!spaces) return spaces.error();
  for (const auto& space : *spaces) {
    if (space == "moby") continue;
    const auto folder = std::string(tasks) + "/" + space;
    const auto ids = host.list_folder(folder);
    for (std::size_t i = 0; ids && i < std::min(ids->size(), max_containers); ++i) {
      const auto bundle = read_json(host, folder + "/" + (*ids)[i] + "/config.json", max_bundle_bytes);
      if (bundle) add_bundle((*ids)[i], *bundle, out);
    }
  }
  return {};
}

}  // namespace censo::agent::sources
