#include "agent/login_records.h"

#include "base/text.h"

#include <cstring>
#include <optional>

namespace censo::agent {
namespace {

constexpr std::int16_t user_process = 7;

// Offsets in one record; the rest is alike.
struct Layout {
  std::size_t size, seconds, seconds_bytes;
};
constexpr Layout narrow{384, 340, 4};
constexpr Layout wide{400, 344, 8};
constexpr std::size_t process_offset = 4, line_offset = 8, user_offset = 44, host_offset = 76;
constexpr std::size_t line_bytes = 32, user_bytes = 32, host_bytes = 256;

template <class T>
T number_at(std::string_view record, std::size_t offset) {
  T value{};
  std::memcpy(&value, record.data() + offset, sizeof(T));
  return value;
}

// Ends at NUL or with the field.
std::string text_at(std::string_view record, std::size_t offset, std::size_t bytes) {
  const std::string_view field = record.substr(offset, bytes);
  return base::sanitize_utf8(field.substr(0, field.find('\0')));
}

constexpr base::TimeMs max_time = 1LL << 48;  // some 8,900 years

// 0 for a time that cannot be.
base::TimeMs known_time(base::TimeMs time) {
  return time > 0 && time < max_time ? time : 0;
}

std::optional<Layout> layout_of(std::size_t size) {
#if defined(__aarch64__) || defined(__riscv)
  if (size % wide.size == 0) return wide;
#endif
  if (size % narrow.size == 0) return narrow;
  if (size % wide.size == 0) return wide;
  return std::nullopt;
}

}  // namespace

base::Result<std::vector<LoginRecord>> parse_utmp(std::string_view bytes) {
  const auto layout = layout_of(bytes.size());
  if (!layout) {
    return base::fail(base::Errc::malformed, "expected records of 384 or 400 bytes, found " +
                                                 std::to_string(bytes.size()) + " bytes");
  }
  std::vector<LoginRecord> records;
  for (; !bytes.empty(); bytes.remove_prefix(layout->size)) {
    const std::string_view record = bytes.substr(0, layout->size);
    if (number_at<std::int16_t>(record, 0) != user_process) continue;
    LoginRecord& login = records.emplace_back();
    login.process = number_at<std::int32_t>(record, process_offset);
    login.line = text_at(record, line_offset, line_bytes);
    login.user = text_at(record, user_offset, user_bytes);
    login.host = text_at(record, host_offset, host_bytes);
    // Seconds of 32 bits are without a sign: they then last until 2106.
    const std::int64_t seconds = layout->seconds_bytes == 4
                                     ? std::int64_t{number_at<std::uint32_t>(record, layout->seconds)}
                                     : number_at<std::int64_t>(record, layout->seconds);
    login.started = known_time(seconds > 0 && seconds < max_time ? seconds * 1000 : 0);
  }
  return records;
}

LoginRecord parse_logind_session(std::string_view text) {
  LoginRecord login;
  bool person = false;
  for (const std::string_view line : base::split(text, '\n')) {
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view key = line.substr(0, equals), value = line.substr(equals + 1);
    if (key == "USER") login.user = base::sanitize_utf8(value, user_bytes);
    if (key == "CLASS") person = value == "user";
    if (key == "TTY" || (key == "DISPLAY" && login.line.empty()))
      login.line = base::sanitize_utf8(value, line_bytes);
    if (key == "REMOTE_HOST") login.host = base::sanitize_utf8(value, host_bytes);
    if (key == "LEADER") login.process = base::parse_integer(value).value_or(0);
    if (key == "REALTIME") login.started = known_time(base::parse_integer(value).value_or(0) / 1000);
  }
  if (!person) login.user.clear();
  return login;
}

}  // namespace censo::agent
