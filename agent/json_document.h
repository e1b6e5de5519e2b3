// JSON files of other programs, read leniently: what is missing or of another type is empty.
#pragma once

#include "agent/host.h"

#include <boost/json/fwd.hpp>

#include <string>
#include <string_view>

namespace censo::agent {

// Errc::malformed names the file. Nested at most 32 deep.
base::Result<boost::json::value> read_json(const Host& host, const std::string& path, std::size_t max_bytes);

// The member below these names, nullptr when there is none.
const boost::json::value* member(const boost::json::value& value,
                                 std::initializer_list<std::string_view> names);
std::string text_of(const boost::json::value& value, std::initializer_list<std::string_view> names);
bool flag_of(const boost::json::value& value, std::initializer_list<std::string_view> names);

}  // namespace censo::agent
