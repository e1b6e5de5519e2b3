// Cameras and other devices that take pictures: /sys/class/video4linux.
#include "agent/attributes.h"
#include "agent/source.h"
#include "agent/sysfs_folder.h"

#include <set>

namespace censo::agent::sources {

base::Result<void> cameras(const Host& host, SourceOutput& out) {
  constexpr std::string_view folder = "/sys/class/video4linux";
  if (const auto names = host.list_folder(folder); !names) return names.error();
  std::set<std::string> devices;
  for (const auto& [name, video] : folders_in(host, std::string(folder))) {
    if (!name.starts_with("video")) continue;
    // One camera has several nodes: pictures, metadata, infrared.
    const auto device = video.below("device");
    if (!devices.insert(device.path()).second) continue;
    auto& attributes = out.add("camera").attributes;
    set_text(attributes, "name", name);
    set_text(attributes, "model", video.text("name"));
    set_text(attributes, "driver", device.link_name("driver"));
    // The folder of a USB device holds that of its interface.
    const SysfsFolder parent(host, device.path().substr(0, device.path().rfind('/')));
    set_text(attributes, "manufacturer", parent.text("manufacturer"));
    set_text(attributes, "serial_number", parent.text("serial"));
  }
  return {};
}

}  // namespace censo::agent::sources
