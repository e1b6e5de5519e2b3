// Virtual machines as libvirt, QEMU and Proxmox describe them.
#include "agent/libvirt_domain.h"
#include "agent/proxmox_guests.h"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  censo::agent::parse_domain(text);
  censo::agent::parse_qemu_arguments(text);
  censo::agent::parse_proxmox_config(text);
  return 0;
}
