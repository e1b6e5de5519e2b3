// A variable of libsnmp's as ours.
#pragma once

#include "collector/scanner/snmp_session.h"

#include <cstddef>
#include <cstdint>

struct variable_list;

namespace censo::scanner {

// A longer string is cut to `max_string_bytes` and counted.
VarBind to_bind(const variable_list& variable, std::size_t max_string_bytes, std::uint64_t& cut_strings);

}  // namespace censo::scanner
