// Texts of rules with names in them that are filled in.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace censo::desk {

// The text with each {name} replaced by its value, which is not looked into again. A brace that begins no
// name stays.
std::string filled(std::string_view text, const std::function<std::string(std::string_view name)>& value);

}  // namespace censo::desk
