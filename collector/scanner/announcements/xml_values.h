// Few values of a stranger's XML.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace censo::scanner {

// The texts of the elements of these names (without prefix), in the order of the document, at most 64 of
// them. What is no XML, or nested too deep, has none; nothing is loaded, and no entity is replaced.
std::vector<std::pair<std::string, std::string>> xml_values(std::string_view xml,
                                                            std::initializer_list<std::string_view> names);

}  // namespace censo::scanner
