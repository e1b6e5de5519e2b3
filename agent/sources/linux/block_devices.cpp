// Disks, their partitions, and the volumes that the kernel builds on them (device mapper, LVM, RAID), from
// /sys/block.
#include "agent/attributes.h"
#include "agent/placeholder.h"
#include "agent/source.h"
#include "agent/sysfs_folder.h"
#include "agent/udev_database.h"

#include <algorithm>
#include <array>

namespace censo::agent::sources {
namespace {

constexpr std::int64_t sector_bytes = 512;  // of the `size` files, whatever the disk's own sectors

// One entry of /sys/block, or a partition below it.
class BlockDevice {
 public:
  BlockDevice(const Host& host, std::string folder, std::string name)
      : host_(host),
        folder_(std::move(folder)),
        name_(std::move(name)),
        udev_(udev_properties_of_block_device(host, value("dev"))) {}

  const std::string& name() const { return name_; }
  const std::string& folder() const { return folder_; }

  std::string value(std::string_view file) const {
    const auto text = host_.read_file(folder_ + "/" + std::string(file), 64 * 1024);
    return text ? std::string(base::trim(*text)) : std::string();
  }
  std::string udev(std::string_view property) const {
    const auto found = udev_.find(property);
    return found == udev_.end() ? std::string() : found->second;
  }
  // The first of these that is known.
  std::string first_value(std::initializer_list<std::string_view> files) const {
    for (const auto file : files) {
      if (auto text = value(file); !text.empty()) return text;
    }
    return {};
  }
  std::vector<std::string> names_in(std::string_view subfolder) const {
    const auto names = host_.list_folder(folder_ + std::string(subfolder));
    return names ? *names : std::vector<std::string>();
  }
  std::int64_t size_bytes() const {
    const auto sectors = base::parse_integer(value("size"));
    return sectors && *sectors < (std::int64_t{1} << 53) ? *sectors * sector_bytes : 0;
  }

