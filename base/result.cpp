#include "base/result.h"

namespace censo::base {

std::string_view name_of(Errc code) {
  switch (code) {
    case Errc::invalid_argument: return "invalid_argument";
    case Errc::malformed: return "malformed";
    case Errc::not_found: return "not_found";
    case Errc::conflict: return "conflict";
    case Errc::stale: return "stale";
    case Errc::limit_exceeded: return "limit_exceeded";
    case Errc::unauthenticated: return "unauthenticated";
    case Errc::permission_denied: return "permission_denied";
    case Errc::expired: return "expired";
    case Errc::unsupported: return "unsupported";
    case Errc::unavailable: return "unavailable";
    case Errc::timeout: return "timeout";
    case Errc::cancelled: return "cancelled";
    case Errc::io_failed: return "io_failed";
  }
  return "unknown";
}

std::string to_string(const Error& error) {
  if (error.where.empty()) return error.message;
  return error.message + " (" + error.where + ")";
}

BadResultAccess::BadResultAccess(const Error& error)
    : std::logic_error("value of a failed result: " + to_string(error)) {}

void throw_exception_from_error(const Error& error, const boost::source_location&) {
  throw BadResultAccess(error);
}

}  // namespace censo::base
