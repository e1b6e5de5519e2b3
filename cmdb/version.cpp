#include "cmdb/version.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace censo::cmdb {
namespace {

using Order = std::weak_ordering;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Takes the digits in front.
std::string_view take_number(std::string_view& text) {
  const auto end = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto number = text.substr(0, end);
  text.remove_prefix(end);
  return number;
}

// Of any length; "" is 0.
Order compare_numbers(std::string_view a, std::string_view b) {
  a.remove_prefix(std::min(a.find_first_not_of('0'), a.size()));
  b.remove_prefix(std::min(b.find_first_not_of('0'), b.size()));
  if (a.size() != b.size()) return a.size() <=> b.size();
  return a.compare(b) <=> 0;
}

struct Parts {
  std::string_view epoch, version, release;
  bool has_release = false;
};

// "1:2.3-4"; the last hyphen begins the release.
Parts parts_of(std::string_view text) {
  Parts parts;
  const auto colon = text.find(':');
  if (colon != text.npos && text.find_first_not_of("0123456789") == colon) {
    parts.epoch = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  const auto hyphen = text.rfind('-');
  parts.version = text.substr(0, hyphen);
  parts.has_release = hyphen != text.npos;
  if (parts.has_release) parts.release = text.substr(hyphen + 1);
  return parts;
}

// Debian: "~" before the end, the end before letters, letters before all else.
int weight(std::string_view text) {
  if (text.empty() || is_digit(text.front())) return 0;
  if (text.front() == '~') return -1;
  const int character = static_cast<unsigned char>(text.front());
  return is_letter(text.front()) ? character : character + 256;
}

Order compare_debian_part(std::string_view a, std::string_view b) {
  while (!a.empty() || !b.empty()) {
    while ((!a.empty() && !is_digit(a.front())) || (!b.empty() && !is_digit(b.front()))) {
      if (weight(a) != weight(b)) return weight(a) <=> weight(b);
      a.remove_prefix(1);
      b.remove_prefix(1);
    }
    const auto number_a = take_number(a), number_b = take_number(b);
    if (const auto order = compare_numbers(number_a, number_b); order != 0) return order;
  }
  return Order::equivalent;
}

Order compare_debian(std::string_view a, std::string_view b) {
  const Parts left = parts_of(a), right = parts_of(b);
  if (const auto order = compare_numbers(left.epoch, right.epoch); order != 0) return order;
  if (const auto order = compare_debian_part(left.version, right.version); order != 0) return order;
  return compare_debian_part(left.release, right.release);
}

void skip_separators(std::string_view& text) {
  const auto matters = [](char c) { return is_digit(c) || is_letter(c) || c == '~' || c == '^'; };
  const auto first = std::ranges::find_if(text, matters);
  text.remove_prefix(static_cast<std::size_t>(first - text.begin()));
}

std::string_view take_word(std::string_view& text) {
  const auto end = static_cast<std::size_t>(std::ranges::find_if_not(text, is_letter) - text.begin());
  const auto word = text.substr(0, end);
  text.remove_prefix(end);
  return word;
}

// "~" and "^" at the front of either: nothing decided and both passed over, or decided. They order against
// the end of the other: 1.0~rc1 < 1.0 < 1.0^git1 < 1.0.1.
struct Marked {
  bool decided = false, passed = false;
  Order order = Order::equivalent;
};
Marked compare_marks(std::string_view& a, std::string_view& b) {
  for (const char mark : {'~', '^'}) {
    const bool in_a = a.starts_with(mark), in_b = b.starts_with(mark);
    if (in_a && in_b) {
      a.remove_prefix(1);
      b.remove_prefix(1);
      return {false, true, Order::equivalent};
    }
    if (!in_a && !in_b) continue;
    const bool other_ended = in_a ? b.empty() : a.empty();
    const bool marked_is_newer = mark == '^' && other_ended;
    return {true, false, in_a == marked_is_newer ? Order::greater : Order::less};
  }
  return {};
}

// rpmvercmp.
Order compare_rpm_part(std::string_view a, std::string_view b) {
  while (!a.empty() || !b.empty()) {
    skip_separators(a);
    skip_separators(b);
    const Marked marked = compare_marks(a, b);
    if (marked.decided) return marked.order;
    if (marked.passed) continue;
    if (a.empty() || b.empty()) break;
    const bool numeric = is_digit(a.front());
    if (numeric != is_digit(b.front())) return numeric ? Order::greater : Order::less;
    const auto piece_a = numeric ? take_number(a) : take_word(a);
    const auto piece_b = numeric ? take_number(b) : take_word(b);
    const auto order = numeric ? compare_numbers(piece_a, piece_b) : Order(piece_a.compare(piece_b) <=> 0);
    if (order != 0) return order;
  }
  return !a.empty() <=> !b.empty();
}

Order compare_rpm(std::string_view a, std::string_view b) {
  const Parts left = parts_of(a), right = parts_of(b);
  if (const auto order = compare_numbers(left.epoch, right.epoch); order != 0) return order;
  const auto order = compare_rpm_part(left.version, right.version);
  if (order != 0 || !left.has_release || !right.has_release) return order;
  return compare_rpm_part(left.release, right.release);
}

// In rising order around the plain release; words of PEP 440, and "post", "r" and "rev" as later ones.
int rank_of_word(std::string_view word) {
  constexpr std::array<std::string_view, 3> development{"dev", "snapshot", "nightly"};
  constexpr std::array<std::string_view, 2> alpha{"a", "alpha"};
  constexpr std::array<std::string_view, 2> beta{"b", "beta"};
  constexpr std::array<std::string_view, 4> candidate{"c", "rc", "pre", "preview"};
  constexpr std::array<std::string_view, 7> later{"post", "r", "rev", "patch", "p", "sp", "update"};
  if (std::ranges::count(development, word)) return -4;
  if (std::ranges::count(alpha, word)) return -3;
  if (std::ranges::count(beta, word)) return -2;
  if (std::ranges::count(candidate, word)) return -1;
  if (std::ranges::count(later, word)) return 1;
  return 0;
}

struct Piece {
  int rank = 0;  // the end: 0; words of a pre-release: below; other words: 1; numbers: 2
  std::string text;
};

std::vector<Piece> pieces_of(std::string_view text) {
  std::vector<Piece> pieces;
  while (!text.empty()) {
    if (is_digit(text.front())) {
      pieces.push_back({2, std::string(take_number(text))});
    } else if (is_letter(text.front())) {
      const std::string word = base::to_lower(take_word(text));
      const int rank = rank_of_word(word);
      pieces.push_back({rank == 0 ? 1 : rank, word});
    } else {
      text.remove_prefix(1);
    }
  }
  return pieces;
}

Order compare_pieces(const Piece& a, const Piece& b) {
  if (a.rank != b.rank) return a.rank <=> b.rank;
  if (a.rank == 2) return compare_numbers(a.text, b.text);
  const bool same_meaning = rank_of_word(a.text) != 0;  // "b1" and "beta1"
  return same_meaning ? Order::equivalent : Order(a.text.compare(b.text) <=> 0);
}

Order compare_loosely(std::string_view a, std::string_view b) {
  const auto left = pieces_of(a), right = pieces_of(b);
  const Piece end{0, ""};
  for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
    const Piece& one = i < left.size() ? left[i] : end;
    const Piece& other = i < right.size() ? right[i] : end;
    const bool zero_at_end = one.rank + other.rank == 2 && (one.rank == 0 || other.rank == 0) &&
                             compare_numbers(one.text, other.text) == 0;
    if (zero_at_end) continue;  // 1.0 is 1.0.0
    if (const auto order = compare_pieces(one, other); order != 0) return order;
  }
  return Order::equivalent;
}

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

// "1.2.3" or "1.2.3-rc.1": where both are such, the rules of semantic versioning hold to the letter.
// "1.2.3-r4" is none: a revision comes later, not before.
bool is_semantic(std::string_view version) {
  const auto hyphen = std::min(version.find('-'), version.size());
  std::string_view suffix = version.substr(std::min(hyphen + 1, version.size()));
  const auto numbers = base::split(version.substr(0, hyphen), '.');
  return numbers.size() == 3 && std::ranges::all_of(numbers, is_number) &&
         rank_of_word(base::to_lower(take_word(suffix))) <= 0;
}

Order compare_pre_releases(std::string_view a, std::string_view b) {
  if (a.empty() || b.empty()) return a.empty() <=> b.empty();  // none is newer than any
  const auto left = base::split(a, '.'), right = base::split(b, '.');
  for (std::size_t i = 0; i < std::min(left.size(), right.size()); ++i) {
    const bool number_a = is_number(left[i]), number_b = is_number(right[i]);
    if (number_a != number_b) return number_a ? Order::less : Order::greater;
    const Order order =
        number_a ? compare_numbers(left[i], right[i]) : Order(left[i].compare(right[i]) <=> 0);
    if (order != 0) return order;
  }
  return left.size() <=> right.size();
}

Order compare_semantic(std::string_view a, std::string_view b) {
  const auto hyphen_a = std::min(a.find('-'), a.size()), hyphen_b = std::min(b.find('-'), b.size());
  const auto left = base::split(a.substr(0, hyphen_a), '.'), right = base::split(b.substr(0, hyphen_b), '.');
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (const auto order = compare_numbers(left[i], right[i]); order != 0) return order;
  }
  return compare_pre_releases(a.substr(std::min(hyphen_a + 1, a.size())),
                              b.substr(std::min(hyphen_b + 1, b.size())));
}

