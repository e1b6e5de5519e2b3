#include "agent/berkeley_hash.h"

#include <algorithm>
#include <bit>

namespace censo::agent {
namespace {

using base::Errc;

// Of db_page.h and hash.h of Berkeley DB 5.3: offsets within pages, kinds of pages and of items.
constexpr std::size_t meta_bytes = 224, page_header_bytes = 26;
constexpr std::uint32_t hash_magic = 0x00061561;
constexpr char meta_page = 8, hash_page = 13, unsorted_hash_page = 2, overflow_page = 7;
constexpr char item_within = 1, item_beyond = 3;
constexpr std::size_t next_page_at = 16, entries_at = 20, used_at = 22, kind_at = 25;

constexpr std::uint64_t max_file_bytes = 1024ULL * 1024 * 1024;
constexpr std::uint32_t max_value_bytes = 64 * 1024 * 1024;
constexpr std::uint32_t most_read_bytes = 64 * 1024;  // at once, of a value's pages

// Fowler, Noll and Vo's, which Berkeley DB uses unless a program brings its own.
std::uint32_t hash_of(std::string_view key) {
  std::uint32_t hash = 0;
  for (const char byte : key) hash = hash * 16'777'619U ^ static_cast<unsigned char>(byte);
  return hash;
}

}  // namespace

base::Error BerkeleyHash::malformed(const char* message) const {
  return base::fail(Errc::malformed, message, path_);
}

std::uint32_t BerkeleyHash::number_at(std::string_view bytes, std::size_t at) const {
  if (at > bytes.size() || bytes.size() - at < 4) return 0;
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const auto byte = static_cast<unsigned char>(bytes[layout_.big_endian ? at + i : at + 3 - i]);
    number = number << 8 | byte;
  }
  return number;
}

std::uint32_t BerkeleyHash::short_at(std::string_view bytes, std::size_t at) const {
  const auto one = static_cast<unsigned char>(bytes[at]), other = static_cast<unsigned char>(bytes[at + 1]);
  return layout_.big_endian ? one << 8U | other : other << 8U | one;
}

std::string BerkeleyHash::bytes_of(std::uint32_t number) const {
  std::string bytes(4, '\0');
  for (std::size_t i = 0; i < 4; ++i)
    bytes[layout_.big_endian ? 3 - i : i] = static_cast<char>(number >> (8 * i));
  return bytes;
}

base::Result<BerkeleyHash> BerkeleyHash::open(const Host& host, std::string_view path) {
  auto file = host.open_file(path);
  if (!file) return file.error();
  if ((*file)->size() > max_file_bytes)
    return base::fail(Errc::limit_exceeded, "a database of more than 1 GiB", std::string(path));
  BerkeleyHash database(std::move(*file), std::string(path));
  if (auto read = database.read_layout(); !read) return read.error();
  return database;
}

