// Numbers and compressed bytes as they stand in our own columns.
#pragma once

#include "base/digest.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace censo::cmdb {

// Base-128 varint, lowest bits first.
void append_number(std::string& out, std::uint64_t number);
// Small for small numbers of either sign.
std::uint64_t zigzag(std::int64_t number);
std::int64_t from_zigzag(std::uint64_t number);

// Takes stored numbers and texts off the front. Throws std::runtime_error at an end that comes too early.
class NumberReader {
 public:
  explicit NumberReader(std::string_view bytes) : rest_(bytes) {}
  bool at_end() const { return rest_.empty(); }
  std::size_t left() const { return rest_.size(); }
  std::uint64_t number();
  std::string_view text(std::uint64_t bytes);

 private:
  std::string_view rest_;
};

// zstd, RFC 8878; thread-safe.
base::Bytes zipped(std::string_view text);
// Nothing: no such frame, or one of more than any report can hold.
std::optional<std::string> unzipped(std::span<const std::uint8_t> bytes);

}  // namespace censo::cmdb
