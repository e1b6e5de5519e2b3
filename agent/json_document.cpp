#include "agent/json_document.h"

#include <boost/json.hpp>

namespace censo::agent {

base::Result<boost::json::value> read_json(const Host& host, const std::string& path, std::size_t max_bytes) {
  const auto text = host.read_file(path, max_bytes);
  if (!text) return text.error();
  boost::system::error_code failed;
  auto value = boost::json::parse(*text, failed);
  if (failed) return base::fail(base::Errc::malformed, "expected JSON: " + failed.message(), path);
  return value;
}

const boost::json::value* member(const boost::json::value& value,
                                 std::initializer_list<std::string_view> names) {
  const auto* found = &value;
  for (const auto name : names) {
    const auto* object = found->if_object();
    found = object == nullptr ? nullptr : object->if_contains(name);
    if (found == nullptr) return nullptr;
  }
  return found;
}

std::string text_of(const boost::json::value& value, std::initializer_list<std::string_view> names) {
  const auto* found = member(value, names);
  return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

bool flag_of(const boost::json::value& value, std::initializer_list<std::string_view> names) {
  const auto* found = member(value, names);
  return found != nullptr && found->is_bool() && found->get_bool();
}

}  // namespace censo::agent
