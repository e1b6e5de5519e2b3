#include "collector/scanner/tables/row_values.h"

#include "collector/scanner/tables/ip_index.h"
#include "collector/scanner/varbind.h"

namespace censo::scanner {

std::string address_in(const TableRow& row, std::uint32_t column) {
  const auto* bind = row.find(column);
  const auto octets = bind ? octets_of(*bind) : std::string();
  return is_loopback_or_none(octets) ? std::string() : address_of_octets(octets);
}

}  // namespace censo::scanner
