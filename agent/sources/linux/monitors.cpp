// Displays by the EDID that the graphics driver read from each connector: /sys/class/drm/card0-HDMI-A-1.
#include "agent/attributes.h"
#include "agent/device_names.h"
#include "agent/edid.h"
#include "agent/source.h"
#include "agent/sysfs_folder.h"

#include <cmath>

namespace censo::agent::sources {
namespace {

constexpr std::size_t max_edid_bytes = 32 * 1024;  // 256 blocks
constexpr double mm_per_inch = 25.4;

// "card0-HDMI-A-1" is the connector HDMI-A-1; "card0" and "renderD128" are none.
std::string connector_of(const std::string& name) {
  const auto dash = name.find('-');
  return name.starts_with("card") && dash != std::string::npos ? name.substr(dash + 1) : std::string();
}

// The list of all makers, where the package hwdata is installed: "ACR\tAcer Technologies".
std::string maker_of_host(const Host& host, const std::string& letters) {
  const auto list = host.read_file("/usr/share/hwdata/pnp.ids");
  if (!list) return {};
  const auto line = ("\n" + *list).find("\n" + letters + "\t");
  if (line == std::string::npos) return {};
  const auto name = std::string_view(*list).substr(line + letters.size() + 1);
  return std::string(base::trim(name.substr(0, name.find('\n'))));
}

std::string maker_name(const Host& host, const std::string& letters) {
  if (const auto known = display_maker(letters); !known.empty()) return std::string(known);
  const auto listed = maker_of_host(host, letters);
  return listed.empty() ? letters : listed;
}

void set_size(const Edid& edid, inventory::Attributes& attributes) {
  const double diagonal_mm = std::hypot(edid.width_mm, edid.height_mm);
  if (diagonal_mm > 0) attributes.set("size_inches", std::round(diagonal_mm / mm_per_inch * 10) / 10);
  if (edid.width_pixels > 0 && edid.height_pixels > 0) {
    set_text(attributes, "resolution",
             std::to_string(edid.width_pixels) + "x" + std::to_string(edid.height_pixels));
  }
}

void set_date(const Edid& edid, inventory::Attributes& attributes) {
  set_count(attributes, edid.is_model_year ? "model_year" : "manufacture_year", edid.year);
  set_count(attributes, "manufacture_week", edid.week);
}

void add_monitor(const Host& host, const Edid& edid, const std::string& connector, SourceOutput& out) {
  auto& item = out.add("monitor");
  item.ref = "monitor:" + connector;
  auto& attributes = item.attributes;
  const bool has_maker = edid.maker.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == std::string::npos;
  if (has_maker) set_text(attributes, "edid_manufacturer", edid.maker);
  set_text(attributes, "edid_product", hex4(edid.product));
  if (has_maker) set_text(attributes, "manufacturer", maker_name(host, edid.maker));
  set_text(attributes, "model", edid.name);
  set_text(attributes, "connector", connector);
  set_text(attributes, "other_serial_number", other_serial(edid));
  attributes.set("edid_serial", std::int64_t{edid.number});
  const auto serial = label_serial(edid);
  set_text(attributes, "serial_number", serial);
  attributes.set("digital", edid.digital);
  set_size(edid, attributes);
  set_date(edid, attributes);
  if (!serial.empty()) return;
  // Without a number of its own it is the one at this connector of this machine.
  set_text(attributes, "place", connector + " " + edid.maker + hex4(edid.product));
  out.section.relationships.push_back({"attached_to", item.ref, "self", {}});
}

}  // namespace

base::Result<void> monitors(const Host& host, SourceOutput& out) {
  constexpr std::string_view folder = "/sys/class/drm";
  if (const auto names = host.list_folder(folder); !names) return names.error();
  for (const auto& [name, connector] : folders_in(host, std::string(folder))) {
    const auto connector_name = connector_of(name);
    if (connector_name.empty()) continue;
    const auto bytes = host.read_file(connector.path() + "/edid", max_edid_bytes);
    if (!bytes || bytes->empty()) continue;  // nothing is plugged in
    const auto edid = parse_edid(*bytes);
    if (!edid) {
      out.partial(base::fail(edid.error().code, edid.error().message, connector.path() + "/edid"));
      continue;
    }
    add_monitor(host, *edid, connector_name, out);
  }
  return {};
}

}  // namespace censo::agent::sources
