// In which order a device is asked with the credentials of its job.
#pragma once

#include "collector/scanner/snmp_session.h"

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace censo::scanner {

// At most three, version 3 first: whoever answers it is never sent a community in clear text. Version 1 last:
// it is slow.
std::vector<SnmpCredential> in_order(const std::vector<SnmpCredential>& credentials);

// Places among those `in_order`, from `first` on. `learnt` is the name of the one that read the device last
// time ("": none): it goes before the others of its version, so that a device that counts failed log-ins has
// none to count.
std::vector<std::size_t> places_to_try(std::span<const SnmpCredential> ordered, std::size_t first,
                                       std::string_view learnt);

}  // namespace censo::scanner
