// Outcomes that the caller must decide on. What the caller cannot decide on (disk, database, memory) is an
// exception; a function takes one of the two roads, never both.
#pragma once

#include <boost/system/result.hpp>

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace censo::base {

enum class Errc {
  invalid_argument,  // the caller asked for something that makes no sense
  malformed,         // outside input that breaks its format
  not_found,
  conflict,           // the present state forbids it; also an ambiguous match
  stale,              // an older sequence or version than the one already stored
  limit_exceeded,     // a size, count, depth or time bound of ours was reached
  unauthenticated,    // nobody, or a credential that is unknown or expired
  permission_denied,  // somebody, but not allowed
  expired,            // a token or certificate past its life or its uses
  unsupported,
  unavailable,  // not now: busy, full queue; a later try may work
  timeout,
  cancelled,
  io_failed,  // a file or a connection failed where the caller goes on without it
};

// The stable lower-case word of a code ("not_found").
std::string_view name_of(Errc code);

struct Error {
  Errc code = Errc::invalid_argument;
  std::string message;  // what was expected, what was found; one sentence, no trailing full stop
  std::string where;    // JSON pointer, file:line, OID or path of the fault; empty when there is none
  std::string reason;   // stable upper-case word for programs ("TOO_DEEP"); empty when the code says all
};

// "message (where)", for people.
std::string to_string(const Error& error);

// Thrown only by a value() on a failed Result, that is, by a bug.
class BadResultAccess : public std::logic_error {
 public:
  explicit BadResultAccess(const Error& error);
};
[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location& location);

// Spelled as std::expected will be: `if (!r) return r.error();`, then `*r`.
template <class T>
class [[nodiscard]] Result : public boost::system::result<T, Error> {
 public:
  using boost::system::result<T, Error>::result;
};

inline Error fail(Errc code, std::string message, std::string where = {}, std::string reason = {}) {
  return Error{code, std::move(message), std::move(where), std::move(reason)};
}

}  // namespace censo::base
