// The service's user, for root who enrols a probe.
#pragma once

#include "base/result.h"

#include <string>

namespace censo::collector::probe {

// Root becomes the user "censo" for good, whose state folder is made where it is missing; so what it writes
// is the service's. Nothing happens for others, and where there is no such user. Before any thread starts.
// Errc::io_failed.
base::Result<void> become_service_user(const std::string& state_folder);

}  // namespace censo::collector::probe
