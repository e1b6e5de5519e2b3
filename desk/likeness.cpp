#include "desk/likeness.h"

#include "desk/ticket_store.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace censo::desk {
namespace {

constexpr std::size_t most_words = 12;

constexpr std::array<std::string_view, 60> empty_words{
    "after", "again", "al",   "an", "and", "are",  "as",   "at",    "be",   "by",   "can", "con",
    "de",    "del",   "does", "el", "en",  "es",   "está", "every", "for",  "from", "has", "have",
    "he",    "in",    "is",   "it", "its", "la",   "las",  "lo",    "los",  "me",   "mi",  "my",
    "no",    "not",   "of",   "on", "or",  "para", "por",  "que",   "se",   "she",  "sin", "since",
    "su",    "the",   "this", "to", "un",  "una",  "was",  "we",    "when", "with", "ya",  "you"};
static_assert(std::is_sorted(empty_words.begin(), empty_words.end()));

bool tells(const std::string& word) {
  return word.size() > 1 && !std::binary_search(empty_words.begin(), empty_words.end(), word);
}

}  // namespace

Words telling_words(std::string_view text) {
  Words telling;
  for (const auto& word : words_of(text)) {
    if (telling.size() == most_words) break;
    if (tells(word)) telling.insert(word);
  }
  return telling;
}

double weight_of(double count, double total) {
  return std::log1p(total / std::max(count, 1.0));
}

double likeness(const Words& a, const Words& b) {
  const auto shared = std::count_if(a.begin(), a.end(), [&](const auto& word) { return b.contains(word); });
  const auto all = a.size() + b.size();
  return all == 0 ? 0 : 2.0 * static_cast<double>(shared) / static_cast<double>(all);
}

}  // namespace censo::desk
