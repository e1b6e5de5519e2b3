// LVM's text form of a volume group (lvm(8), "metadata"), as it is kept in /etc/lvm/backup.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace censo::agent {

struct PhysicalVolume {
  std::string uuid, device;
  std::int64_t extents = 0, used_extents = 0, size_sectors = 0;
};

struct VolumeGroup {
  std::string name, uuid;
  std::int64_t extent_sectors = 0;
  std::vector<PhysicalVolume> physical_volumes;
  std::int64_t logical_volumes = 0;  // visible ones
};

// Takes any text; without a group's name or id it is no metadata, and the name is empty.
VolumeGroup parse_lvm_metadata(std::string_view text);

}  // namespace censo::agent
