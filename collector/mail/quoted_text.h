// What is new in an answer.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace censo::collector::mail {

// Without what it quotes at its end: from a line with one of the markers on, or from where a mail program
// begins to repeat the mail that is answered. All of it, where nothing would be left.
std::string without_quotes(std::string_view text, const std::vector<std::string>& markers);

}  // namespace censo::collector::mail
