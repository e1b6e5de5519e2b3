#include "base/id.h"

#include "base/digest.h"
#include "base/text.h"

#include <algorithm>
#include <atomic>
#include <optional>

namespace censo::base {
namespace {

constexpr TimeMs epoch_2020 = 1'577'836'800'000;
constexpr int random_bits = 21;
constexpr std::string_view alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr std::size_t id_characters = 13;

constexpr TimeMs highest_ms = (TimeMs{1} << 42) - 2;

TimeMs since_2020(TimeMs time) {
  return std::clamp<TimeMs>(time - epoch_2020, 0, highest_ms);
}

std::uint64_t random_number() {
  std::uint64_t number = 0;
  for (const auto byte : random_bytes(sizeof number)) number = number << 8 | byte;
  return number;
}

// Lays version and variant into 16 bytes and writes them with the hyphens of RFC 9562.
std::string uuid_text(Bytes bytes, std::uint8_t version) {
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | version << 4);
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);
  std::string text = to_hex(bytes);
  for (const std::size_t place : {8u, 13u, 18u, 23u}) text.insert(place, 1, '-');
  return text;
}

}  // namespace

std::int64_t next_id(const Clock& clock) {
  static std::atomic<std::int64_t> last{0};
  const auto ms = since_2020(clock.now());
  std::optional<std::int64_t> random;  // drawn only where it is needed: it costs more than all the rest
  std::int64_t seen = last.load();
  std::int64_t id = 0;
  do {
    const bool new_millisecond = ms > seen >> random_bits;
    if (new_millisecond && !random)
      random = static_cast<std::int64_t>(random_number() & ((1u << random_bits) - 1));
    id = new_millisecond ? (ms << random_bits | *random) : seen + 1;
  } while (!last.compare_exchange_weak(seen, id));
  return id;
}

std::int64_t lowest_id_at(TimeMs time) {
  return since_2020(time) << random_bits;
}

std::string id_to_text(std::int64_t id) {
  std::string text(id_characters, '0');
  auto rest = static_cast<std::uint64_t>(id);
  for (std::size_t i = id_characters; i-- > 0; rest >>= 5) text[i] = alphabet[rest & 31];
  return text;
}

Result<std::int64_t> id_from_text(std::string_view text) {
  const auto error = [text] {
    return fail(Errc::malformed,
                "expected an id of 13 letters and digits, found \"" + sanitize_utf8(text, 64) + "\"");
  };
  if (text.size() != id_characters) return error();
  std::uint64_t id = 0;
  for (const char c : to_lower(text)) {
    const auto digit = alphabet.find(c);
    if (digit == std::string_view::npos) return error();
    id = id << 5 | digit;
  }
  const bool fits = text.front() >= '0' && text.front() <= '7';
  if (!fits || id == 0) return error();
  return static_cast<std::int64_t>(id);
}

std::string random_uuid() {
  return uuid_text(random_bytes(16), 4);
}

std::string time_ordered_uuid(const Clock& clock) {
  Bytes bytes = random_bytes(16);
  auto time = static_cast<std::uint64_t>(std::max<TimeMs>(clock.now(), 0));
  for (std::size_t i = 6; i-- > 0; time >>= 8) bytes[i] = static_cast<std::uint8_t>(time);
  return uuid_text(std::move(bytes), 7);
}

}  // namespace censo::base
