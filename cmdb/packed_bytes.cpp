#include "cmdb/packed_bytes.h"

#include <zstd.h>

#include <memory>
#include <stdexcept>

namespace censo::cmdb {
namespace {

constexpr int compression_level = 3;
constexpr unsigned long long most_bytes = 64 * 1024 * 1024;  // far above what a report may hold

struct FreeContext {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

[[noreturn]] void broken(const char* what) {
  throw std::runtime_error(std::string("the stored components are broken: ") + what);
}

}  // namespace

void append_number(std::string& out, std::uint64_t number) {
  for (; number >= 0x80; number >>= 7) out += static_cast<char>(number | 0x80);
  out += static_cast<char>(number);
}

std::uint64_t zigzag(std::int64_t number) {
  return static_cast<std::uint64_t>(number) << 1 ^ static_cast<std::uint64_t>(number >> 63);
}

std::int64_t from_zigzag(std::uint64_t number) {
  return static_cast<std::int64_t>(number >> 1 ^ (~(number & 1) + 1));
}

std::uint64_t NumberReader::number() {
  std::uint64_t number = 0;
  for (unsigned shift = 0; shift <= 63; shift += 7) {
    if (rest_.empty()) broken("a varint has no end");
    const auto byte = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    number |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return number;
  }
  broken("a varint is too long");
}

std::string_view NumberReader::text(std::uint64_t bytes) {
  if (bytes > rest_.size()) broken("a text has no end");
  const std::string_view text = rest_.substr(0, static_cast<std::size_t>(bytes));
  rest_.remove_prefix(text.size());
  return text;
}

// The contexts are kept: to make one costs more than to compress a list.
base::Bytes zipped(std::string_view text) {
  thread_local const std::unique_ptr<ZSTD_CCtx, FreeContext> context(ZSTD_createCCtx());
  base::Bytes bytes(ZSTD_compressBound(text.size()));
  const std::size_t size = ZSTD_compressCCtx(context.get(), bytes.data(), bytes.size(), text.data(),
                                             text.size(), compression_level);
  if (ZSTD_isError(size)) throw std::runtime_error(ZSTD_getErrorName(size));
  return {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)};
}

std::optional<std::string> unzipped(std::span<const std::uint8_t> bytes) {
  thread_local const std::unique_ptr<ZSTD_DCtx, FreeContext> context(ZSTD_createDCtx());
  const unsigned long long size = ZSTD_getFrameContentSize(bytes.data(), bytes.size());
  if (size > most_bytes) return std::nullopt;
  std::string text(static_cast<std::size_t>(size), '\0');
  const std::size_t read =
      ZSTD_decompressDCtx(context.get(), text.data(), text.size(), bytes.data(), bytes.size());
  if (ZSTD_isError(read) || read != text.size()) return std::nullopt;
  return text;
}

}  // namespace censo::cmdb
