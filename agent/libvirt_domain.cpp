#include "agent/libvirt_domain.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <optional>

namespace censo::agent {
namespace {

constexpr std::size_t max_macs = 64;
constexpr std::int64_t max_number = 1LL << 40;

// Five characters of XML have names; libvirt writes no others.
std::string without_entities(std::string_view text) {
  struct Entity {
    std::string_view name;
    char character;
  };
  constexpr std::array entities{Entity{"&lt;", '<'}, Entity{"&gt;", '>'}, Entity{"&quot;", '"'},
                                Entity{"&apos;", '\''}, Entity{"&amp;", '&'}};
  std::string plain;
  while (!text.empty()) {
    const auto entity = std::find_if(entities.begin(), entities.end(),
                                     [&](const Entity& row) { return text.starts_with(row.name); });
    plain += entity == entities.end() ? text.front() : entity->character;
    text.remove_prefix(entity == entities.end() ? 1 : entity->name.size());
  }
  return plain;
}

struct Element {
  std::string_view attributes, text;
};

// The first of this name at or after `from`; what it holds ends at the next tag.
std::optional<Element> element(std::string_view xml, const std::string& name) {
  for (auto at = xml.find("<" + name); at != std::string_view::npos; at = xml.find("<" + name, at + 1)) {
    const auto rest = xml.substr(at + 1 + name.size());
    if (rest.empty() || std::string_view(" >/\t\n").find(rest[0]) == std::string_view::npos) continue;
    const auto end = rest.find('>');
    if (end == std::string_view::npos) return std::nullopt;
    const auto content = rest.substr(end + 1);
    return Element{rest.substr(0, end), base::trim(content.substr(0, content.find('<')))};
  }
  return std::nullopt;
}

std::string attribute(std::string_view attributes, const std::string& name) {
  for (const char quote : {'\'', '"'}) {
    const auto at = attributes.find(name + "=" + quote);
    if (at == std::string_view::npos) continue;
    const auto value = attributes.substr(at + name.size() + 2);
    return std::string(value.substr(0, value.find(quote)));
  }
  return {};
}

std::string text_of(std::string_view xml, const std::string& name) {
  const auto found = element(xml, name);
  return found ? without_entities(found->text) : std::string();
}

std::int64_t bounded(std::string_view text) {
  const auto number = base::parse_integer(text).value_or(0);
  return number > 0 && number < max_number ? number : 0;
}

std::int64_t mebibytes(const Element& memory) {
  const auto unit = attribute(memory.attributes, "unit");
  const auto amount = bounded(memory.text);
  if (unit == "GiB" || unit == "G") return amount * 1024;
  if (unit == "MiB" || unit == "M") return amount;
  if (unit == "b" || unit == "bytes") return amount / (1024 * 1024);
  return amount / 1024;  // KiB
}

void add_mac(std::string_view text, FoundGuest& guest) {
  const auto mac = base::canonical_mac(text);
  if (mac && guest.macs.size() < max_macs) guest.macs.push_back(*mac);
}

// "guest=web,debug-threads=on" and "web,process=x": a value under its name, or the first without one.
std::string option(std::string_view text, std::string_view name, bool first_may_be_bare) {
  const auto parts = base::split(text, ',');
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].starts_with(name) && parts[i].substr(name.size()).starts_with('='))
      return std::string(parts[i].substr(name.size() + 1));
    if (i == 0 && first_may_be_bare && parts[i].find('=') == std::string_view::npos)
      return std::string(parts[i]);
  }
  return {};
}

std::int64_t qemu_memory_mib(std::string_view text) {
  auto size = option(text, "size", true);
  if (size.empty()) return 0;
  const char unit = size.back();
  if (unit >= '0' && unit <= '9') return bounded(size);
  size.pop_back();
  if (unit == 'G' || unit == 'g') return bounded(size) * 1024;
  if (unit == 'k' || unit == 'K') return bounded(size) / 1024;
  return bounded(size);
}

void take_qemu_option(std::string_view key, std::string_view value, FoundGuest& guest) {
  if (key == "-name") guest.name = option(value, "guest", true);
  if (key == "-uuid") guest.uuid = value;
  if (key == "-smbios" && guest.uuid.empty()) guest.uuid = option(value, "uuid", false);
  if (key == "-m") guest.memory_mib = qemu_memory_mib(value);
  if (key == "-smp") guest.cpus = bounded(option(value, "cpus", true));
  if (key == "-device" || key == "-net" || key == "-nic") {
    // Since libvirt 8 devices are JSON: {"driver":"virtio-net-pci",...,"mac":"52:54:00:..."}
    const auto json = value.find("\"mac\":\"");
    add_mac(json == std::string_view::npos ? std::string_view(option(value, "mac", false))
                                           : value.substr(json + 7, 17),
            guest);
  }
}

}  // namespace

FoundGuest parse_domain(std::string_view xml) {
  FoundGuest guest;
  const auto domain = element(xml, "domain");
  if (!domain) return guest;
  guest.hypervisor = attribute(domain->attributes, "type");
  // The description of a running one stands in a record of its state.
  xml.remove_prefix(static_cast<std::size_t>(domain->attributes.data() - xml.data()));
  guest.name = text_of(xml, "name");
  guest.uuid = text_of(xml, "uuid");
  guest.cpus = bounded(text_of(xml, "vcpu"));
  if (const auto memory = element(xml, "memory")) guest.memory_mib = mebibytes(*memory);
  if (const auto os = element(xml, "os")) {
    const auto type =
        element(xml.substr(static_cast<std::size_t>(os->attributes.data() - xml.data())), "type");
    if (type) guest.architecture = attribute(type->attributes, "arch");
  }
  auto rest = xml;
  while (const auto mac = element(rest, "mac")) {
    add_mac(attribute(mac->attributes, "address"), guest);
    rest.remove_prefix(static_cast<std::size_t>(mac->attributes.data() - rest.data()));
  }
  return guest;
}

FoundGuest parse_qemu_arguments(std::string_view arguments) {
  FoundGuest guest;
  const auto parts = base::split(arguments, '\0');
  const auto program = parts.front().substr(parts.front().rfind('/') + 1);
  const bool is_qemu = program.starts_with("qemu-system-") || program == "kvm" || program == "qemu-kvm";
  if (!is_qemu) return guest;
  guest.hypervisor = "qemu";
  if (program.starts_with("qemu-system-")) guest.architecture = program.substr(12);
  for (std::size_t i = 1; i + 1 < parts.size(); ++i) {
    if (parts[i].starts_with('-')) take_qemu_option(parts[i], parts[i + 1], guest);
    const bool kvm = parts[i] == "-enable-kvm" || (parts[i] == "-accel" && parts[i + 1].starts_with("kvm")) ||
                     parts[i + 1].find("accel=kvm") != std::string_view::npos;
    if (kvm || program == "kvm") guest.hypervisor = "kvm";
  }
  return guest;
}

}  // namespace censo::agent
