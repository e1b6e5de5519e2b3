// Flatpaks installed for the whole system:
// /var/lib/flatpak/{app,runtime}/<id>/<architecture>/<branch>/active.
#include "agent/attributes.h"
#include "agent/source.h"

namespace censo::agent::sources {
namespace {

constexpr std::string_view root = "/var/lib/flatpak/";

// The newest release of AppStream's description: <release version="1.2" ...>, the first in the file.
std::string version_in(std::string_view metainfo) {
  const auto release = metainfo.find("<release ");
  if (release == std::string_view::npos) return {};
  const auto element = metainfo.substr(release, metainfo.find('>', release) - release);
  for (const auto quote : {'"', '\''}) {
    const auto at = element.find(std::string("version=") + quote);
    if (at == std::string_view::npos) continue;
    const auto value = element.substr(at + 9);
    return std::string(value.substr(0, value.find(quote)));
  }
  return {};
}

std::string version_of(const Host& host, const std::string& deployed, const std::string& id) {
  for (const auto& file : {"metainfo/" + id + ".metainfo.xml", "metainfo/" + id + ".appdata.xml",
                           "appdata/" + id + ".appdata.xml"}) {
    const auto text = host.read_file(deployed + "/files/share/" + file, 4 * 1024 * 1024);
    if (!text) continue;
    if (auto version = version_in(*text); !version.empty()) return version;
  }
  return {};
}

std::vector<std::string> names_in(const Host& host, const std::string& folder) {
  const auto names = host.list_folder(folder);
  return names ? *names : std::vector<std::string>();
}

struct Ref {
  std::string kind, id, architecture, branch;
};

void add_flatpak(const Host& host, const Ref& ref, SourceOutput& out) {
  const std::string deployed =
      std::string(root) + ref.kind + "/" + ref.id + "/" + ref.architecture + "/" + ref.branch + "/active";
  if (!host.read_link(deployed)) return;
  auto& attributes = out.add("software_package").attributes;
  set_text(attributes, "manager", "flatpak");
  set_text(attributes, "name", ref.id);
  set_text(attributes, "architecture", ref.architecture);
  set_text(attributes, "instance", ref.branch);  // branches stand side by side
  set_text(attributes, "section", ref.kind);
  const auto version = version_of(host, deployed, ref.id);
  set_text(attributes, "version", version.empty() ? ref.branch : version);
}

}  // namespace

base::Result<void> flatpak(const Host& host, SourceOutput& out) {
  if (const auto names = host.list_folder(root); !names) return names.error();
  for (const std::string kind : {"app", "runtime"}) {
    const std::string folder = std::string(root) + kind;
    for (const auto& id : names_in(host, folder)) {
      for (const auto& architecture : names_in(host, folder + "/" + id)) {
        if (architecture == "current") continue;
        for (const auto& branch : names_in(host, folder + "/" + id + "/" + architecture))
          add_flatpak(host, {kind, id, architecture, branch}, out);
      }
    }
  }
  return {};
}

}  // namespace censo::agent::sources
