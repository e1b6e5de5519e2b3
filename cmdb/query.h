// The language of searches: `class:server os~"Debian 12" seen<7d software:openssl<3.0.15 -stage:stock "free
// text"`. Here is its form alone; which fields there are and what they mean stands in query_terms.h.
// docs/search.md explains it.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace censo::cmdb {

enum class Comparison : std::uint8_t {
  is,  // ":" the field's own meaning: a class or a subclass, a list that has it, a text that is it
  equal,
  not_equal,
  contains,
  less,
  at_most,
  greater,
  at_least,
  range,  // value to upper, both included; an empty side is open
};
// As it is written: ":", "<=". A range is ":", its dots stand between the values.
std::string_view sign_of(Comparison comparison);

struct QueryTerm {
  std::string field;  // empty: free text, found in names and identifiers
  Comparison comparison = Comparison::contains;
  std::string value;
  std::string upper;                               // of a range
  bool prefix = false;                             // "web*"
  Comparison version_comparison = Comparison::is;  // "software:openssl<3.0.15"; is: none
  std::string version;
  std::size_t position = 0;  // of its first character in the text, counted from 1; not compared
  friend bool operator==(const QueryTerm& a, const QueryTerm& b);
};

// A tree. An empty text is `all_of` of nothing: everything.
struct Query {
  enum class Kind : std::uint8_t { term, all_of, any_of, none_of };
  Kind kind = Kind::all_of;
  QueryTerm term;            // of a term
  std::vector<Query> parts;  // of the others; none_of has one
  friend bool operator==(const Query&, const Query&) = default;
};

struct QueryLimits {
  std::size_t bytes = 2'000, terms = 100, depth = 16;
};

// Errc::malformed, Errc::limit_exceeded: what was expected and found, and `where` "q:<character>".
base::Result<Query> parse_query(std::string_view text, const QueryLimits& limits = {});

// A text that gives the same tree again.
std::string to_text(const Query& query);
std::string to_text(const QueryTerm& term);

// How errors name a place in the text.
std::string place_in_query(std::size_t position);

}  // namespace censo::cmdb
