#include "agent/rpm_ndb.h"

#include <array>

namespace censo::agent {
namespace {

using base::Errc;

constexpr std::array<std::string_view, 2> paths{"/usr/lib/sysimage/rpm/Packages.db",
                                                "/var/lib/rpm/Packages.db"};
constexpr std::size_t page_bytes = 4096, slot_bytes = 16, block_bytes = 16, header_bytes = 32;
constexpr std::size_t blob_head_bytes = 16, blob_tail_bytes = 12;
constexpr std::size_t max_slot_pages = 1024;  // 262,144 packages
constexpr std::size_t max_blob_bytes = 64 * 1024 * 1024;

std::uint32_t word_at(std::string_view bytes, std::size_t at) {
  std::uint32_t word = 0;
  for (std::size_t i = 4; i-- > 0;) word = word << 8 | static_cast<unsigned char>(bytes[at + i]);
  return word;
}

base::Error malformed(const char* message) {
  return base::fail(Errc::malformed, message, "Packages.db");
}

base::Result<std::unique_ptr<OpenFile>> open_database(const Host& host) {
  for (const auto path : paths) {
    auto file = host.open_file(path);
    if (file || file.error().code != Errc::not_found) return file;
  }
  return base::fail(Errc::not_found, "no ndb database of RPM");
}

void hand_over(const OpenFile& file, const NdbSlot& slot, const RpmDatabase::Take& take) {
  const auto blocks =
      file.read_at(std::uint64_t{slot.block} * block_bytes, std::size_t{slot.blocks} * block_bytes);
  if (!blocks) return take(blocks.error());
  const auto blob = ndb_blob(*blocks, slot.package);
  if (!blob) return take(blob.error());
  take(RpmHeader::parse({reinterpret_cast<const std::uint8_t*>(blob->data()), blob->size()}));
}

}  // namespace

base::Result<std::size_t> ndb_slot_bytes(std::string_view front) {
  if (front.size() < header_bytes || !front.starts_with("RpmP"))
    return malformed("expected RPM's ndb database");
  if (word_at(front, 4) != 0) return malformed("expected version 0 of RPM's ndb database");
  const std::size_t pages = word_at(front, 12);
  if (pages == 0 || pages > max_slot_pages) return malformed("expected 1 to 1024 pages of slots");
  return pages * page_bytes;
}

std::vector<NdbSlot> parse_ndb_slots(std::string_view pages) {
  std::vector<NdbSlot> slots;
  for (std::size_t at = header_bytes; at + slot_bytes <= pages.size(); at += slot_bytes) {
    if (pages.substr(at, 4) != "Slot") continue;
    const NdbSlot slot{word_at(pages, at + 4), word_at(pages, at + 8), word_at(pages, at + 12)};
    if (slot.package != 0 && slot.blocks != 0 && slot.blocks <= max_blob_bytes / block_bytes)
      slots.push_back(slot);
  }
  return slots;
}

base::Result<std::string_view> ndb_blob(std::string_view blocks, std::uint32_t package) {
  if (blocks.size() < blob_head_bytes + blob_tail_bytes || !blocks.starts_with("BlbS"))
    return malformed("expected a package's blob");
  const std::size_t size = word_at(blocks, 12);
  if (word_at(blocks, 4) != package || size > blocks.size() - blob_head_bytes - blob_tail_bytes)
    return malformed("a package's blob does not fit its slot");
  return blocks.substr(blob_head_bytes, size);
}

bool has_ndb(const Host& host) {
  const auto file = open_database(host);
  return file || file.error().code != Errc::not_found;
}

base::Result<void> each_ndb_package(const Host& host, const RpmDatabase::Take& take) {
  const auto file = open_database(host);
  if (!file) return file.error();
  const auto front = (*file)->read_at(0, header_bytes);
  const auto size = front ? ndb_slot_bytes(*front) : base::Result<std::size_t>(front.error());
  if (!size) return size.error();
  const auto pages = (*file)->read_at(0, *size);
  if (!pages) return pages.error();
  for (const NdbSlot& slot : parse_ndb_slots(*pages)) hand_over(**file, slot, take);
  return {};
}

}  // namespace censo::agent
