#include "collector/scanner/address_range.h"

#include "base/text.h"

#include <algorithm>
#include <limits>

namespace censo::scanner {
namespace {

void retreat(Address& address) {
  for (std::size_t i = address.size(); i-- > 0;) {
    if (address[i]-- != 0) return;
  }
}

base::Error bad_range(std::string_view text, std::string_view found) {
  return base::fail(base::Errc::malformed,
                    "expected an address, a prefix (10.0.0.0/24) or a range (10.0.0.5-10.0.0.20), found " +
                        std::string(found),
                    base::sanitize_utf8(text, 100));
}

// `with_edges` keeps the network and broadcast address: no host has them, but an exclusion means every
// address it names.
base::Result<Range> parse_prefix(std::string_view text, std::size_t slash, bool with_edges) {
  const auto address = parse_address(text.substr(0, slash));
  if (!address) return bad_range(text, "no address before the slash");
  const std::uint64_t width = is_v4(*address) ? 32 : 128;
  const auto length = base::parse_unsigned(text.substr(slash + 1));
  if (!length || *length > width) {
    return bad_range(text, "a prefix length that is not a number from 0 to " + std::to_string(width));
  }
  Range range{*address, *address};
  for (std::size_t bit = 128 - width + *length; bit < 128; ++bit) {
    const auto mask = static_cast<std::uint8_t>(0x80u >> (bit % 8));
    if ((*address)[bit / 8] & mask) return bad_range(text, "address bits beyond the prefix length");
    range.last[bit / 8] |= mask;
  }
  if (width == 32 && *length < 31 && !with_edges) {
    advance(range.first);
    retreat(range.last);
  }
  return range;
}

base::Result<Range> parse_range(std::string_view text, bool with_edges) {
  const auto piece = base::trim(text);
  if (const auto slash = piece.find('/'); slash != piece.npos) return parse_prefix(piece, slash, with_edges);
  const auto dash = piece.find('-');
  const auto first = parse_address(base::trim(piece.substr(0, dash)));
  if (!first) return bad_range(text, "no address");
  if (dash == piece.npos) return Range{*first, *first};
  const auto last = parse_address(base::trim(piece.substr(dash + 1)));
  if (!last) return bad_range(text, "no address after the dash");
  if (is_v4(*first) != is_v4(*last)) return bad_range(text, "an IPv4 and an IPv6 address");
  if (*last < *first) return bad_range(text, "an end before the beginning");
  return Range{*first, *last};
}

}  // namespace

void advance(Address& address) {
  for (std::size_t i = address.size(); i-- > 0;) {
    if (++address[i] != 0) return;
  }
}

base::Result<std::vector<Range>> parse_ranges(const std::vector<std::string>& texts, bool with_edges) {
  std::vector<Range> ranges;
  for (const auto& text : texts) {
    auto range = parse_range(text, with_edges);
    if (!range) return range.error();
    ranges.push_back(*range);
  }
  return ranges;
}

std::vector<Range> merged(std::vector<Range> ranges) {
  std::sort(ranges.begin(), ranges.end(), [](const Range& a, const Range& b) { return a.first < b.first; });
  std::vector<Range> out;
  for (const auto& range : ranges) {
    if (!out.empty() && range.first <= out.back().last) {
      out.back().last = std::max(out.back().last, range.last);
    } else {
      out.push_back(range);
    }
  }
  return out;
}

std::vector<Range> without(Range range, const std::vector<Range>& exclusions) {
  std::vector<Range> left;
  for (const auto& excluded : exclusions) {
    if (excluded.last < range.first || range.last < excluded.first) continue;
    if (range.first < excluded.first) {
      auto before = excluded.first;
      retreat(before);
      left.push_back({range.first, before});
    }
    if (!(excluded.last < range.last)) return left;
    range.first = excluded.last;
    advance(range.first);
  }
  left.push_back(range);
  return left;
}

std::uint64_t size_of(const Range& range) {
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t difference = 0;
  for (std::size_t i = 0; i < range.first.size(); ++i) {
    if (difference > most / 256 - 256) return most;
    difference =
        difference * 256 + range.last[i] - range.first[i];  // a borrow is paid back by the higher bytes
  }
  return difference + 1;
}

}  // namespace censo::scanner
