// An RPM header as the package database keeps it: two big-endian counts, 16-byte index entries, the data they
// point into (rpm's docs/manual/format_header.md, without the lead and the magic). Every count and offset is
// checked.
#pragma once

#include "base/result.h"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace censo::agent {

// Views into the blob, which outlives it.
class RpmHeader {
 public:
  // Errc::malformed when the counts do not fit the blob.
  static base::Result<RpmHeader> parse(std::span<const std::uint8_t> blob);

  // Errc::not_found without the tag; Errc::malformed when its type, count or offset cannot be.
  base::Result<std::string_view> text(std::uint32_t tag) const;  // the first of several
  base::Result<std::vector<std::string_view>> texts(std::uint32_t tag) const;
  base::Result<std::vector<std::uint64_t>> numbers(std::uint32_t tag) const;

 private:
  struct Entry {
    std::uint32_t tag, type, offset, count;
  };
  RpmHeader(std::span<const std::uint8_t> index, std::span<const std::uint8_t> data)
      : index_(index), data_(data) {}
  base::Result<Entry> find(std::uint32_t tag) const;

  std::span<const std::uint8_t> index_, data_;
};

// What an inventory wants of a header.
struct RpmPackage {
  std::string name, version, architecture, source, vendor;  // version: "[epoch:]version-release"
  std::uint64_t installed_bytes = 0;                        // 0 when not told
  std::uint64_t installed_at_s = 0;                         // since 1970; 0 when not told
  bool side_by_side = false;                                // several versions may be installed: kernels
};
base::Result<RpmPackage> read_rpm_package(const RpmHeader& header);

// Absolute paths of the files that may be run, one at a time.
void each_program_of(const RpmHeader& header, const std::function<void(const std::string& path)>& take);

// Has a file of this absolute path.
bool owns_file(const RpmHeader& header, std::string_view path);

}  // namespace censo::agent
