// One JSON text as each of the files that sources read so.
#include "tests/fuzz/memory_host.h"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  struct Place {
    const char *source, *path;
  };
  constexpr Place places[] = {
      {"docker", "/var/lib/docker/containers/1/config.v2.json"},
      {"docker", "/var/lib/docker/image/overlay2/repositories.json"},
      {"podman", "/var/lib/containers/storage/overlay-containers/containers.json"},
      {"podman", "/var/lib/containers/storage/overlay-images/images.json"},
      {"containerd", "/run/containerd/io.containerd.runtime.v2.task/k8s.io/1/config.json"},
      {"node", "/usr/lib/node_modules/npm/package.json"},
      {"cloud", "/run/cloud-init/instance-data.json"},
      {"subscriptions", "/var/lib/ubuntu-advantage/status.json"}};
  for (const auto& place : places) censo::agent::run_source(place.source, {{place.path, text}});
  return 0;
}
