// Which definition fits the device being read, and what it finds by it.
#pragma once

#include "collector/scanner/device_catalog.h"
#include "collector/scanner/inventory_device.h"
#include "collector/scanner/tables/reading.h"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace censo::scanner {

// What the standard tables told before.
struct DeviceParts {
  Table entities;
  std::string mac;  // of the device, or of its first port
};

// One device; uses `reading` and `catalog` while it lives.
class DeviceIdentity {
 public:
  // Asks for the variables whose presence the fitting rules name, and takes the best rule that holds.
  DeviceIdentity(Reading& reading, const DeviceCatalog& catalog, DeviceSignature signature);

  // The best value that the definition or one it inherits from finds; "" when none does. Asks the device.
  std::string find(std::string_view attribute, const DeviceParts& parts);
  // Number and name of each VLAN, by the first table that has rows. Asks the device.
  std::map<std::int64_t, std::string> vlans();
  // The parts of all tables that the definition names, without ENTITY-MIB. Asks the device.
  std::vector<inventory::Item> parts();
  const DeviceMatch& match() const { return match_; }

 private:
  void choose();
  void ask(const std::vector<Oid>& oids);
  const VarBind* variable(const Oid& oid) const;
  Oid placed(const PlacedOid& at) const;
  bool holds(const MatchRule& rule) const;
  void ask_for_scalars();
  std::string value_of(const ValueSource& source, const DeviceDefinition& owner, const DeviceParts& parts);
  std::string raw_value(const ValueSource& source, const DeviceDefinition& owner, const DeviceParts& parts);
  std::string column_value(const ValueSource& source);
  const std::vector<VarBind>& column(const Oid& root);
  bool is_chosen(const ValueSource& source, const VarBind& bind);
  std::string joined(const ValueSource& source, const DeviceDefinition& owner, const DeviceParts& parts);
  std::string model_name(const DeviceDefinition& owner) const;

  Reading& reading_;
  const DeviceCatalog& catalog_;
  const DeviceSignature signature_;
  const DeviceDefinition* definition_ = nullptr;
  DeviceMatch match_;
  std::map<Oid, VarBind> variables_;
  std::set<Oid> asked_;
  std::map<Oid, std::vector<VarBind>> columns_;
};

}  // namespace censo::scanner
