// What schemas/devices/ says of a family of devices: how to recognise it and where its maker, model, version
// and serial number are found (docs/device-definitions.md).
#pragma once

#include "collector/scanner/devices/pattern.h"
#include "collector/scanner/snmp_session.h"

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace censo::scanner {

// Attributes of the subject that a definition can find.
inline constexpr std::array<std::string_view, 8> device_attributes{
    "manufacturer",     "model",     "serial_number", "os_version",
    "firmware_version", "asset_tag", "device_type",   "architecture"};

// Where an object identifier starts: at the root, at the enterprise's number, at the device's sysObjectID, or
// one number above it.
enum class OidBase { root, enterprise, object, parent };

struct PlacedOid {
  OidBase base = OidBase::root;
  Oid oid;
};

// One place where a value may be found.
struct ValueSource {
  enum class Kind {
    scalar,      // the variable `at`
    column,      // the first row of the column `at` that has a value
    sys_descr,   // what `pattern` captures of sysDescr
    sys_name,    // the same of sysName
    text,        // `text` itself
    models,      // the definition's table of models, by sysObjectID
    entity,      // the column `text` of the first part of the class `entity_class`
    enterprise,  // the owner of sysObjectID's enterprise number
    oui,         // the owner of the device's first MAC address
    joined       // all `parts` that have a value, with `text` between them
  };
  struct Row {  // takes the column's row where another column says so
    PlacedOid at;
    Pattern pattern;
  };
  Kind kind = Kind::text;
  PlacedOid at;
  std::string text;
  std::int64_t entity_class = 0;
  std::optional<Pattern> pattern;  // the value is its first group, or all of it; no match: no value
  std::optional<Pattern> unless;   // a text in which this is found is no value
  std::optional<Row> where;
  std::optional<PlacedOid> row;              // a variable: its value is the last number of the column's row
  std::map<std::string, std::string> words;  // value -> what it means; with "*" for all others
  std::string (*convert)(const std::string& octets) = nullptr;
  std::vector<ValueSource> parts;
  int line = 0;
};

// All that is given must hold.
struct MatchRule {
  struct Presence {
    PlacedOid oid;
    std::optional<Pattern> pattern;
  };
  std::vector<Oid> object_prefixes;   // one of them
  std::vector<Pattern> sys_descr;     // one of them
  std::optional<Pattern> enterprise;  // the name of the enterprise number's owner
  std::optional<Pattern> sys_name;
  std::vector<Presence> present;  // one of them
  int line = 0;
};

// A table of the VLANs that a device has.
struct VlanTable {
  ValueSource name;                 // a column
  std::optional<PlacedOid> number;  // the column of VLAN ids; without it the last number of the index
};

// A table of the parts that a device is made of, for devices without ENTITY-MIB.
struct PartTable {
  ValueSource rows;                          // a column: each of its rows is a part
  std::map<std::string, PlacedOid> columns;  // by attribute of physical_entity
  std::string entity_class;
};

struct DeviceDefinition {
  std::string name, file;
  std::string extends;  // in the same folder, in general/, or with its folder; "" only where all others end
  const DeviceDefinition* parent = nullptr;
  std::int64_t precedence = 0;
  std::vector<MatchRule> match;                                          // one of them; none: only a parent
  std::map<std::string, std::vector<ValueSource>, std::less<>> sources;  // by attribute, best first
  std::vector<VlanTable> vlans;                                          // best first
  std::vector<PartTable> parts;                                          // all of them
  std::vector<Pattern> descriptions;  // of sysDescr; named groups are attributes, after the sources
  Oid models_under;
  std::map<Oid, std::string> models;  // by what follows models_under
};

// One file; `path` is relative to schemas/devices/ (or to a site's own folder) and gives the name.
// Errc::malformed with file and line.
base::Result<DeviceDefinition> parse_device_definition(std::string_view path, std::string_view yaml);

}  // namespace censo::scanner
