// Print queues of CUPS: /etc/cups/printers.conf.
#include "agent/attributes.h"
#include "agent/source.h"

#include <map>

namespace censo::agent::sources {
namespace {

using Fields = std::map<std::string, std::string, std::less<>>;

// "ipp://user:secret@host/queue" without the user.
std::string without_user(const std::string& address) {
  const auto scheme = address.find("://");
  if (scheme == std::string::npos) return address;
  const auto begin = scheme + 3;
  const auto end = std::min(address.find('/', begin), address.size());
  const auto at = address.rfind('@', end);
  return at == std::string::npos || at < begin ? address : address.substr(0, begin) + address.substr(at + 1);
}

// "usb://EPSON/L3150?serial=5837&interface=1"
std::string serial_in(std::string_view address) {
  const auto at = address.find("serial=");
  if (at == std::string_view::npos) return {};
  const auto value = address.substr(at + 7);
  return std::string(value.substr(0, value.find('&')));
}

void add_queue(Fields fields, SourceOutput& out) {
  if (fields["name"].empty()) return;
  auto& attributes = out.add("print_queue").attributes;
  const auto address = without_user(fields["DeviceURI"]);
  set_text(attributes, "name", fields["name"]);
  set_text(attributes, "description", fields["Info"]);
  set_text(attributes, "location", fields["Location"]);
  set_text(attributes, "driver", fields["MakeModel"]);
  set_text(attributes, "address", address);
  set_text(attributes, "serial_number", serial_in(address));
  attributes.set("shared", fields["Shared"] == "Yes");
  attributes.set("network", !address.starts_with("usb:") && !address.starts_with("parallel:") &&
                                !address.starts_with("serial:") && !address.starts_with("file:") &&
                                !address.starts_with("cups-pdf:"));
  set_text(attributes, "state", base::to_lower(fields["State"]));
}

}  // namespace

base::Result<void> printers(const Host& host, SourceOutput& out) {
  const auto text = host.read_file("/etc/cups/printers.conf", 4 * 1024 * 1024);
  if (!text) return text.error();
  Fields fields;
  for (const auto raw : base::split(*text, '\n')) {
    const auto line = base::trim(raw);
    // "<DefaultPrinter office>"
    const auto begins = line.starts_with("<Printer ") || line.starts_with("<DefaultPrinter ");
    if (begins)
      fields = {{"name", std::string(line.substr(line.find(' ') + 1, line.find('>') - line.find(' ') - 1))}};
    if (line.starts_with("</")) {
      add_queue(fields, out);
      fields.clear();
    }
    const auto space = line.find(' ');
    if (!begins && space != std::string_view::npos && !fields.empty())
      fields.emplace(line.substr(0, space), base::trim(line.substr(space + 1)));
  }
  return {};
}

}  // namespace censo::agent::sources
