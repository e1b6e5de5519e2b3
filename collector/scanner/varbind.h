// Reading a variable's value without caring which of SNMP's integer or string types the device chose.
#pragma once

#include "collector/scanner/snmp_session.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace censo::scanner {

bool is_missing(const VarBind& bind);                         // an exception value or NULL
std::optional<std::int64_t> integer_of(const VarBind& bind);  // any integer type; nothing above 2^63 - 1
std::string octets_of(const VarBind& bind);                   // "" when it is no string
std::string text_of(const VarBind& bind, std::size_t max_bytes = 1024);  // printable UTF-8, one line, trimmed
std::string mac_of(const VarBind& bind);  // canonical; "" unless 6 octets, not all 0 or all ff
std::string mac_of_octets(const std::string& octets);
std::string address_of_octets(const std::string& octets);  // IPv4 from 4, IPv6 from 16; "" otherwise

}  // namespace censo::scanner
