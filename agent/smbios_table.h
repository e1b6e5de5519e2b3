// The structures of an SMBIOS table (DMTF DSP0134, versions 2.0 to 3.x), as the firmware wrote them.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace censo::agent {

struct SmbiosStructure {
  std::uint8_t type = 0;
  std::uint16_t handle = 0;
  std::string formatted;             // with its header: offsets are those of DSP0134
  std::vector<std::string> strings;  // number 1 first

  // Little-endian; nothing when the structure is too short, as those of older versions are.
  std::optional<std::uint8_t> byte(std::size_t offset) const;
  std::optional<std::uint16_t> word(std::size_t offset) const;
  std::optional<std::uint32_t> double_word(std::size_t offset) const;
  // The string whose number stands at `offset`; "" when there is none.
  std::string_view text(std::size_t offset) const;
};

struct SmbiosTable {
  int major = 0;
  int minor = 0;
  std::vector<SmbiosStructure> structures;
  bool truncated = false;  // ended within a structure, or before as many as the entry point promises

  bool at_least(int wanted_major, int wanted_minor) const {
    return major > wanted_major || (major == wanted_major && minor >= wanted_minor);
  }
};

// `entry_point` is of any of the three kinds: "_SM3_", "_SM_" or "_DMI_"; `table` may be longer than it says.
// Errc::malformed: a wrong anchor, length or checksum. A table that is cut gives the structures before the
// cut.
base::Result<SmbiosTable> parse_smbios(std::string_view entry_point, std::string_view table);

// The UUID of a type 1 structure as text, in the byte order of its version; "" when it is not set.
std::string smbios_uuid_text(const SmbiosTable& table, const SmbiosStructure& system);

}  // namespace censo::agent
