// How alike short texts are by the words that they share.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace censo::desk {

using Words = std::set<std::string, std::less<>>;

// At most 12 of its words, in lower case: no single letters, no words of English and Spanish that every
// sentence has.
Words telling_words(std::string_view text);

// Of a word in `count` of `total` texts: a rare one says more.
double weight_of(double count, double total);

// 0 to 1: the share of their words that both have (Sørensen and Dice).
double likeness(const Words& a, const Words& b);

}  // namespace censo::desk
