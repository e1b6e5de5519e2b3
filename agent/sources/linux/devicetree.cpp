// The machine as its device tree names it: Arm, RISC-V and POWER boards, most of which have no SMBIOS.
#include "agent/attributes.h"
#include "agent/placeholder.h"
#include "agent/source.h"

namespace censo::agent::sources {

base::Result<void> devicetree(const Host& host, SourceOutput& out) {
  const auto text_of = [&](const std::string& name) {
    const auto text = host.read_file("/proc/device-tree/" + name, 4096);
    return text ? text->substr(0, text->find('\0')) : std::string();
  };
  const auto model = host.read_file("/proc/device-tree/model", 4096);
  if (!model) return model.error();
  auto& subject = out.section.attributes;
  set_text(subject, "model", without_placeholder(text_of("model")));
  set_text(subject, "serial_number", serial_without_placeholder(text_of("serial-number")));
  return {};
}

}  // namespace censo::agent::sources
