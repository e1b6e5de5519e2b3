// How much each identifier says, by class: schemas/identification/*.yaml. Data, not code.
#pragma once

#include "base/clock.h"
#include "base/embedded.h"
#include "base/result.h"
#include "cmdb/class_catalog.h"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace censo::cmdb {

struct IdentifierWeight {
  std::string identifier;               // "mac"
  std::vector<std::string> attributes;  // that carry it: "mac_addresses", "base_mac"; also ci_key's rules
  double same = 0, more = 0, most = 0;  // most: of all values together
  double differs = 0;                   // not above 0
  bool veto = false;                    // where it differs, people decide at most
  bool strong = false;                  // names one thing
  bool completes = false;               // alone enough to link a poor record
  bool proposes = false;                // of a poor record, alone enough for a review
  bool copied = false;                  // with disks
  bool of_board = false;                // goes with the main board
  bool of_hypervisor = false;           // of MAC addresses: those that hypervisors give
  std::string qualified_by;             // an attribute: says nothing where this differs
};

struct IdentificationScheme {
  std::string class_name;
  double link = 0, review = 0;  // thresholds of the score
  bool alone = false;           // items of other schemes are never the same thing
  base::TimeMs silent_after_ms = 0;
  std::vector<IdentifierWeight> identifiers;

  const IdentifierWeight* find(std::string_view identifier) const;
};

// Immutable after loading; safe to read from any thread.
class IdentificationSchemes {
 public:
  // Takes identification/*.yaml of `files`. Errc::malformed with file and line.
  static base::Result<IdentificationSchemes> load(std::span<const base::EmbeddedFile> files);
  // The ones that ship.
  static const IdentificationSchemes& built_in();

  // Of the class or its nearest ancestor that has one; nullptr: items of this class are told apart by keys
  // alone.
  const IdentificationScheme* of_class(const ClassCatalog& catalog, std::string_view class_name) const;
  const IdentificationScheme* named(std::string_view class_name) const;  // of this very class
  // "hewlett-packard company" and "HPE" are one maker; compared by the first word.
  bool same_maker(std::string_view a, std::string_view b) const;
  bool is_moving_driver(std::string_view driver) const;
  bool is_hypervisor_mac(std::string_view canonical) const;

 private:
  std::string maker_of(std::string_view name) const;

  std::map<std::string, IdentificationScheme, std::less<>> schemes_;
  std::map<std::string, std::string, std::less<>> makers_;  // spelling -> first spelling
  std::vector<std::string> moving_drivers_, hypervisor_macs_;
};

// The weight that counts between items of two schemes: the greater one.
IdentifierWeight weight_between(const IdentifierWeight& weight, const IdentificationScheme& other);

}  // namespace censo::cmdb
