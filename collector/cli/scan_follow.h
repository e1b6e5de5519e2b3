// A run as it goes on.
#pragma once

#include "collector/cli/commands.h"

#include <boost/json/value.hpp>

#include <string>

namespace censo::cli {

// "running: 12 of 254 addresses, 3 answered"
std::string progress_of(const boost::json::value& run);

// Prints each device as it is done, a line each (JSON: every event, a line each), and the counts on standard
// error, until the run ends; its last state. A stream that breaks off is taken up again where it ended.
base::Result<boost::json::value> follow_run(ApiClient& client, const std::string& run_id,
                                            const Session& session);

}  // namespace censo::cli
