// An answer to "what if these fail" as text for people: a tree from the failed items on.
#pragma once

#include <boost/json/value.hpp>

#include <string>

namespace censo::cli {

// One line an item, below the one it is reached through: name, class, verdict, reason. A group is one line
// with its count and first names; what is reached through its members stands at the end. A line for the
// counts comes first.
std::string impact_tree(const boost::json::value& answer);

}  // namespace censo::cli
