// How ports speak, and over what: dot3StatsDuplexStatus of EtherLike-MIB (RFC 3635), and of MAU-MIB (RFC
// 4836, types in IANA-MAU-MIB) ifMauType, ifMauAutoNegAdminStatus and ifJackType.
#include "collector/scanner/tables/device_tables.h"
#include "collector/scanner/varbind.h"

#include <array>
#include <map>
#include <string_view>

namespace censo::scanner {
namespace {

const Oid duplex_status = oid_of({1, 3, 6, 1, 2, 1, 10, 7, 2, 1, 19});
const Oid mau_type = oid_of({1, 3, 6, 1, 2, 1, 26, 2, 1, 1, 3});
const Oid jack_type = oid_of({1, 3, 6, 1, 2, 1, 26, 2, 2, 1, 2});
const Oid auto_negotiation = oid_of({1, 3, 6, 1, 2, 1, 26, 5, 1, 1, 1});
const Oid mau_types = oid_of({1, 3, 6, 1, 2, 1, 26, 4});

struct Media {
  std::string_view name, duplex;
};
constexpr std::string_view half = "half", full = "full";
constexpr std::array<Media, 105> media_types{{
    {"", ""},
    {"AUI", ""},
    {"10BASE5", ""},
    {"FOIRL", ""},
    {"10BASE2", ""},
    {"10BASE-T", ""},
    {"10BASE-FP", ""},
    {"10BASE-FB", ""},
    {"10BASE-FL", ""},
    {"10BROAD36", ""},
    {"10BASE-T", half},
    {"10BASE-T", full},
    {"10BASE-FL", half},
    {"10BASE-FL", full},
    {"100BASE-T4", ""},
    {"100BASE-TX", half},
    {"100BASE-TX", full},
    {"100BASE-FX", half},
    {"100BASE-FX", full},
    {"100BASE-T2", half},
    {"100BASE-T2", full},
    {"1000BASE-X", half},
    {"1000BASE-X", full},
    {"1000BASE-LX", half},
    {"1000BASE-LX", full},
    {"1000BASE-SX", half},
    {"1000BASE-SX", full},
    {"1000BASE-CX", half},
    {"1000BASE-CX", full},
    {"1000BASE-T", half},
    {"1000BASE-T", full},
    {"10GBASE-X", ""},
    {"10GBASE-LX4", ""},
    {"10GBASE-R", ""},
    {"10GBASE-ER", ""},
    {"10GBASE-LR", ""},
    {"10GBASE-SR", ""},
    {"10GBASE-W", ""},
    {"10GBASE-EW", ""},
    {"10GBASE-LW", ""},
    {"10GBASE-SW", ""},
    {"10GBASE-CX4", ""},
    {"2BASE-TL", ""},
    {"10PASS-TS", ""},
    {"100BASE-BX10-D", ""},
    {"100BASE-BX10-U", ""},
    {"100BASE-LX10", ""},
    {"1000BASE-BX10-D", ""},
    {"1000BASE-BX10-U", ""},
    {"1000BASE-LX10", ""},
    {"1000BASE-PX10-D", ""},
    {"1000BASE-PX10-U", ""},
    {"1000BASE-PX20-D", ""},
    {"1000BASE-PX20-U", ""},
    {"10GBASE-T", ""},
    {"10GBASE-LRM", ""},
    {"1000BASE-KX", ""},
    {"10GBASE-KX4", ""},
    {"10GBASE-KR", ""},
    {"10/1GBASE-PRX-D1", ""},
    {"10/1GBASE-PRX-D2", ""},
    {"10/1GBASE-PRX-D3", ""},
    {"10/1GBASE-PRX-U1", ""},
    {"10/1GBASE-PRX-U2", ""},
    {"10/1GBASE-PRX-U3", ""},
    {"10GBASE-PR-D1", ""},
    {"10GBASE-PR-D2", ""},
    {"10GBASE-PR-D3", ""},
    {"10GBASE-PR-U1", ""},
    {"10GBASE-PR-U3", ""},
    {"40GBASE-KR4", ""},
    {"40GBASE-CR4", ""},
    {"40GBASE-SR4", ""},
    {"40GBASE-FR", ""},
    {"40GBASE-LR4", ""},
    {"100GBASE-CR10", ""},
    {"100GBASE-SR10", ""},
    {"100GBASE-LR4", ""},
    {"100GBASE-ER4", ""},
    {"1000BASE-T1", ""},
    {"1000BASE-PX30-D", ""},
    {"1000BASE-PX30-U", ""},
    {"1000BASE-PX40-D", ""},
    {"1000BASE-PX40-U", ""},
    {"10/1GBASE-PRX-D4", ""},
    {"10/1GBASE-PRX-U4", ""},
    {"10GBASE-PR-D4", ""},
    {"10GBASE-PR-U4", ""},
    {"25GBASE-CR", ""},
    {"25GBASE-CR-S", ""},
    {"25GBASE-KR", ""},
    {"25GBASE-KR-S", ""},
    {"25GBASE-R", ""},
    {"25GBASE-SR", ""},
    {"25GBASE-T", ""},
    {"40GBASE-ER4", ""},
    {"40GBASE-R", ""},
    {"40GBASE-T", ""},
    {"100GBASE-CR4", ""},
    {"100GBASE-KR4", ""},
    {"100GBASE-KP4", ""},
    {"100GBASE-R", ""},
    {"100GBASE-SR4", ""},
    {"2.5GBASE-T", ""},
    {"5GBASE-T", ""},
}};
static_assert(media_types.back().name == "5GBASE-T");
constexpr std::array<std::string_view, 17> jacks{"",
                                                 "",
                                                 "rj45",
                                                 "rj45 shielded",
                                                 "db9",
                                                 "bnc",
                                                 "aui",
                                                 "aui",
                                                 "fiber sc",
                                                 "fiber mic",
                                                 "fiber st",
                                                 "telco",
                                                 "mt-rj",
                                                 "hssdc",
                                                 "fiber lc",
                                                 "cx4",
                                                 "sfp+ direct attach"};

using Ports = std::map<std::int64_t, inventory::Attributes*>;  // by ifIndex

// The attributes of the port that a row of a table of MAU-MIB belongs to; nullptr: of none.
inventory::Attributes* port_of(const Ports& ports, const VarBind& bind, const Oid& column) {
  const auto index = index_of(bind, column);
  const auto port = index.empty() ? ports.end() : ports.find(index[0]);
  return port == ports.end() ? nullptr : port->second;
}

void set_if_absent(inventory::Attributes& attributes, std::string_view name, std::string_view value) {
  if (!attributes.find(name)) attributes.set(name, value);
}

// A port with several transceivers has what the first one is.
bool read_types(Reading& reading, const Ports& ports) {
  bool any = false;
  for (const auto& bind : reading.column(mau_type)) {
    any = true;
    const auto* type = std::get_if<Oid>(&bind.value);
    auto* port = port_of(ports, bind, mau_type);
    if (!type || !port || !type->starts_with(mau_types) || type->arcs.size() != mau_types.arcs.size() + 1)
      continue;
    const auto number = type->arcs.back();
    if (number >= media_types.size()) continue;
    set_if_absent(*port, "media", media_types[number].name);
    set_if_absent(*port, "duplex", media_types[number].duplex);
  }
  return any;
}

void read_jacks(Reading& reading, const Ports& ports) {
  for (const auto& bind : reading.column(jack_type)) {
    auto* port = port_of(ports, bind, jack_type);
    const auto type = integer_of(bind).value_or(0);
    if (port && type > 0 && type < static_cast<std::int64_t>(jacks.size()))
      set_if_absent(*port, "connector", jacks[static_cast<std::size_t>(type)]);
  }
}

void read_auto_negotiation(Reading& reading, const Ports& ports) {
  constexpr std::int64_t enabled = 1, disabled = 2;
  for (const auto& bind : reading.column(auto_negotiation)) {
    auto* port = port_of(ports, bind, auto_negotiation);
    const auto status = integer_of(bind).value_or(0);
    if (port && (status == enabled || status == disabled) && !port->find("auto_negotiation"))
      port->set("auto_negotiation", status == enabled);
  }
}

void read_duplex(Reading& reading, const Ports& ports) {
  constexpr std::int64_t half_duplex = 2, full_duplex = 3;
  for (const auto& bind : reading.column(duplex_status)) {
    auto* port = port_of(ports, bind, duplex_status);
    const auto status = integer_of(bind).value_or(0);
    if (port && (status == half_duplex || status == full_duplex))
      port->set("duplex", status == half_duplex ? half : full);
  }
}

}  // namespace

void read_media(Reading& reading) {
  Ports ports;
  for (auto& item : reading.section().items) {
    if (item.attributes.text("type") == "ethernet")
      ports.emplace(item.attributes.integer("if_index"), &item.attributes);
  }
  if (ports.empty()) return;
  read_duplex(reading, ports);
  if (!read_types(reading, ports)) return;  // it has no MAU-MIB
  read_jacks(reading, ports);
  read_auto_negotiation(reading, ports);
}

}  // namespace censo::scanner
