// The report in GLPI's inventory format (github.com/glpi-project/inventory_format), for servers that speak
// it.
#pragma once

#include "inventory/report.h"

#include <string>

namespace censo::agent {

// One JSON text that fits the format's schema. What the format has no place for is left out.
std::string to_glpi_json(const inventory::Report& report);

}  // namespace censo::agent
