// What a failure looks like from outside: the one table of Errc to HTTP status, and problem+json (RFC 9457).
#pragma once

#include "base/result.h"
#include "collector/route.h"

#include <string_view>

namespace censo::collector::http {

int status_of(const base::Error& error);
std::string_view title_of(int status);

// Never carries inner details: of codes that answer 500 only the code is told.
Response problem(const base::Error& error, std::string_view request_id);

}  // namespace censo::collector::http
