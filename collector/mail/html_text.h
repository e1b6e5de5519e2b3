// HTML as the text that a person reads.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace censo::collector::mail {

// UTF-8, at most `max_bytes`: no tags, scripts, styles or what is hidden in comments; a line a block; the
// address of a link after its text where it is another one. Whatever the bytes are there is an answer.
// `html` is UTF-8. Safe from any thread.
std::string text_of_html(std::string_view html, std::size_t max_bytes);

}  // namespace censo::collector::mail
