// Text from a report or a server on somebody's terminal: nothing in it can move the cursor, hide or reverse
// other text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace censo::agent {

// Control characters, bidirectional controls, invisible characters and invalid bytes as \n, \x1b, \u202e.
std::string visible(std::string_view text);

// Characters, as a terminal counts them; wide and combining ones count as one.
std::size_t width_of(std::string_view text);

// At most `width` characters; a cut is shown by "…". Otherwise filled up with spaces when `fill`.
std::string fitted(std::string_view text, std::size_t width, bool fill);

}  // namespace censo::agent
