// A request's line and fields, checked: what is ambiguous is refused, since two readers would understand it
// in two ways.
#pragma once

#include "base/result.h"
#include "collector/http/target.h"
#include "collector/route.h"

#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/message.hpp>

#include <string>

namespace censo::collector::http {

using Head = boost::beast::http::request_header<>;

struct RequestHead {
  Request request;  // method, path, host and content fields
  Target target;
  std::string bearer;  // token of Authorization, empty without one
  bool basic = false;  // it came as a password: only the feed for calendar programs takes it so
  bool expects_continue = false;
};

// Errc::invalid_argument with the field in `where`; Errc::limit_exceeded HEADER_TOO_LARGE; reason
// AMBIGUOUS_LENGTH for what would let another reader see another end of the body.
base::Result<RequestHead> read_head(const Head& head, std::size_t max_fields);

}  // namespace censo::collector::http
