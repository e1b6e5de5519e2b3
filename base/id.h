// Ids that we make ourselves, in time order, so that no database sequence is needed
// (docs/decisions/0002-ids.md).
#pragma once

#include "base/clock.h"
#include "base/result.h"

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace censo::base {

// 63 bits: 42 bits of milliseconds since 2020-01-01T00:00:00Z, then 21 random bits, increasing within one
// millisecond. Positive, sortable by creation, fits a database's 64-bit integer. `Tag` keeps the ids of two
// tables apart.
template <class Tag>
struct Id {
  std::int64_t value = 0;  // 0 = none
  constexpr Id() = default;
  constexpr explicit Id(std::int64_t v) : value(v) {}
  constexpr explicit operator bool() const { return value != 0; }
  friend constexpr auto operator<=>(const Id&, const Id&) = default;
};

// A new id. Thread-safe; never returns the same id twice in one process: within one millisecond, or when the
// clock goes back, it is the last id plus one.
std::int64_t next_id(const Clock& clock);

// The lowest id that next_id() gives at this time, for ranges of ids in time.
std::int64_t lowest_id_at(TimeMs time);

// 13 characters of Crockford's base 32, lower case; order of text = order of ids. `id` is not negative.
std::string id_to_text(std::int64_t id);
// Takes upper and lower case. Errc::malformed when the text is not an id.
Result<std::int64_t> id_from_text(std::string_view text);

template <class Tag>
std::string to_text(Id<Tag> id) {
  return id_to_text(id.value);
}

// Random (version 4) and time-ordered (version 7) UUIDs of RFC 9562 as lower-case text.
std::string random_uuid();
std::string time_ordered_uuid(const Clock& clock);

}  // namespace censo::base

template <class Tag>
struct std::hash<censo::base::Id<Tag>> {
  std::size_t operator()(censo::base::Id<Tag> id) const noexcept {
    return std::hash<std::int64_t>{}(id.value);
  }
};
