// Makers by enterprise number (IANA) and by the first octets of a MAC address (IEEE).
#pragma once

#include "base/result.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace censo::scanner {

// Wireshark's tables as Debian's libwireshark-data has them, built into the program.
std::string_view built_in_enterprises();
std::string_view built_in_manuf();

// "Brother HL-5370DW" of Brother is an HL-5370DW.
std::string without_maker(const std::string& model, const std::string& maker);

class VendorNames {
 public:
  VendorNames();
  // Lines "NUMBER<white space>NAME"; others are passed over. The text replaces the one before.
  void use_enterprises(std::string text);
  // Lines "00:00:0C<tab>short name<tab>long name".
  void use_manuf(std::string text);
  // schemas/devices/vendors.yaml: names that people use, and numbers that tell nothing. Errc::malformed.
  base::Result<void> add_names(std::string_view path, std::string_view yaml);

  std::string of_enterprise(std::uint32_t number) const;
  std::string of_mac(std::string_view mac) const;

 private:
  void index_enterprises();
  std::string of_block(const std::string& block) const;  // as the lines of manuf begin

  std::string own_enterprises_, own_manuf_;
  std::string_view enterprises_, manuf_;
  std::vector<std::pair<std::uint32_t, std::string_view>> by_number_;  // sorted
  std::map<std::uint32_t, std::string> names_;
  std::set<std::uint32_t> silent_;
};

}  // namespace censo::scanner