base::Result<void> BerkeleyHash::read_layout() {
  const auto meta = file_->read_at(0, meta_bytes);
  if (!meta) return meta.error();
  layout_.big_endian = static_cast<unsigned char>((*meta)[15]) == (hash_magic & 0xff);
  if (number_at(*meta, 12) != hash_magic || (*meta)[kind_at] != meta_page)
    return malformed("expected a hash file of Berkeley DB");
  const auto version = number_at(*meta, 16);
  if ((*meta)[24] != 0 || (*meta)[26] != 0 || version < 8 || version > 10)
    return base::fail(Errc::unsupported, "expected version 8 to 10, plain, of Berkeley DB's hash files",
                      path_);
  layout_.page_bytes = number_at(*meta, 20);
  layout_.last_page = number_at(*meta, 32);
  layout_.max_bucket = number_at(*meta, 72);
  layout_.high_mask = number_at(*meta, 76);
  layout_.low_mask = number_at(*meta, 80);
  for (std::size_t i = 0; i < layout_.spares.size(); ++i) layout_.spares[i] = number_at(*meta, 96 + 4 * i);
  if (layout_.page_bytes < 512 || layout_.page_bytes > 65'536 || !std::has_single_bit(layout_.page_bytes))
    return malformed("expected a page size of 512 to 65536 bytes");
  if (layout_.last_page > max_file_bytes / layout_.page_bytes || layout_.max_bucket > layout_.last_page)
    return malformed("more pages than a file can have");
  const auto pages = static_cast<std::uint32_t>(file_->size() / layout_.page_bytes);
  layout_.last_page = std::min(layout_.last_page, std::max<std::uint32_t>(pages, 1) - 1);
  layout_.knows_hash = number_at(*meta, 92) == hash_of({"%$sniglet^&", 12});
  return {};
}

base::Result<std::string> BerkeleyHash::page_at(std::uint32_t number) const {
  if (number > layout_.last_page) return malformed("a page beyond the last one");
  auto page = file_->read_at(std::uint64_t{number} * layout_.page_bytes, layout_.page_bytes);
  if (page && number_at(*page, 8) != number) return malformed("a page of another number");
  return page;
}

// Empty when the page says nonsense. Items lie from the end of the page downwards.
std::string_view BerkeleyHash::item_at(std::string_view page, std::uint32_t index) const {
  const auto entry = [&](std::uint32_t of) { return short_at(page, page_header_bytes + 2 * of); };
  const std::size_t begin = entry(index), end = index == 0 ? page.size() : entry(index - 1);
  const auto after_index = page_header_bytes + 2 * std::size_t{short_at(page, entries_at)};
  if (begin < after_index || begin >= end || end > page.size()) return {};
  return page.substr(begin, end - begin);
}

base::Result<std::string> BerkeleyHash::overflowing(std::uint32_t page, std::uint32_t bytes,
                                                    std::uint32_t& pages_left) const {
  if (bytes > max_value_bytes) return base::fail(Errc::limit_exceeded, "a value of more than 64 MiB", path_);
  const std::uint32_t most_data = layout_.page_bytes - static_cast<std::uint32_t>(page_header_bytes);
  std::string value;
  // Pages of one value mostly follow each other.
  while (value.size() < bytes && pages_left > 0) {
    if (page == 0 || page > layout_.last_page) return malformed("a value's pages end too early");
    const auto wanted = (bytes - static_cast<std::uint32_t>(value.size()) - 1) / most_data + 1;
    const auto count = std::max<std::uint32_t>(
        1, std::min({wanted, most_read_bytes / layout_.page_bytes, layout_.last_page - page + 1}));
    const auto chunk =
        file_->read_at(std::uint64_t{page} * layout_.page_bytes, std::size_t{count} * layout_.page_bytes);
    if (!chunk) return chunk.error();
    const auto first = page;
    do {
      const auto one =
          std::string_view(*chunk).substr(std::size_t{page - first} * layout_.page_bytes, layout_.page_bytes);
      const auto used = short_at(one, used_at);
      if (one[kind_at] != overflow_page || number_at(one, 8) != page || used == 0 || used > most_data)
        return malformed("expected a page of a long value");
      value.append(one.substr(page_header_bytes, used));
      --pages_left;
      if (number_at(one, next_page_at) != page + 1) {
        page = number_at(one, next_page_at);
        break;
      }
      ++page;
    } while (page - first < count && value.size() < bytes && pages_left > 0);
  }
  if (value.size() < bytes) return malformed("a value's pages end too early");
  value.resize(bytes);
  return value;
}

base::Result<std::string> BerkeleyHash::value_of(std::string_view item, std::uint32_t& pages_left) const {
  if (!item.empty() && item.front() == item_within) return std::string(item.substr(1));
  if (item.size() >= 12 && item.front() == item_beyond)
    return overflowing(number_at(item, 4), number_at(item, 8), pages_left);
  return malformed("expected a value in its page or on pages of its own");
}

void BerkeleyHash::take_pairs(std::string_view page, std::uint32_t& pages_left, const Want& want) const {
  const auto entries = short_at(page, entries_at);
  if (page_header_bytes + 2 * std::size_t{entries} > page.size()) return;
  for (std::uint32_t i = 0; i + 1 < entries; i += 2) {
    const auto key = item_at(page, i);
    // No key of ours is so long that it has pages of its own.
    if (key.empty() || key.front() != item_within) continue;
    if (want.key == nullptr || *want.key == key.substr(1))
      want.take(key.substr(1), value_of(item_at(page, i + 1), pages_left));
  }
}

base::Result<void> BerkeleyHash::each_of_bucket(std::uint32_t bucket, std::uint32_t& pages_left,
                                                const Want& want) const {
  const auto doubling = static_cast<std::size_t>(std::bit_width(bucket));
  std::uint32_t number = bucket + layout_.spares[std::min<std::size_t>(doubling, 31)];
  while (number != 0) {
    if (pages_left-- == 0) return malformed("its pages go round in a circle");
    const auto page = page_at(number);
    if (!page) return page.error();
    const char kind = (*page)[kind_at];
    if (kind != hash_page && kind != unsorted_hash_page) return malformed("expected a page of a bucket");
    take_pairs(*page, pages_left, want);
    number = number_at(*page, next_page_at);
  }
  return {};
}

base::Result<void> BerkeleyHash::each(const Take& take) const {
  std::uint32_t pages_left = layout_.last_page + 1;
  for (std::uint32_t bucket = 0; bucket <= layout_.max_bucket; ++bucket) {
    if (auto done = each_of_bucket(bucket, pages_left, {take}); !done) return done.error();
  }
  return {};
}

base::Result<std::string> BerkeleyHash::find(std::string_view key) const {
  base::Result<std::string> found = base::fail(Errc::not_found, "no such key", path_);
  const Take take = [&](std::string_view, const base::Result<std::string>& value) { found = value; };
  const auto hash = hash_of(key);
  const auto high = hash & layout_.high_mask;
  const auto its_bucket = high > layout_.max_bucket ? hash & layout_.low_mask : high;
  if (its_bucket > layout_.max_bucket) return malformed("its buckets are none");
  // Of a file with another hash function all buckets are looked through.
  const auto first = layout_.knows_hash ? its_bucket : 0,
             last = layout_.knows_hash ? first : layout_.max_bucket;
  std::uint32_t pages_left = layout_.last_page + 1;
  for (auto bucket = first; bucket <= last; ++bucket) {
    if (auto done = each_of_bucket(bucket, pages_left, {take, &key}); !done) return done.error();
  }
  return found;
}

}  // namespace censo::agent
