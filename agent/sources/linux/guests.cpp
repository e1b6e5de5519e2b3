// Virtual machines of this host: libvirt's, Proxmox VE's, and those that QEMU runs by itself. A guest has the
// UUID that it sees itself, so that its own agent's report meets the host's.
#include "agent/attributes.h"
#include "agent/container_item.h"
#include "agent/libvirt_domain.h"
#include "agent/process_files.h"
#include "agent/proxmox_guests.h"
#include "agent/source.h"

#include <map>

namespace censo::agent::sources {
namespace {

constexpr std::string_view defined_folder = "/etc/libvirt/qemu", running_folder = "/run/libvirt/qemu";

struct Guest {
  FoundGuest found;
  std::string manager, state;
};
using Guests = std::map<std::string, Guest>;  // by UUID, or by name where there is none

std::string key_of(const FoundGuest& guest) {
  const auto uuid = base::canonical_uuid(guest.uuid);
  return uuid ? *uuid : "name " + guest.name;
}

void take_domains(const Host& host, std::string_view folder, const char* state, Guests& guests) {
  const auto names = host.list_folder(folder);
  for (const auto& name : names ? *names : std::vector<std::string>()) {
    if (!name.ends_with(".xml")) continue;
    const auto xml = host.read_file(std::string(folder) + "/" + name);
    const auto guest = xml ? parse_domain(*xml) : FoundGuest();
    if (!guest.name.empty()) guests[key_of(guest)] = {guest, "libvirt", state};
  }
}

std::string machine_id(const Host& host) {
  const auto text = host.read_file("/etc/machine-id", 4096);
  return text ? std::string(base::trim(*text)) : std::string("unknown");
}

void take_proxmox(const Host& host, Guests& guests, SourceOutput& out) {
  const auto found = proxmox_guests(host);
  if (!found) {
    if (found.error().code != base::Errc::not_found) out.partial(found.error());
    return;
  }
  for (const auto& guest : *found) {
    if (guest.is_container) {
      FoundContainer container;
      container.id = machine_id(host) + "/proxmox/" + guest.id;
      container.name = guest.name;
      container.engine = "proxmox";
      add_container(container, out);
      continue;
    }
    const FoundGuest plain{guest.name, guest.uuid, "kvm", {}, guest.memory_mib, guest.cpus, guest.macs};
    guests[key_of(plain)] = {plain, "proxmox", "stopped"};
  }
}

// What QEMU runs now; of those that others defined it is their state.
void take_processes(const Host& host, Guests& guests) {
  const auto processes = process_ids(host);
  for (const auto id : processes ? processes->ids : std::vector<ProcessId>()) {
    const auto text = host.read_file(process_path(id, "cmdline"), 256 * 1024);
    const auto guest = text && !text->empty() ? parse_qemu_arguments(*text) : FoundGuest();
    if (guest.name.empty()) continue;
    const auto [place, is_new] = guests.try_emplace(key_of(guest), Guest{guest, "qemu", "running"});
    place->second.state = "running";
  }
}

void add_guest(const std::string& key, const Guest& guest, SourceOutput& out) {
  const auto uuid = base::canonical_uuid(guest.found.uuid);
  if (!uuid) return;  // nothing tells it from another's guest of the same name
  auto& item = out.add("virtual_machine");
  item.ref = "guest:" + key;
  auto& attributes = item.attributes;
  set_text(attributes, "host_name", guest.found.name);
  set_text(attributes, "smbios_uuid", *uuid);
  set_text(attributes, "virtualization", guest.found.hypervisor);
  set_text(attributes, "architecture", guest.found.architecture);
  set_text(attributes, "manager", guest.manager);
  set_text(attributes, "power_state", guest.state);
  set_count(attributes, "memory_mib", guest.found.memory_mib);
  set_count(attributes, "cpu_threads", guest.found.cpus);
  attributes.set("mac_addresses", guest.found.macs);
}

}  // namespace

base::Result<void> guests(const Host& host, SourceOutput& out) {
  Guests found;
  take_domains(host, defined_folder, "stopped", found);
  take_domains(host, running_folder, "running", found);
  take_proxmox(host, found, out);
  // Only a host that can run guests has processes worth a look at each.
  if (host.status("/dev/kvm") || !found.empty()) take_processes(host, found);
  for (const auto& [key, guest] : found) add_guest(key, guest, out);
  return {};
}

}  // namespace censo::agent::sources
