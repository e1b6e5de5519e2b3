// What a display says of itself: EDID (VESA E-EDID 1.0 to 1.4) with blocks of DisplayID and CTA-861 behind
// it.
#pragma once

#include "base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace censo::agent {

struct Edid {
  std::string maker;  // three letters: "SAM"
  std::uint16_t product = 0;
  std::uint32_t number = 0;  // the 32-bit serial number; many makers leave 0 or 0x01010101
  int week = 0;              // of manufacture, 1 to 54; 0: not told
  int year = 0;              // of manufacture, or of the model
  bool is_model_year = false;
  std::string version;      // "1.4"
  std::string name;         // of the model; panels give theirs, joined, as free texts
  std::string serial_text;  // as written, before a maker's formula
  bool digital = false;
  int width_mm = 0, height_mm = 0;          // 0: not known, as of projectors
  int width_pixels = 0, height_pixels = 0;  // of the preferred timing
  bool sum_is_wrong = false;                // of the first block; its texts may still be right
};

// `bytes` may be longer than the blocks it announces, and shorter. Errc::malformed: no EDID at all.
base::Result<Edid> parse_edid(std::string_view bytes);

// What stands on the label at the back, where the maker's rule is known; else the serial text, else the
// number as eight hex digits. "" when neither tells one display from another.
std::string label_serial(const Edid& edid);
// The other form of it, as other programs show it; "" when there is none.
std::string other_serial(const Edid& edid);

// "Samsung Electric Company" for "SAM"; "" for a maker that we do not know.
std::string_view display_maker(std::string_view letters);

}  // namespace censo::agent
