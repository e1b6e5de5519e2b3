// Keyboards, mice, touch screens and the like, as the kernel lists them in /proc/bus/input/devices.
#include "agent/attributes.h"
#include "agent/source.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace censo::agent::sources {
namespace {

// Buses of linux/input.h that a person's device hangs on; buttons of the firmware and virtual ones are left
// out.
struct Bus {
  std::string_view code, name;
};
constexpr std::array buses{Bus{"0003", "USB"}, Bus{"0005", "Bluetooth"}, Bus{"0011", "PS/2"},
                           Bus{"0018", "I2C"}, Bus{"001c", "SPI"},       Bus{"0013", "Serial"}};

// What "H: Handlers=sysrq kbd leds event3" makes of it.
std::string kind_of(const std::string& handlers, const std::string& name) {
  const auto words = base::split_words(handlers);
  const auto has = [&](std::string_view prefix) {
    return std::any_of(words.begin(), words.end(), [&](std::string_view w) { return w.starts_with(prefix); });
  };
  const auto lower = base::to_lower(name);
  if (lower.find("touchpad") != std::string::npos) return "touchpad";
  if (lower.find("touchscreen") != std::string::npos) return "touchscreen";
  if (has("js")) return "joystick";
  if (has("mouse")) return "mouse";
  // Every key that a device has makes it a "kbd"; only keyboards have lights or SysRq.
  if (has("kbd") && (has("leds") || has("sysrq"))) return "keyboard";
  return {};
}

struct InputDevice {
  std::string bus, name, handlers;
};

InputDevice device_of(std::string_view block) {
  InputDevice device;
  for (const auto line : base::split(block, '\n')) {
    if (line.starts_with("I: Bus=")) device.bus = base::to_lower(line.substr(7, 4));
    if (line.starts_with("N: Name=")) device.name = line.substr(8);
    if (line.starts_with("H: Handlers=")) device.handlers = line.substr(12);
  }
  std::erase(device.name, '"');
  return device;
}

}  // namespace

base::Result<void> input_devices(const Host& host, SourceOutput& out) {
  const auto text = host.read_file("/proc/bus/input/devices");
  if (!text) return text.error();
  std::set<std::pair<std::string, std::string>> seen;
  std::string_view rest = *text;
  while (!rest.empty()) {
    const auto end = rest.find("\n\n");
    const auto device = device_of(rest.substr(0, end));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 2);
    const auto bus =
        std::find_if(buses.begin(), buses.end(), [&](const Bus& row) { return row.code == device.bus; });
    const auto kind = kind_of(device.handlers, device.name);
    if (bus == buses.end() || kind.empty() || !seen.emplace(device.name, kind).second) continue;
    auto& attributes = out.add("input_device").attributes;
    set_text(attributes, "name", device.name);
    set_text(attributes, "kind", kind);
    set_text(attributes, "bus", bus->name);
  }
  return {};
}

}  // namespace censo::agent::sources
