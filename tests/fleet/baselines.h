// The identification rules of other systems, as their documentation and sources state them, in memory and
// without their databases: what they make of the same reports. Defaults throughout.
#pragma once

#include "tests/fleet/engine.h"

namespace censo::fleet {

// GLPI 10: the rule table of inventory imports in rank order, first match wins, blacklists before it. No
// memory of the agent: every report runs through the rules.
Engine glpi_rules();

// OCS Inventory: a known device id is the machine; a new one is merged where host name, serial number and one
// MAC address all agree (AUTO_DUPLICATE_LVL 7).
Engine ocs_rules();

// ServiceNow IRE: the source's native key, then the Hardware rule by priority: typed serials, serial number,
// name, MAC of an adapter. With several matches the oldest is updated and a de-duplication task is made.
Engine ire_rules();

}  // namespace censo::fleet