 private:
  const Host& host_;
  std::string folder_;
  std::string name_;
  UdevProperties udev_;
};

// How the disk is attached, from its place in the tree of devices.
std::string_view transport_of(std::string_view path) {
  struct Mark {
    std::string_view part, transport;
  };
  // A USB disk is also a SCSI disk: the nearest to the machine comes first.
  constexpr std::array marks{Mark{"/usb", "usb"},         Mark{"/nvme", "nvme"},     Mark{"/ata", "sata"},
                             Mark{"/mmc_host/", "mmc"},   Mark{"/session", "iscsi"}, Mark{"/rport-", "fc"},
                             Mark{"/end_device-", "sas"}, Mark{"/virtio", "virtio"}, Mark{"/vbd-", "xen"},
                             Mark{"/fw", "ieee1394"},     Mark{"/VMBUS:", "vmbus"}};
  const auto mark = std::find_if(marks.begin(), marks.end(), [&](const Mark& row) {
    return path.find(row.part) != std::string_view::npos;
  });
  return mark == marks.end() ? std::string_view{} : mark->transport;
}

std::string model_of(const BlockDevice& disk) {
  auto model = udev_unescaped(disk.udev("ID_MODEL_ENC"));  // whole, where SCSI cuts it at 16 characters
  if (model.empty()) model = disk.first_value({"device/model", "device/name"});
  return without_placeholder(model);
}

// Page 0x80 of SCSI's vital product data: four bytes, then the serial number.
std::string serial_of(const BlockDevice& disk) {
  for (const auto property : {"ID_SCSI_SERIAL", "ID_SERIAL_SHORT"}) {
    if (auto serial = serial_without_placeholder(disk.udev(property)); !serial.empty()) return serial;
  }
  const auto serial = disk.first_value({"device/serial", "serial", "device/uid"});  // uid: of a DASD
  if (!serial.empty()) return serial_without_placeholder(serial);
  const auto page = disk.value("device/vpd_pg80");
  return page.size() > 4 ? serial_without_placeholder(std::string_view(page).substr(4)) : std::string();
}

std::string wwn_of(const BlockDevice& disk) {
  for (const auto property : {"ID_WWN_WITH_EXTENSION", "ID_WWN"}) {
    if (auto wwn = disk.udev(property); !wwn.empty()) return wwn;
  }
  auto wwn = disk.first_value({"wwid", "device/wwid"});
  if (wwn.starts_with("naa.")) return "0x" + wwn.substr(4);
  return wwn.starts_with("t10.") ? std::string() : wwn;  // t10: vendor, model and serial once more
}

// The map that this disk is one of several ways to.
std::string multipath_of(const BlockDevice& disk) {
  for (const auto& holder : disk.names_in("/holders")) {
    const auto mapper = "holders/" + holder + "/dm/";
    if (base::to_lower(disk.value(mapper + "uuid")).starts_with("mpath-")) return disk.value(mapper + "name");
  }
  return {};
}

void add_disk(const BlockDevice& disk, std::string_view path, SourceOutput& out) {
  const bool is_optical = disk.name().starts_with("sr") || disk.value("device/type") == "5";
  auto& attributes = out.add("disk").attributes;
  set_text(attributes, "name", disk.name());
  set_text(attributes, "type", is_optical ? "optical" : "disk");
  set_count(attributes, "size_bytes", disk.size_bytes());
  const auto vendor = disk.value("device/vendor");
  // "ATA" names the translation layer; virtio and PCI give a number.
  if (vendor != "ATA" && !vendor.starts_with("0x"))
    set_text(attributes, "manufacturer", without_placeholder(vendor));
  set_text(attributes, "model", model_of(disk));
  set_text(attributes, "serial_number", serial_of(disk));
  set_text(attributes, "wwn", wwn_of(disk));
  set_text(attributes, "firmware_version",
           without_placeholder(disk.first_value({"device/firmware_rev", "device/rev", "device/fwrev"})));
  set_text(attributes, "transport", transport_of(path));
  if (const auto rotational = disk.value("queue/rotational"); !rotational.empty()) {
    attributes.set("rotational", rotational == "1");
  }
  attributes.set("removable", disk.value("removable") == "1");
  set_text(attributes, "multipath", multipath_of(disk));
  set_count(attributes, "sector_bytes", base::parse_integer(disk.value("queue/physical_block_size")));
}

void add_partition(const BlockDevice& partition, std::string_view disk, SourceOutput& out) {
  auto& attributes = out.add("partition").attributes;
  set_text(attributes, "name", partition.name());
  set_text(attributes, "disk", disk);
  set_count(attributes, "number", base::parse_integer(partition.value("partition")));
  set_count(attributes, "size_bytes", partition.size_bytes());
  set_text(attributes, "label", udev_unescaped(partition.udev("ID_PART_ENTRY_NAME")));
  set_text(attributes, "uuid", partition.udev("ID_PART_ENTRY_UUID"));
  set_text(attributes, "content", partition.udev("ID_FS_TYPE"));
  set_text(attributes, "content_uuid", partition.udev("ID_FS_UUID"));
}

// "LVM-...", "CRYPT-LUKS2-...", "mpath-...", "part1-..."; RAID says its level; others only their kernel name.
std::string volume_type(const BlockDevice& volume) {
  const auto uuid = base::to_lower(volume.value("dm/uuid"));
  const auto kind = uuid.substr(0, uuid.find('-'));
  if (kind.starts_with("part")) return "part";
  if (!kind.empty()) return kind;
  if (const auto level = volume.value("md/level"); !level.empty()) return level;
  return volume.name().starts_with("dm-")
             ? "dm"
             : volume.name().substr(0, volume.name().find_first_of("0123456789"));
}

// "CRYPT-LUKS2-<uuid>-<name>" and "CRYPT-PLAIN-<name>": the format.
std::string encryption_of(const BlockDevice& volume) {
  const auto parts = volume.value("dm/uuid");
  const auto words = base::split(parts, '-');
  return words.size() > 1 ? base::to_lower(words[1]) : std::string();
}

void add_volume(const BlockDevice& volume, SourceOutput& out) {
  const auto mapper_name = volume.value("dm/name");
  auto& attributes = out.add("logical_volume").attributes;
  set_text(attributes, "name", mapper_name.empty() ? volume.name() : mapper_name);
  set_text(attributes, "kernel_name", volume.name());
  set_text(attributes, "type", volume_type(volume));
  set_count(attributes, "size_bytes", volume.size_bytes());
  attributes.set("parts", volume.names_in("/slaves"));
  set_text(attributes, "uuid",
           volume.value("dm/uuid").empty() ? volume.value("md/uuid") : volume.value("dm/uuid"));
  set_text(attributes, "content", volume.udev("ID_FS_TYPE"));
  if (volume_type(volume) == "crypt") set_text(attributes, "encryption", encryption_of(volume));
  if (volume.value("md/level").empty()) return;
  set_count(attributes, "raid_disks", base::parse_integer(volume.value("md/raid_disks")));
  set_count(attributes, "raid_disks_missing", base::parse_integer(volume.value("md/degraded")));
  set_text(attributes, "state", volume.value("md/array_state"));
}

// Memory, files and unused network disks are no disks.
bool is_left_out(const BlockDevice& device) {
  const std::string_view name = device.name();
  const bool is_unused = device.size_bytes() == 0 && (name.starts_with("nbd") || name.starts_with("md"));
  return name.starts_with("loop") || name.starts_with("ram") || name.starts_with("zram") ||
         name.starts_with("fd") || is_unused ||
         device.value("hidden") == "1";  // a path of a multipath NVMe disk
}

}  // namespace

base::Result<void> block_devices(const Host& host, SourceOutput& out) {
  const auto names = host.list_folder("/sys/block");
  if (!names) return names.error();
  for (const auto& name : *names) {
    const BlockDevice device(host, SysfsFolder(host, "/sys/block/" + name).path(), name);
    if (is_left_out(device)) continue;
    const std::string& path = device.folder();
    if (path.find("/virtual/block/") != std::string::npos) {
      add_volume(device, out);
    } else {
      add_disk(device, path, out);
    }
    for (const auto& part : device.names_in("")) {
      if (!part.starts_with(name)) continue;
      const BlockDevice partition(host, device.folder() + "/" + part, part);
      if (!partition.value("partition").empty()) add_partition(partition, name, out);
    }
  }
  return {};
}

}  // namespace censo::agent::sources
