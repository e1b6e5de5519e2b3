#include "cmdb/packed_ids.h"

#include "cmdb/packed_bytes.h"

#include <stdexcept>
#include <string>

namespace censo::cmdb {
namespace {

constexpr std::size_t worth_a_try = 64;  // bytes: a frame of zstd has a dozen of its own
constexpr std::uint8_t compressed_mark = 0;

std::string differences(std::span<const std::int64_t> numbers) {
  std::string bytes;
  bytes.reserve(numbers.size() + 16);
  std::uint64_t last = 0;
  for (const std::int64_t number : numbers) {
    append_number(bytes, static_cast<std::uint64_t>(number) - last);
    last = static_cast<std::uint64_t>(number);
  }
  return bytes;
}

std::string_view text_of(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::vector<std::int64_t> sums(std::string_view differences) {
  std::vector<std::int64_t> numbers;
  numbers.reserve(differences.size());
  NumberReader reader(differences);
  for (std::uint64_t last = 0; !reader.at_end();) {
    last += reader.number();
    numbers.push_back(static_cast<std::int64_t>(last));
  }
  return numbers;
}

bool is_compressed(std::span<const std::uint8_t> bytes) {
  return !bytes.empty() && bytes.front() == compressed_mark;
}

bool are_varints(std::string_view bytes) {
  std::size_t length = 0;
  for (const char byte : bytes) {
    if (++length > 10) return false;
    if (static_cast<std::uint8_t>(byte) < 0x80) length = 0;
  }
  return length == 0;
}

}  // namespace

base::Bytes pack_numbers(std::span<const std::int64_t> numbers) {
  const std::string bytes = differences(numbers);
  return {bytes.begin(), bytes.end()};
}

std::vector<std::int64_t> unpack_numbers(std::span<const std::uint8_t> bytes) {
  return sums(text_of(bytes));
}

base::Bytes pack_ids(const RowIds& ids) {
  const std::string plain = differences(ids);
  if (plain.size() >= worth_a_try) {
    base::Bytes bytes = zipped(plain);
    if (bytes.size() + 1 < plain.size()) {
      bytes.insert(bytes.begin(), compressed_mark);
      return bytes;
    }
  }
  return {plain.begin(), plain.end()};
}

bool is_packed(std::span<const std::uint8_t> bytes) {
  if (!is_compressed(bytes)) return are_varints(text_of(bytes));
  const auto plain = unzipped(bytes.subspan(1));
  return plain && are_varints(*plain);
}

RowIds unpack_ids(std::span<const std::uint8_t> bytes) {
  if (!is_compressed(bytes)) return unpack_numbers(bytes);
  const auto plain = unzipped(bytes.subspan(1));
  if (!plain) throw std::runtime_error("the stored components are broken: zstd");
  return sums(*plain);
}

}  // namespace censo::cmdb
