// Kernels that are installed, and which of them runs.
#include "agent/attributes.h"
#include "agent/source.h"

#include <cctype>
#include <set>

namespace censo::agent::sources {

base::Result<void> kernels(const Host& host, SourceOutput& out) {
  std::set<std::string> releases, with_image;
  const auto modules = host.list_folder("/lib/modules");
  for (const auto& name : modules ? *modules : std::vector<std::string>()) {
    if (std::isdigit(static_cast<unsigned char>(name[0])) != 0) releases.insert(name);
  }
  const auto boot = host.list_folder("/boot");
  for (const auto& name : boot ? *boot : std::vector<std::string>()) {
    for (const std::string_view prefix : {"vmlinuz-", "vmlinux-", "kernel-", "Image-"}) {
      if (!name.starts_with(prefix) || std::isdigit(static_cast<unsigned char>(name[prefix.size()])) == 0)
        continue;
      with_image.insert(name.substr(prefix.size()));
    }
  }
  releases.insert(with_image.begin(), with_image.end());
  if (releases.empty()) return base::fail(base::Errc::not_found, "no kernel is installed");
  const auto release = host.read_file("/proc/sys/kernel/osrelease");
  const std::string running(release ? base::trim(*release) : std::string_view());
  for (const auto& each : releases) {
    auto& attributes = out.add("installed_kernel").attributes;
    set_text(attributes, "release", each);
    attributes.set("running", each == running);
    // What was removed leaves its modules behind.
    attributes.set("bootable", with_image.contains(each) || host.status("/lib/modules/" + each + "/vmlinuz"));
  }
  return {};
}

}  // namespace censo::agent::sources
