// How alike short texts are by the words that they share, a rare word counting more than a common one.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace censo::desk {

using Words = std::set<std::string, std::less<>>;
using WordWeights = std::map<std::string, double, std::less<>>;

// At most 12 of its words, in lower case: no single letters, no words of English and Spanish that every
// sentence has.
Words telling_words(std::string_view text);

// Of a word in `count` of `total` texts.
double weight_of(double count, double total);

// 0 to 1: what both have of what either has. A word without a weight counts 0.
double likeness(const Words& a, const Words& b, const WordWeights& weights);

}  // namespace censo::desk
