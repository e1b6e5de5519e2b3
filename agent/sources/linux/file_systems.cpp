// Mounted file systems that hold data, each once, wherever else it is mounted too. Network ones are listed,
// never asked.
#include "agent/attributes.h"
#include "agent/mount_table.h"
#include "agent/source.h"
#include "agent/udev_database.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace censo::agent::sources {
namespace {

using base::Errc;

// Kernel interfaces, memory, and layers of containers and packages.
constexpr std::array<std::string_view, 40> pseudo_types{
    "aufs", "autofs", "bdev", "binder", "binfmt_misc", "bpf", "cgroup", "cgroup2", "configfs", "cpuset",
    "debugfs", "devfs", "devpts", "devtmpfs", "efivarfs", "fuse.gvfsd-fuse", "fuse.lxcfs", "fuse.portal",
    "fuse.snapfuse", "fusectl", "hugetlbfs", "mqueue", "nfsd", "nsfs", "overlay", "pipefs", "proc",
    "pstore", "ramfs", "resctrl", "rootfs", "rpc_pipefs", "securityfs", "selinuxfs", "smackfs", "squashfs",
    "sysfs", "tmpfs", "tracefs", "usbfs"};

bool holds_data(const Mount& mount) {
  if (mount.mount_point == "/") return true;  // of a container or a live system: an overlay, memory
  return std::find(pseudo_types.begin(), pseudo_types.end(), mount.type) == pseudo_types.end();
}

// A file that is bound over another, as container engines do with /etc/hosts.
bool is_file(const Host& host, const Mount& mount) {
  if (answers_from_outside(mount.type)) return false;
  const auto status = host.status(mount.mount_point);
  return status && status->kind != FileKind::folder && status->kind != FileKind::link;
}

// Of all mounts of one file system the one that shows most of it: its root rather than a folder, then the
// shorter path.
bool shows_more(const Mount& a, const Mount& b) {
  const auto rank = [](const Mount& mount) {
    return std::tuple(mount.mount_point != "/", mount.root.size(), mount.mount_point.size(),
                      mount.mount_point);
  };
  return rank(a) < rank(b);
}

std::vector<Mount> one_mount_each(const Host& host, const std::vector<Mount>& mounts) {
  std::map<std::string, Mount> visible;  // by mount point: the last hides those before it
  for (const auto& mount : mounts) visible[mount.mount_point] = mount;
  std::map<std::string, Mount> chosen;  // by file system
  for (const auto& [point, mount] : visible) {
    if (!holds_data(mount) || is_file(host, mount)) continue;
    const auto [place, is_new] = chosen.try_emplace(mount.device_number + " " + mount.source, mount);
    if (!is_new && shows_more(mount, place->second)) place->second = mount;
  }
  std::vector<Mount> result;
  for (auto& [key, mount] : chosen) result.push_back(std::move(mount));
  return result;
}

std::string last_part(std::string_view path) {
  return std::string(path.substr(path.rfind('/') + 1));
}

// "/dev/mapper/vg-root" is a link to "../dm-0", or a node of its own.
std::string kernel_name(const Host& host, const std::string& source) {
  if (!source.starts_with("/dev/")) return {};
  const auto target = host.read_link(source);
  return last_part(target ? *target : source);
}

// What udev found on each device: the links in /dev/disk/by-uuid and by-label, by the kernel's name of the
// device.
std::map<std::string, std::string> names_by_device(const Host& host, const std::string& folder) {
  std::map<std::string, std::string> names;
  const auto links = host.list_folder(folder);
  for (const auto& link : links ? *links : std::vector<std::string>()) {
    if (const auto target = host.read_link(folder + "/" + link))
      names[last_part(*target)] = udev_unescaped(link);
  }
  return names;
}

// Rounded down to whole percents: else every report would differ from the one before.
std::int64_t rounded_free_bytes(const FileSystemSpace& space) {
  const auto percent = space.total_bytes / 100;
  return static_cast<std::int64_t>(percent == 0 ? space.free_bytes : space.free_bytes / percent * percent);
}

void add_space(const Host& host, const Mount& mount, inventory::Attributes& attributes, SourceOutput& out) {
  if (answers_from_outside(mount.type)) return;
  const auto space = host.space(mount.mount_point);
  if (!space) {
    if (space.error().code != Errc::unsupported) out.partial(space.error());
    return;
  }
  set_count(attributes, "size_bytes", static_cast<std::int64_t>(space->total_bytes));
  attributes.set("free_bytes", rounded_free_bytes(*space));
}

}  // namespace

base::Result<void> file_systems(const Host& host, SourceOutput& out) {
  const auto text = host.read_file("/proc/self/mountinfo", max_mount_table_bytes);
  if (!text) return text.error();
  const auto mounts = parse_mount_table(*text);
  if (!mounts) return mounts.error();
  const auto uuids = names_by_device(host, "/dev/disk/by-uuid");
  const auto labels = names_by_device(host, "/dev/disk/by-label");
  for (const auto& mount : one_mount_each(host, *mounts)) {
    auto& attributes = out.add("file_system").attributes;
    set_text(attributes, "mount_point", mount.mount_point);
    set_text(attributes, "type", mount.type);
    set_text(attributes, "device", mount.source);
    attributes.set("read_only",
                   std::find(mount.options.begin(), mount.options.end(), "ro") != mount.options.end());
    const auto device = kernel_name(host, mount.source);
    if (const auto uuid = uuids.find(device); uuid != uuids.end()) set_text(attributes, "uuid", uuid->second);
    if (const auto label = labels.find(device); label != labels.end())
      set_text(attributes, "label", label->second);
    add_space(host, mount, attributes, out);
  }
  return {};
}

}  // namespace censo::agent::sources
