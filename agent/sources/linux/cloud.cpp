// The cloud that this machine is rented from, and its name there: from what cloud-init noted, else from the
// texts that the provider's firmware shows.
#include "agent/attributes.h"
#include "agent/json_document.h"
#include "agent/source.h"
#include "agent/sysfs_folder.h"

#include <boost/json.hpp>

#include <algorithm>
#include <array>

namespace censo::agent::sources {
namespace {

constexpr std::string_view firmware_folder = "/sys/class/dmi/id";

// A text of the firmware that begins so, and where the instance's own id stands.
struct Provider {
  std::string_view name, file, text, id_file;
};
constexpr std::array<Provider, 17> providers{
    {{"aws", "sys_vendor", "Amazon EC2", "board_asset_tag"},
     {"aws", "bios_vendor", "Amazon EC2", "board_asset_tag"},
     {"aws", "bios_version", "4.11.amazon", ""},
     {"azure", "chassis_asset_tag", "7783-7084-3265-9085-8269-3286-77", "product_uuid"},
     {"gcp", "product_name", "Google Compute Engine", "product_serial"},
     {"oracle", "chassis_asset_tag", "OracleCloud.com", "product_serial"},
     {"alibaba", "sys_vendor", "Alibaba Cloud", "product_serial"},
     {"digitalocean", "sys_vendor", "DigitalOcean", "product_serial"},
     {"hetzner", "sys_vendor", "Hetzner", "product_serial"},
     {"vultr", "sys_vendor", "Vultr", "product_serial"},
     {"scaleway", "sys_vendor", "Scaleway", "product_serial"},
     {"linode", "sys_vendor", "Linode", "product_serial"},
     {"linode", "sys_vendor", "Akamai", "product_serial"},
     {"exoscale", "product_name", "Exoscale", "product_uuid"},
     {"upcloud", "sys_vendor", "UpCloud", "product_uuid"},
     {"openstack", "product_name", "OpenStack", "product_uuid"},
     {"tencent", "sys_vendor", "Tencent Cloud", "product_serial"}}};

// Other clouds run OpenStack under their own name.
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> resellers{
    {{"OpenTelekomCloud", "otc"}, {"HUAWEICLOUD", "huawei"}, {"SAP Converged Cloud VM", "sap"}}};

// cloud-init's standardised keys ("v1"), the same for every provider.
bool take_cloud_init(const Host& host, inventory::Attributes& subject) {
  const auto note = read_json(host, "/run/cloud-init/instance-data.json", 1024 * 1024);
  if (!note) return false;
  const auto name = text_of(*note, {"v1", "cloud_name"});
  // "nocloud" and "configdrive" say where the data came from, not whose machine it is.
  if (name.empty() || name == "nocloud" || name == "none" || name == "configdrive" || name == "unknown")
    return false;
  set_text(subject, "cloud_provider", name);
  set_text(subject, "cloud_instance_id", text_of(*note, {"v1", "instance_id"}));
  set_text(subject, "cloud_region", text_of(*note, {"v1", "region"}));
  set_text(subject, "cloud_zone", text_of(*note, {"v1", "availability_zone"}));
  return true;
}

void take_firmware(const Host& host, inventory::Attributes& subject) {
  const SysfsFolder firmware(host, std::string(firmware_folder));
  const auto provider = std::find_if(providers.begin(), providers.end(), [&](const Provider& row) {
    return base::to_lower(firmware.text(row.file)).starts_with(base::to_lower(row.text));
  });
  const auto tag = firmware.text("chassis_asset_tag");
  const auto reseller =
      std::find_if(resellers.begin(), resellers.end(), [&](const auto& row) { return row.first == tag; });
  if (reseller != resellers.end()) {
    set_text(subject, "cloud_provider", reseller->second);
    set_text(subject, "cloud_instance_id", base::to_lower(firmware.text("product_uuid")));
  } else if (provider != providers.end()) {
    set_text(subject, "cloud_provider", provider->name);
    auto id = provider->id_file.empty() ? std::string() : firmware.text(provider->id_file);
    if (id.starts_with("GoogleCloud-")) id.erase(0, 12);
    set_text(subject, "cloud_instance_id", base::to_lower(id));
  }
}

}  // namespace

base::Result<void> cloud(const Host& host, SourceOutput& out) {
  if (!take_cloud_init(host, out.section.attributes)) take_firmware(host, out.section.attributes);
  return {};
}

}  // namespace censo::agent::sources
