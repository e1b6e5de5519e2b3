#include "agent/zip_archive.h"

#include <zlib.h>

#include <algorithm>
#include <array>

namespace censo::agent {
namespace {

using base::Errc;

constexpr std::size_t end_bytes = 22, entry_bytes = 46, local_bytes = 30;
constexpr std::size_t max_comment_bytes = 65'535, max_directory_bytes = 16 * 1024 * 1024;
constexpr std::string_view end_mark("PK\5\6", 4), entry_mark("PK\1\2", 4), local_mark("PK\3\4", 4);

std::uint32_t number_at(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint32_t number = 0;
  for (std::size_t i = size; i-- > 0;) number = number << 8 | static_cast<unsigned char>(bytes[at + i]);
  return number;
}
std::uint16_t short_at(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint16_t>(number_at(bytes, at, 2));
}
std::uint32_t word_at(std::string_view bytes, std::size_t at) {
  return number_at(bytes, at, 4);
}

base::Error malformed(const char* message) {
  return base::fail(Errc::malformed, message);
}

// The end record whose comment reaches to the end of the file: those bytes may stand in a comment too.
std::size_t end_record_in(std::string_view tail) {
  auto at = tail.rfind(end_mark);
  while (at != tail.npos && (tail.size() - at < end_bytes ||
                             tail.size() - at != end_bytes + std::size_t{short_at(tail, at + 20)})) {
    at = at == 0 ? tail.npos : tail.rfind(end_mark, at - 1);
  }
  return at;
}

base::Result<std::string> inflated(std::string packed, std::size_t bytes) {
  std::string content(bytes, '\0');
  z_stream stream{};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) return base::fail(Errc::limit_exceeded, "no memory");
  stream.next_in = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(content.data());
  stream.avail_out = static_cast<uInt>(content.size());
  const int ended = inflate(&stream, Z_FINISH);
  const bool whole = ended == Z_STREAM_END && stream.avail_out == 0;
  inflateEnd(&stream);
  if (!whole) return malformed("a file of the archive does not unpack to the size that the directory tells");
  return content;
}

}  // namespace

base::Result<ZipArchive> ZipArchive::open(std::unique_ptr<OpenFile> file) {
  const std::uint64_t size = file->size();
  const auto tail_bytes =
      static_cast<std::size_t>(std::min<std::uint64_t>(size, end_bytes + max_comment_bytes));
  // Most have no comment.
  auto tail = file->read_at(size - std::min<std::uint64_t>(size, end_bytes), std::min(tail_bytes, end_bytes));
  if (tail && end_record_in(*tail) == tail->npos) tail = file->read_at(size - tail_bytes, tail_bytes);
  if (!tail) return tail.error();
  const auto at = end_record_in(*tail);
  if (at == tail->npos) return malformed("expected a ZIP archive");
  const std::string_view end = std::string_view(*tail).substr(at, end_bytes);
  const std::uint32_t directory_bytes = word_at(end, 12), directory_offset = word_at(end, 16);
  if (directory_offset == 0xffff'ffff || directory_bytes == 0xffff'ffff || short_at(end, 10) == 0xffff)
    return base::fail(Errc::unsupported, "a ZIP64 archive is not read");
  if (directory_bytes > max_directory_bytes)
    return base::fail(Errc::limit_exceeded, "the archive's directory has more than 16 MiB");
  const std::uint64_t end_offset = size - tail->size() + at;
  const std::uint64_t archive_bytes = std::uint64_t{directory_offset} + directory_bytes;
  if (archive_bytes > end_offset) return malformed("the archive's directory lies behind its end");
  auto directory = file->read_at(end_offset - directory_bytes, directory_bytes);
  if (!directory) return directory.error();
  return ZipArchive(std::move(file), std::move(*directory), end_offset - archive_bytes);
}

void ZipArchive::each_entry(const std::function<void(const ZipEntry&)>& take) const {
  const std::string_view all = directory_;
  for (std::size_t at = 0; at + entry_bytes <= all.size() && all.substr(at, 4) == entry_mark;) {
    ZipEntry entry;
    entry.flags = short_at(all, at + 8);
    entry.method = short_at(all, at + 10);
    entry.packed_bytes = word_at(all, at + 20);
    entry.bytes = word_at(all, at + 24);
    const std::size_t name_bytes = short_at(all, at + 28);
    const std::size_t behind = std::size_t{short_at(all, at + 30)} + short_at(all, at + 32);
    entry.offset = before_ + word_at(all, at + 42);
    if (name_bytes > all.size() - at - entry_bytes) return;
    entry.name = all.substr(at + entry_bytes, name_bytes);
    take(entry);
    at += entry_bytes + name_bytes + behind;
  }
}

base::Result<std::string> ZipArchive::content(const ZipEntry& entry, std::size_t max_bytes) const {
  constexpr std::uint16_t encrypted = 1, stored = 0, deflated = 8;
  if ((entry.flags & encrypted) != 0 || (entry.method != stored && entry.method != deflated))
    return base::fail(Errc::unsupported, "expected a file that is stored or deflated");
  if (entry.bytes > max_bytes || entry.packed_bytes > max_bytes)
    return base::fail(Errc::limit_exceeded, "a file of the archive is too long");
  const auto local = file_->read_at(entry.offset, local_bytes);
  if (!local) return local.error();
  if (!local->starts_with(local_mark))
    return malformed("expected a file of the archive where its directory says");
  const std::uint64_t data =
      entry.offset + local_bytes + short_at(*local, 26) + std::uint64_t{short_at(*local, 28)};
  auto packed = file_->read_at(data, entry.packed_bytes);
  if (!packed) return packed.error();
  if (entry.method == deflated) return inflated(std::move(*packed), entry.bytes);
  if (packed->size() != entry.bytes) return malformed("a stored file of the archive has two sizes");
  return packed;
}

}  // namespace censo::agent
