#include "tests/fleet/world.h"

namespace censo::fleet {

std::string_view name_of(AssetKind kind) {
  constexpr std::array<std::string_view, 7> names{"laptop",    "desktop",        "server", "virtual machine",
                                                  "container", "network device", "printer"};
  return names[static_cast<std::size_t>(kind)];
}

std::string_view name_of(Happening happening) {
  constexpr std::array<std::string_view, happening_count> names{"enrolled",
                                                                "registered",
                                                                "scanned",
                                                                "guest seen by hypervisor",
                                                                "address change",
                                                                "docked",
                                                                "renamed",
                                                                "renamed in a batch",
                                                                "re-imaged",
                                                                "network card swapped",
                                                                "disk swapped",
                                                                "renamed in hypervisor",
                                                                "replaced, name kept",
                                                                "default name",
                                                                "random MAC",
                                                                "VPN adapter",
                                                                "two addresses",
                                                                "partial report",
                                                                "partial scan",
                                                                "listed junk",
                                                                "unlisted junk",
                                                                "shared disk serial",
                                                                "shared engine id",
                                                                "shared UUID",
                                                                "container",
                                                                "dual boot",
                                                                "device replaced by spare",
                                                                "board swapped",
                                                                "board swapped, serial lost",
                                                                "VM cloned",
                                                                "VM cloned with UUID",
                                                                "cloned by image",
                                                                "import without serial"};
  return names[static_cast<std::size_t>(happening)];
}

}  // namespace censo::fleet
