#include "inventory/report_codec.h"

#include <zstd.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>

namespace censo::inventory {
namespace {

constexpr int compression_level = 3;
constexpr int max_window_log = 23;  // 8 MiB
constexpr std::size_t ratio_counts_from = 64 * 1024;
constexpr std::string_view frame_magic = "\x28\xb5\x2f\xfd";

base::Error refusal(std::string_view reason, std::string message, std::size_t offset) {
  const auto code = reason == "BAD_COMPRESSION" ? base::Errc::malformed : base::Errc::limit_exceeded;
  return base::fail(code, std::move(message), "byte " + std::to_string(offset), std::string(reason));
}

base::Error too_much(std::string_view reason, std::size_t most, std::size_t offset) {
  return refusal(reason, "expected at most " + std::to_string(most) + " bytes in the frame", offset);
}

struct FreeContext {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};
using Context = std::unique_ptr<ZSTD_DCtx, FreeContext>;

Context new_context() {
  Context context(ZSTD_createDCtx());
  if (!context) throw std::bad_alloc();
  ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, max_window_log);
  return context;
}

// What the frame says of itself; 0: nothing. Not to be trusted.
std::size_t stated_size(std::string_view compressed) {
  const auto size = ZSTD_getFrameContentSize(compressed.data(), compressed.size());
  return size < std::numeric_limits<std::uint32_t>::max() ? static_cast<std::size_t>(size) : 0;
}

// RFC 8878, 3.1.1.1: the frame has its size in the header, and no window of its own.
bool is_single_segment(std::string_view compressed) {
  return compressed.size() > frame_magic.size() &&
         (static_cast<unsigned char>(compressed[frame_magic.size()]) & 0x20) != 0;
}

// One whole frame of a single segment, in one go: nothing when it is not that.
std::optional<std::string> decompress_at_once(std::string_view compressed, std::size_t most) {
  const std::size_t size = stated_size(compressed);
  if (size == 0 || size > most || !is_single_segment(compressed) ||
      ZSTD_findFrameCompressedSize(compressed.data(), compressed.size()) != compressed.size())
    return std::nullopt;
  thread_local const Context context = new_context();
  std::string out(size, '\0');
  const std::size_t read =
      ZSTD_decompressDCtx(context.get(), out.data(), out.size(), compressed.data(), compressed.size());
  return ZSTD_isError(read) || read != size ? std::nullopt : std::optional(std::move(out));
}

}  // namespace

std::string compress(std::string_view json) {
  std::string out(ZSTD_compressBound(json.size()), '\0');
  const auto size = ZSTD_compress(out.data(), out.size(), json.data(), json.size(), compression_level);
  if (ZSTD_isError(size))
    throw std::runtime_error(std::string("zstd cannot compress: ") + ZSTD_getErrorName(size));
  out.resize(size);
  return out;
}

base::Result<std::string> decompress(std::string_view compressed, const ReportLimits& limits) {
  if (compressed.size() > limits.max_compressed_bytes) {
    return refusal("BODY_TOO_LARGE",
                   "expected at most " + std::to_string(limits.max_compressed_bytes) +
                       " bytes compressed, found " + std::to_string(compressed.size()),
                   limits.max_compressed_bytes);
  }
  if (!compressed.starts_with(frame_magic)) return refusal("BAD_COMPRESSION", "expected a zstd frame", 0);
  if (ZSTD_getDictID_fromFrame(compressed.data(), compressed.size()) != 0) {
    return refusal("BAD_COMPRESSION", "expected a frame without a dictionary", 0);
  }
  const std::size_t by_ratio = std::max(ratio_counts_from, compressed.size() * limits.max_ratio);
  const std::size_t most = std::min(limits.max_bytes, by_ratio);
  if (auto out = decompress_at_once(compressed, most)) return std::move(*out);
  const Context context = new_context();
  ZSTD_inBuffer in{compressed.data(), compressed.size(), 0};
  std::string out;
  std::size_t filled = 0;
  std::size_t left = 1;
  const std::size_t expected = stated_size(compressed);
  while (left != 0) {
    const std::size_t room_wanted = std::max({filled * 2, expected + 1, ratio_counts_from});
    out.resize(std::min(most + 1, room_wanted));  // one more: too much is seen
    ZSTD_outBuffer room{out.data(), out.size(), filled};
    left = ZSTD_decompressStream(context.get(), &room, &in);
    if (ZSTD_isError(left)) {
      return refusal("BAD_COMPRESSION", std::string("expected a zstd frame: ") + ZSTD_getErrorName(left),
                     in.pos);
    }
    filled = room.pos;
    if (filled > most) return too_much(most < by_ratio ? "BODY_TOO_LARGE" : "RATIO_TOO_HIGH", most, in.pos);
    const bool wants_more = left != 0 && in.pos == in.size && room.pos < room.size;
    if (wants_more) return refusal("BAD_COMPRESSION", "expected the frame's end", in.pos);
  }
  if (in.pos < in.size) return refusal("BAD_COMPRESSION", "expected one frame and nothing behind it", in.pos);
  out.resize(filled);
  return out;
}

}  // namespace censo::inventory
