// GLPI's sections storages, drives, physical_volumes, volume_groups and logical_volumes.
#include "agent/glpi/rows.h"

#include "base/text.h"

#include <array>
#include <map>

namespace censo::agent::glpi {
namespace {

constexpr std::array<Field, 9> disk{{{"name", "name"},
                                     {"disksize", "size_bytes", Form::megabytes},
                                     {"firmware", "firmware_version"},
                                     {"interface", "transport"},
                                     {"manufacturer", "manufacturer"},
                                     {"model", "model"},
                                     {"serial", "serial_number"},
                                     {"type", "type"},
                                     {"wwn", "wwn"}}};
constexpr std::array<Field, 7> drive{{{"type", "mount_point"},
                                      {"volumn", "device"},
                                      {"filesystem", "type"},
                                      {"total", "size_bytes", Form::megabytes},
                                      {"free", "free_bytes", Form::megabytes},
                                      {"serial", "uuid"},
                                      {"label", "label"}}};
constexpr std::array<Field, 7> physical{{{"device", "device"},
                                         {"pv_uuid", "uuid"},
                                         {"vg_uuid", "volume_group_uuid"},
                                         {"size", "size_bytes", Form::megabytes},
                                         {"free", "free_bytes", Form::megabytes},
                                         {"pv_pe_count", "extents", Form::integer},
                                         {"pe_size", "extent_bytes", Form::megabytes}}};
constexpr std::array<Field, 6> group{{{"vg_name", "name"},
                                      {"vg_uuid", "uuid"},
                                      {"size", "size_bytes", Form::megabytes},
                                      {"free", "free_bytes", Form::megabytes},
                                      {"pv_count", "physical_volumes", Form::integer},
                                      {"lv_count", "logical_volumes", Form::integer}}};

// Every name that the format asks of a row.
bool has_all(const json::object& row, std::initializer_list<std::string_view> names) {
  for (const auto name : names) {
    if (!row.contains(name)) return false;
  }
  return true;
}

// LVM's groups of 6-4-4-4-4-4-6 characters; the kernel has them without hyphens.
std::string lvm_uuid(std::string_view plain) {
  std::string text;
  for (std::size_t i = 0; i < plain.size(); ++i) {
    const bool hyphen = i == 6 || i == 10 || i == 14 || i == 18 || i == 22 || i == 26;
    if (hyphen) text += '-';
    text += plain[i];
  }
  return text;
}

// "vg--a-home" of the device mapper: "--" is a hyphen of a name, "-" stands between group and volume.
std::pair<std::string, std::string> lvm_names(std::string_view mapper) {
  std::string names[2];
  int part = 0;
  for (std::size_t i = 0; i < mapper.size(); ++i) {
    const bool hyphen = mapper[i] == '-';
    const bool doubled = hyphen && i + 1 < mapper.size() && mapper[i + 1] == '-';
    if (hyphen && !doubled && part == 0) {
      part = 1;
      continue;
    }
    names[part] += mapper[i];
    if (doubled) ++i;
  }
  return {names[0], names[1]};
}

void add_logical_volumes(const Report& report, json::object& content) {
  constexpr std::string_view prefix = "LVM-";
  constexpr std::size_t uuid_length = 32;
  json::array rows;
  for (const auto* item : items_of(report, "logical_volume")) {
    const auto uuid = item->attributes.text("uuid");
    if (!uuid.starts_with(prefix) || uuid.size() < prefix.size() + 2 * uuid_length) continue;
    const auto [group_name, volume_name] = lvm_names(item->attributes.text("name"));
    json::object row;
    set_text(row, "vg_name", group_name);
    set_text(row, "lv_name", volume_name);
    row["vg_uuid"] = lvm_uuid(std::string_view(uuid).substr(prefix.size(), uuid_length));
    row["lv_uuid"] = lvm_uuid(std::string_view(uuid).substr(prefix.size() + uuid_length, uuid_length));
    set_field(row, {"size", "size_bytes", Form::megabytes}, item->attributes);
    if (has_all(row, {"lv_name", "lv_uuid", "size"})) rows.push_back(std::move(row));
  }
  if (!rows.empty()) content["logical_volumes"] = std::move(rows);
}

// "LUKS2" for file systems on an encrypted volume, by its name.
std::map<std::string, std::string> encryptions(const Report& report) {
  std::map<std::string, std::string> found;
  for (const auto* item : items_of(report, "logical_volume")) {
    const auto encryption = item->attributes.text("encryption");
    if (encryption.empty()) continue;
    found["/dev/mapper/" + item->attributes.text("name")] = encryption;
    found["/dev/" + item->attributes.text("kernel_name")] = encryption;
  }
  return found;
}

void add_drives(const Report& report, json::object& content) {
  const auto encrypted = encryptions(report);
  json::array rows;
  for (const auto* item : items_of(report, "file_system")) {
    auto row = row_of(item->attributes, drive);
    const auto encryption = encrypted.find(item->attributes.text("device"));
    if (encryption != encrypted.end()) {
      row["encrypt_name"] = "cryptsetup";
      row["encrypt_status"] = "Yes";
      row["encrypt_type"] = encryption->second;
    }
    rows.push_back(std::move(row));
  }
  if (!rows.empty()) content["drives"] = std::move(rows);
}

}  // namespace

void add_storage(const Report& report, json::object& content) {
  json::array disks, volumes, groups;
  for (const auto* item : items_of(report, "disk")) disks.push_back(row_of(item->attributes, disk));
  for (const auto* item : items_of(report, "physical_volume")) {
    auto row = row_of(item->attributes, physical);
    row["format"] = "lvm2";
    if (has_all(row, {"device", "free", "pv_pe_count", "pv_uuid", "size"})) volumes.push_back(std::move(row));
  }
  for (const auto* item : items_of(report, "volume_group")) {
    auto row = row_of(item->attributes, group);
    row["vg_extent_size"] =
        std::to_string(integer_of(item->attributes, "extent_bytes") / (1024 * 1024)) + ".00";
    if (has_all(row, {"free", "lv_count", "pv_count", "size", "vg_name", "vg_uuid"}))
      groups.push_back(std::move(row));
  }
  if (!disks.empty()) content["storages"] = std::move(disks);
  if (!volumes.empty()) content["physical_volumes"] = std::move(volumes);
  if (!groups.empty()) content["volume_groups"] = std::move(groups);
  add_drives(report, content);
  add_logical_volumes(report, content);
}

}  // namespace censo::agent::glpi
