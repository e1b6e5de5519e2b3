// The hypervisor below and the container around this system; the order of the questions is
// systemd-detect-virt's.
#include "agent/attributes.h"
#include "agent/cpuinfo.h"
#include "agent/source.h"

#include <algorithm>
#include <array>

namespace censo::agent::sources {
namespace {

std::string value_in(const Host& host, const std::string& path) {
  const auto text = host.read_file(path, max_cpuinfo_bytes);
  return text ? std::string(base::trim(*text)) : std::string();
}

bool exists(const Host& host, std::string_view path) {
  return static_cast<bool>(host.status(path));
}

bool has_word(std::string_view text, std::string_view word) {
  const auto words = base::split_words(text);
  return std::find(words.begin(), words.end(), word) != words.end();
}

struct Sign {
  std::string_view text;
  std::string_view means;
};

template <std::size_t N>
std::string_view meaning_of_start(const std::array<Sign, N>& signs, std::string_view text) {
  const auto sign =
      std::find_if(signs.begin(), signs.end(), [&](const Sign& row) { return text.starts_with(row.text); });
  return sign == signs.end() ? std::string_view{} : sign->means;
}

// A privileged Xen domain is the hypervisor's own system: not a guest.
std::string_view by_xen(const Host& host, bool& is_privileged) {
  constexpr std::uint64_t privileged_feature = 1U << 11;  // XENFEAT_dom0
  const auto features = base::parse_unsigned(value_in(host, "/sys/hypervisor/properties/features"), 16);
  is_privileged = (features && (*features & privileged_feature) != 0) ||
                  value_in(host, "/proc/xen/capabilities").find("control_d") != std::string::npos;
  const bool is_xen = exists(host, "/proc/xen") || value_in(host, "/sys/hypervisor/type") == "xen";
  return is_xen && !is_privileged ? "xen" : std::string_view{};
}

std::string_view by_firmware(const Host& host) {
  constexpr std::array signs{
      Sign{"KVM", "kvm"}, Sign{"OpenStack", "kvm"}, Sign{"KubeVirt", "kvm"}, Sign{"RHEV", "kvm"},
      Sign{"oVirt", "kvm"}, Sign{"Amazon EC2", "amazon"}, Sign{"QEMU", "qemu"}, Sign{"VMware", "vmware"},
      Sign{"VMW", "vmware"}, Sign{"innotek GmbH", "oracle"}, Sign{"VirtualBox", "oracle"},
      Sign{"Xen", "xen"}, Sign{"HVM domU", "xen"}, Sign{"Bochs", "bochs"}, Sign{"Parallels", "parallels"},
      Sign{"BHYVE", "bhyve"}, Sign{"Hyper-V", "microsoft"}, Sign{"Apple Virtualization", "apple"},
      Sign{"Google Compute Engine", "google"}, Sign{"Cloud Hypervisor", "kvm"},
      Sign{"Firecracker", "firecracker"}};
  const std::string folder = "/sys/class/dmi/id/";
  const auto product = value_in(host, folder + "product_name");
  if (product == "Virtual Machine" && value_in(host, folder + "sys_vendor") == "Microsoft Corporation")
    return "microsoft";
  for (const auto file : {"product_name", "sys_vendor", "board_vendor", "bios_vendor", "product_version"}) {
    // EC2 gives its name to bare metal as well; those product names end so.
    if (const auto meaning = meaning_of_start(signs, value_in(host, folder + file)); !meaning.empty()) {
      return meaning == "amazon" && product.ends_with(".metal") ? std::string_view{} : meaning;
    }
  }
  return {};
}

// The maker of the ACPI tables, at byte 10 of each.
std::string_view by_acpi(const Host& host) {
  const auto table = host.read_file("/sys/firmware/acpi/tables/FACP", 4096);
  if (!table || table->size() < 16) return {};
  return table->compare(10, 6, "FIRECK") == 0 ? "firecracker" : std::string_view{};
}

// Clocks that only a hypervisor offers.
std::string_view by_clock(const Host& host) {
  const auto clocks = value_in(host, "/sys/devices/system/clocksource/clocksource0/available_clocksource");
  if (has_word(clocks, "kvm-clock")) return "kvm";
  if (has_word(clocks, "xen")) return "xen";
  if (clocks.find("hyperv_clocksource") != std::string::npos) return "microsoft";
  return {};
}

// Vendor and device number of a PCI device that only a hypervisor has.
std::string_view by_pci(const Host& host) {
  constexpr std::array signs{
      Sign{"80eebeef", "oracle"}, Sign{"80eecafe", "oracle"}, Sign{"15ad0710", "vmware"},
      Sign{"15ad0405", "vmware"}, Sign{"15ad0740", "vmware"}, Sign{"58530001", "xen"},
      Sign{"14145353", "microsoft"}};
  // 0010	80eebeef	a	...
  const auto text = value_in(host, "/proc/bus/pci/devices");
  for (const auto line : base::split(text, '\n')) {
    const auto words = base::split_words(line);
    if (words.size() < 2) continue;
    if (const auto meaning = meaning_of_start(signs, words[1]); !meaning.empty()) return meaning;
  }
  return {};
}

// z: "VM00 Control Program: KVM/Linux", "z/VM 6.1.0"; without one, a partition of the machine.
std::string_view by_sysinfo(const Host& host) {
  const auto fields = parse_cpuinfo(value_in(host, "/proc/sysinfo")).common;
  std::string_view found = fields.contains("lpar number") ? "lpar" : "";
  for (const auto& [name, value] : fields) {
    if (!name.starts_with("vm00 control program")) continue;
    found = value.starts_with("KVM") ? "kvm" : value.starts_with("z/VM") ? "zvm" : "vm-other";
  }
  return found;
}

std::string_view by_device_tree(const Host& host) {
  constexpr std::array signs{Sign{"linux,kvm", "kvm"}, Sign{"xen", "xen"}, Sign{"vmware", "vmware"}};
  const auto hypervisor = value_in(host, "/proc/device-tree/hypervisor/compatible");
  if (!hypervisor.empty()) {
    const auto meaning = meaning_of_start(signs, hypervisor);
    return meaning.empty() ? "vm-other" : meaning;
  }
  const bool is_partition =
      exists(host, "/proc/device-tree/ibm,partition-name") && exists(host, "/proc/device-tree/hmc-managed?");
  return is_partition ? "powervm" : std::string_view{};
}

std::string_view by_cpuinfo(const Host& host) {
  const auto cpuinfo = parse_cpuinfo(value_in(host, "/proc/cpuinfo"));
  if (cpuinfo.processors.empty()) return {};
  const auto cpu = cpuinfo.processors.begin()->first;
  if (cpuinfo.text(cpu, "vendor_id") == "User Mode Linux") return "uml";
  if (cpuinfo.text(cpu, "model").find("emulated by qemu") != std::string_view::npos) return "qemu";
  return has_word(cpuinfo.text(cpu, "flags"), "hypervisor") ? "vm-other" : std::string_view{};
}

std::string_view hypervisor(const Host& host) {
  bool is_privileged = false;
  if (const auto xen = by_xen(host, is_privileged); !xen.empty() || is_privileged) return xen;
  const auto clock = by_clock(host);
  const auto firmware = by_firmware(host);
  if (firmware == "qemu" && !clock.empty()) return clock;  // QEMU's firmware, KVM's processor
  if (!firmware.empty()) return firmware;
  for (const auto question : {by_acpi, by_sysinfo, by_device_tree, by_pci}) {
    if (const auto answer = question(host); !answer.empty()) return answer;
  }
  return clock.empty() ? by_cpuinfo(host) : clock;
}

// Whether this system shares its kernel with another: an own process or cgroup namespace, or not the topmost
// cgroup.
bool is_inside(const Host& host) {
  constexpr std::string_view first_process_namespace = "pid:[4026531836]";  // PROC_PID_INIT_INO
  constexpr std::string_view first_cgroup_namespace = "cgroup:[4026531835]";
  const auto processes = host.read_link("/proc/self/ns/pid");
  const auto cgroups = host.read_link("/proc/self/ns/cgroup");
  return (processes && *processes != first_process_namespace) ||
         (cgroups && *cgroups != first_cgroup_namespace) || exists(host, "/sys/fs/cgroup/cgroup.events");
}

std::string_view by_cgroup_of_first_process(const Host& host) {
  constexpr std::array signs{
      Sign{"/kubepods", "kubernetes"}, Sign{"kubepods.slice", "kubernetes"}, Sign{"/docker/", "docker"},
      Sign{"/docker-", "docker"}, Sign{"/libpod-", "podman"}, Sign{"/lxc/", "lxc"},
      Sign{"/lxc.payload", "lxc"}, Sign{"/machine.slice/machine-", "systemd-nspawn"}};
  const auto cgroups = value_in(host, "/proc/1/cgroup");
  for (const auto& sign : signs) {
    if (cgroups.find(sign.text) != std::string::npos) return sign.means;
  }
  return {};
}

std::string container(const Host& host) {
  if (exists(host, "/proc/vz") && !exists(host, "/proc/bc")) return "openvz";
  const auto kernel = base::to_lower(value_in(host, "/proc/sys/kernel/osrelease"));
  if (kernel.find("microsoft") != std::string::npos || kernel.ends_with("wsl2")) return "wsl";
  const auto cgroup = by_cgroup_of_first_process(host);
  const bool inside = is_inside(host);
  const bool in_pod =
      exists(host, "/run/secrets/kubernetes.io") || exists(host, "/var/run/secrets/kubernetes.io");
  if (cgroup == "kubernetes" || (inside && in_pod)) return "kubernetes";
  for (const auto file : {"/run/host/container-manager", "/run/systemd/container"}) {
    if (auto manager = value_in(host, file); !manager.empty()) return manager;
  }
  if (!cgroup.empty()) return std::string(cgroup);
  // Images carry these marks along when they are started as virtual machines.
  if (inside && exists(host, "/run/.containerenv")) return "podman";
  if (inside && exists(host, "/.dockerenv")) return "docker";
  return {};
}

}  // namespace

base::Result<void> virtualization(const Host& host, SourceOutput& out) {
  set_text(out.section.attributes, "virtualization", hypervisor(host));
  set_text(out.section.attributes, "container", container(host));
  return {};
}

}  // namespace censo::agent::sources