struct General {
  std::string_view epoch, version;
};

// Semantic versioning ends at "+", PEP 440 puts an epoch before "!", and many write "v1.2".
General general_of(std::string_view text) {
  text = text.substr(0, text.find('+'));
  const bool lettered = text.size() > 1 && (text.front() == 'v' || text.front() == 'V') && is_digit(text[1]);
  if (lettered) text.remove_prefix(1);
  const auto mark = text.find('!');
  if (mark == text.npos || !is_number(text.substr(0, mark))) return {"", text};
  return {text.substr(0, mark), text.substr(mark + 1)};
}

Order compare_general(std::string_view a, std::string_view b) {
  const General left = general_of(a), right = general_of(b);
  if (const auto order = compare_numbers(left.epoch, right.epoch); order != 0) return order;
  if (is_semantic(left.version) && is_semantic(right.version)) {
    return compare_semantic(left.version, right.version);
  }
  return compare_loosely(left.version, right.version);
}

}  // namespace

VersionScheme scheme_of_manager(std::string_view manager) {
  if (manager == "dpkg" || manager == "opkg") return VersionScheme::debian;
  if (manager == "rpm") return VersionScheme::rpm;
  return VersionScheme::general;
}

Order compare_versions(VersionScheme scheme, std::string_view a, std::string_view b) {
  switch (scheme) {
    case VersionScheme::debian: return compare_debian(a, b);
    case VersionScheme::rpm: return compare_rpm(a, b);
    case VersionScheme::general: return compare_general(a, b);
  }
  return Order::equivalent;
}

}  // namespace censo::cmdb
