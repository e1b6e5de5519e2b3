// One text as each of the files that sources read line by line.
#include "tests/fuzz/memory_host.h"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  struct Place {
    const char *source, *path;
  };
  constexpr Place places[] = {{"sound", "/proc/asound/cards"},
                              {"input_devices", "/proc/bus/input/devices"},
                              {"apk", "/lib/apk/db/installed"},
                              {"pacman", "/var/lib/pacman/local/x/desc"},
                              {"printers", "/etc/cups/printers.conf"},
                              {"remote_access", "/etc/anydesk/system.conf"},
                              {"local_users", "/etc/passwd"},
                              {"certificates", "/etc/nginx/nginx.conf"},
                              {"protection", "/etc/ufw/ufw.conf"},
                              {"power", "/sys/class/power_supply/BAT0/uevent"},
                              {"pci_devices", "/sys/bus/pci/devices/0000:00:02.0/uevent"},
                              {"usb_devices", "/sys/bus/usb/devices/1-1/idVendor"},
                              {"lxc", "/var/lib/lxc/web/config"},
                              {"trusted_boot", "/sys/kernel/security/lockdown"}};
  for (const auto& place : places) {
    const auto out = censo::agent::run_source(place.source, {{place.path, text}, {"/etc/group", text}});
    if (out.section.items.size() > 2 * size + 2) std::abort();
  }
  return 0;
}
