// Installed snaps: the revision in use by its link, the version by the snap's own description.
#include "agent/attributes.h"
#include "agent/source.h"

#include <array>

namespace censo::agent::sources {
namespace {

constexpr std::array<std::string_view, 2> mounts{"/snap", "/var/lib/snapd/snap"};

// A value at the top of meta/snap.yaml: "version: '1.2'".
std::string top_value(std::string_view yaml, std::string_view key) {
  for (const auto line : base::split(yaml, '\n')) {
    if (!line.starts_with(key) || line.substr(key.size()).empty() || line[key.size()] != ':') continue;
    auto value = base::trim(line.substr(key.size() + 1));
    if (value.size() >= 2 && (value.front() == '\'' || value.front() == '"') && value.back() == value.front())
      value = value.substr(1, value.size() - 2);
    return std::string(value);
  }
  return {};
}

}  // namespace

base::Result<void> snap(const Host& host, SourceOutput& out) {
  std::string_view mount = mounts[0];
  auto names = host.list_folder(mount);
  if (!names) names = host.list_folder(mount = mounts[1]);
  if (!names) return names.error();
  for (const auto& name : *names) {
    const std::string folder = std::string(mount) + "/" + name;
    const auto revision = host.read_link(folder + "/current");
    if (!revision) continue;  // "bin", "README"
    auto& attributes = out.add("software_package").attributes;
    set_text(attributes, "manager", "snap");
    set_text(attributes, "name", name);
    set_text(attributes, "revision", *revision);
    const auto yaml = host.read_file(folder + "/" + *revision + "/meta/snap.yaml", 256 * 1024);
    set_text(attributes, "version", yaml ? top_value(*yaml, "version") : *revision);
    if (yaml) set_text(attributes, "section", top_value(*yaml, "type"));
  }
  return {};
}

}  // namespace censo::agent::sources
