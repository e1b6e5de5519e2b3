// Volume groups and physical volumes of LVM, from the copy of their metadata that every change leaves in
// /etc/lvm/backup. Logical volumes are block devices, as the kernel has them.
#include "agent/attributes.h"
#include "agent/lvm_metadata.h"
#include "agent/source.h"

namespace censo::agent::sources {
namespace {

constexpr std::string_view backup_folder = "/etc/lvm/backup";
constexpr std::size_t max_backup_bytes = 4 * 1024 * 1024;
constexpr std::int64_t sector_bytes = 512;

std::int64_t bytes_of(std::int64_t extents, std::int64_t extent_sectors) {
  constexpr std::int64_t max_sectors = 1LL << 53;
  if (extent_sectors <= 0 || extents <= 0 || extents > max_sectors / extent_sectors) return 0;
  return extents * extent_sectors * sector_bytes;
}

void add_physical_volume(const VolumeGroup& group, const PhysicalVolume& volume, SourceOutput& out) {
  auto& attributes = out.add("physical_volume").attributes;
  set_text(attributes, "uuid", volume.uuid);
  set_text(attributes, "device", volume.device);
  set_text(attributes, "volume_group", group.name);
  set_text(attributes, "volume_group_uuid", group.uuid);
  set_count(attributes, "extents", volume.extents);
  set_count(attributes, "extent_bytes", bytes_of(1, group.extent_sectors));
  set_count(attributes, "size_bytes", bytes_of(volume.extents, group.extent_sectors));
  attributes.set("free_bytes", bytes_of(volume.extents - volume.used_extents, group.extent_sectors));
}

void add_group(const VolumeGroup& group, SourceOutput& out) {
  std::int64_t extents = 0, used = 0;
  for (const auto& volume : group.physical_volumes) {
    extents += volume.extents;
    used += volume.used_extents;
    add_physical_volume(group, volume, out);
  }
  auto& attributes = out.add("volume_group").attributes;
  set_text(attributes, "name", group.name);
  set_text(attributes, "uuid", group.uuid);
  set_count(attributes, "extent_bytes", bytes_of(1, group.extent_sectors));
  set_count(attributes, "size_bytes", bytes_of(extents, group.extent_sectors));
  attributes.set("free_bytes", bytes_of(extents - used, group.extent_sectors));
  attributes.set("physical_volumes", std::ssize(group.physical_volumes));
  attributes.set("logical_volumes", group.logical_volumes);
}

}  // namespace

base::Result<void> lvm(const Host& host, SourceOutput& out) {
  const auto names = host.list_folder(backup_folder);
  if (!names) return names.error();
  for (const auto& name : *names) {
    const auto path = std::string(backup_folder) + "/" + name;
    const auto text = host.read_file(path, max_backup_bytes);
    if (!text) {
      out.partial(text.error());
      continue;
    }
    const auto group = parse_lvm_metadata(*text);
    if (group.name.empty()) {
      out.partial(base::fail(base::Errc::malformed, "expected the metadata of a volume group", path));
    } else {
      add_group(group, out);
    }
  }
  return {};
}

}  // namespace censo::agent::sources
