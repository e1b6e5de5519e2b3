// A calendar as somebody writes it, and the time that it counts.
#include "desk/calendar.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string name = text.find("office") == text.npos ? "one" : "office";
  const std::string path = "calendars/" + name + ".yaml";
  const std::array files{censo::base::EmbeddedFile{path, text}};
  const auto calendars = censo::desk::load_calendars(files);
  if (!calendars) return 0;
  const auto& calendar = *calendars->at(name);
  const censo::base::TimeMs from = 1'774'742'400'000;  // the day before daylight saving
  const auto end = censo::desk::time_after(calendar, from, 90'000'000);
  if (end && censo::desk::working_ms(calendar, from, *end) != 90'000'000) std::abort();
  (void)censo::desk::close_of_day_after(calendar, from, 3);
  return 0;
}
