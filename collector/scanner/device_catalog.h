// All device definitions, and whose numbers are whose. Immutable once loaded: any thread may read it.
#pragma once

#include "base/embedded.h"
#include "base/result.h"
#include "collector/scanner/device_definition.h"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace censo::scanner {

// What identification starts from.
struct DeviceSignature {
  Oid object_id;  // sysObjectID; empty when the device has none
  std::string sys_descr, sys_name;
};

// A definition that fits so far, by which of its rules.
struct Candidate {
  const DeviceDefinition* definition = nullptr;
  const MatchRule* rule = nullptr;
  std::size_t prefix = 0;  // arcs of sysObjectID that the rule names
};

class VendorNames;

class DeviceCatalog {
 public:
  // The definitions of the program (schemas/devices/).
  static base::Result<DeviceCatalog> built_in();
  // With a site's own files: *.yaml replace definitions of the same name or add to them, vendors.yaml adds to
  // the names of makers; enterprises.tsv and manuf (Wireshark's) replace the built-in numbers. A missing
  // folder adds nothing. Errors have file and line.
  static base::Result<DeviceCatalog> with_folder(const std::string& folder);
  static base::Result<DeviceCatalog> load(std::span<const base::EmbeddedFile> files);

  // Those whose rules fit the signature, best first: precedence, then the longest sysObjectID prefix, then
  // rules with a presence or pattern before those without. Presences are not tried yet.
  std::vector<Candidate> candidates(const DeviceSignature& signature) const;
  const DeviceDefinition& fallback() const { return *fallback_; }  // "standard", in which all others end
  const DeviceDefinition* find(std::string_view name) const;
  std::size_t size() const { return definitions_.size(); }

  // Whose enterprise number it is, "" when nobody knows, or when it tells nothing about the maker (agents of
  // general use, chips).
  std::string enterprise_name(const Oid& object_id) const;
  std::string owner_of_mac(std::string_view mac) const;  // canonical form

 private:
  DeviceCatalog() = default;
  base::Result<void> add(const base::EmbeddedFile& file);
  base::Result<void> link();
  const DeviceDefinition* parent_of(const DeviceDefinition& definition) const;

  std::vector<std::unique_ptr<DeviceDefinition>> definitions_;
  const DeviceDefinition* fallback_ = nullptr;
  std::shared_ptr<VendorNames> vendors_;  // shared: a catalogue can be moved while the type is not known here
};

}  // namespace censo::scanner
