#include "agent/rpm_header.h"

#include "base/text.h"

#include <algorithm>
#include <cstring>

namespace censo::agent {
namespace {

using base::Errc;

// rpm's lib/rpmtag.h
namespace tag {
constexpr std::uint32_t name = 1000, version = 1001, release = 1002, epoch = 1003, install_time = 1008,
                        size = 1009;
constexpr std::uint32_t vendor = 1011, architecture = 1022, source_package = 1044, provides = 1047,
                        long_size = 5009;
constexpr std::uint32_t modes = 1030, folder_indices = 1116, base_names = 1117, folder_names = 1118;
}  // namespace tag

namespace type {
constexpr std::uint32_t int16 = 3, int64 = 5, text = 6, text_list = 8, translated_text = 9;
}  // namespace type

constexpr std::size_t entry_bytes = 16;
constexpr std::size_t counts_bytes = 8;

std::uint64_t big_endian(std::span<const std::uint8_t> bytes) {
  std::uint64_t value = 0;
  for (const std::uint8_t byte : bytes) value = value << 8 | byte;
  return value;
}

std::uint32_t word_at(std::span<const std::uint8_t> bytes, std::size_t offset) {
  return static_cast<std::uint32_t>(big_endian(bytes.subspan(offset, 4)));
}

base::Error malformed(std::uint32_t tag, std::string_view what) {
  return base::fail(Errc::malformed, "in an RPM header, " + std::string(what), "tag " + std::to_string(tag));
}

std::string text_or_nothing(const RpmHeader& header, std::uint32_t tag) {
  const auto text = header.text(tag);
  return text ? base::sanitize_utf8(*text) : std::string{};
}

std::uint64_t number_or_zero(const RpmHeader& header, std::uint32_t tag) {
  const auto numbers = header.numbers(tag);
  return numbers && !numbers->empty() ? numbers->front() : 0;
}

// As dnf and zypper decide it.
bool goes_side_by_side(const RpmHeader& header) {
  const auto provides = header.texts(tag::provides);
  return provides && std::any_of(provides->begin(), provides->end(), [](std::string_view capability) {
           return capability.starts_with("installonlypkg(") || capability.starts_with("multiversion(");
         });
}

}  // namespace

base::Result<RpmHeader> RpmHeader::parse(std::span<const std::uint8_t> blob) {
  if (blob.size() < counts_bytes) {
    return base::fail(Errc::malformed,
                      "expected an RPM header, found " + std::to_string(blob.size()) + " bytes");
  }
  const std::size_t entries = word_at(blob, 0);
  const std::size_t data_bytes = word_at(blob, 4);
  const std::size_t rest = blob.size() - counts_bytes;
  if (entries > rest / entry_bytes || data_bytes > rest - entries * entry_bytes) {
    return base::fail(Errc::malformed, "an RPM header of " + std::to_string(blob.size()) + " bytes claims " +
                                           std::to_string(entries) + " entries and " +
                                           std::to_string(data_bytes) + " bytes of data");
  }
  const auto index = blob.subspan(counts_bytes, entries * entry_bytes);
  return RpmHeader(index, blob.subspan(counts_bytes + index.size(), data_bytes));
}

base::Result<RpmHeader::Entry> RpmHeader::find(std::uint32_t wanted) const {
  for (std::size_t at = 0; at < index_.size(); at += entry_bytes) {
    if (word_at(index_, at) != wanted) continue;
    const Entry entry{wanted, word_at(index_, at + 4), word_at(index_, at + 8), word_at(index_, at + 12)};
    if (entry.offset > data_.size()) return malformed(wanted, "an offset lies behind the data");
    return entry;
  }
  return base::fail(Errc::not_found, "no such tag in the RPM header", "tag " + std::to_string(wanted));
}

base::Result<std::string_view> RpmHeader::text(std::uint32_t wanted) const {
  const auto all = texts(wanted);
  if (!all) return all.error();
  if (all->empty()) return malformed(wanted, "a text is missing");
  return all->front();
}

base::Result<std::vector<std::string_view>> RpmHeader::texts(std::uint32_t wanted) const {
  const auto entry = find(wanted);
  if (!entry) return entry.error();
  if (entry->type != type::text && entry->type != type::text_list && entry->type != type::translated_text) {
    return malformed(wanted, "expected a text, found type " + std::to_string(entry->type));
  }
  std::string_view rest(reinterpret_cast<const char*>(data_.data()), data_.size());
  rest.remove_prefix(entry->offset);
  // Each text takes a byte at least, so that a lying count reserves no memory.
  if (entry->count > rest.size()) return malformed(wanted, "a count of texts goes beyond the data");
  std::vector<std::string_view> all;
  all.reserve(entry->count);
  for (std::uint32_t i = 0; i < entry->count; ++i) {
    const std::size_t end = rest.find('\0');
    if (end == std::string_view::npos) return malformed(wanted, "a text has no end");
    all.push_back(rest.substr(0, end));
    rest.remove_prefix(end + 1);
  }
  return all;
}

base::Result<std::vector<std::uint64_t>> RpmHeader::numbers(std::uint32_t wanted) const {
  const auto entry = find(wanted);
  if (!entry) return entry.error();
  if (entry->type < type::int16 || entry->type > type::int64) {
    return malformed(wanted, "expected a number, found type " + std::to_string(entry->type));
  }
  const std::size_t bytes = std::size_t{1} << (entry->type - 2);
  if (entry->count > (data_.size() - entry->offset) / bytes) {
    return malformed(wanted, "a count of numbers goes beyond the data");
  }
  std::vector<std::uint64_t> all;
  all.reserve(entry->count);
  for (std::size_t i = 0; i < entry->count; ++i)
    all.push_back(big_endian(data_.subspan(entry->offset + i * bytes, bytes)));
  return all;
}

base::Result<RpmPackage> read_rpm_package(const RpmHeader& header) {
  const auto name = header.text(tag::name);
  if (!name) return name.error();
  const auto version = header.text(tag::version);
  if (!version) return version.error();
  const auto release = header.text(tag::release);
  if (!release) return release.error();
  RpmPackage package;
  package.name = base::sanitize_utf8(*name);
  const std::uint64_t epoch = number_or_zero(header, tag::epoch);
  if (epoch != 0) package.version = std::to_string(epoch) + ":";
  package.version += base::sanitize_utf8(std::string(*version) + "-" + std::string(*release));
  package.architecture = text_or_nothing(header, tag::architecture);
  package.source = text_or_nothing(header, tag::source_package);
  package.vendor = text_or_nothing(header, tag::vendor);
  package.installed_bytes = number_or_zero(header, tag::long_size);
  if (package.installed_bytes == 0) package.installed_bytes = number_or_zero(header, tag::size);
  package.installed_at_s = number_or_zero(header, tag::install_time);
  package.side_by_side = goes_side_by_side(header);
  return package;
}

void each_program_of(const RpmHeader& header, const std::function<void(const std::string& path)>& take) {
  constexpr std::uint64_t kind = 0170000, regular = 0100000, may_be_run = 0111;  // inode(7)
  constexpr std::size_t max_path_bytes = 4096;
  const auto names = header.texts(tag::base_names);
  const auto folders = header.texts(tag::folder_names);
  const auto indices = header.numbers(tag::folder_indices);
  const auto modes = header.numbers(tag::modes);
  if (!names || !folders || !indices || !modes || names->size() != indices->size() ||
      names->size() != modes->size())
    return;
  for (std::size_t i = 0; i < names->size(); ++i) {
    const bool is_program = ((*modes)[i] & kind) == regular && ((*modes)[i] & may_be_run) != 0;
    if (!is_program || (*indices)[i] >= folders->size()) continue;
    const auto folder = (*folders)[(*indices)[i]];
    if (folder.size() + (*names)[i].size() <= max_path_bytes) take(std::string(folder).append((*names)[i]));
  }
}

bool owns_file(const RpmHeader& header, std::string_view path) {
  const auto names = header.texts(tag::base_names);
  const auto folders = header.texts(tag::folder_names);
  const auto indices = header.numbers(tag::folder_indices);
  if (!names || !folders || !indices || names->size() != indices->size()) return false;
  const std::size_t slash = path.rfind('/') + 1;
  for (std::size_t i = 0; i < names->size(); ++i) {
    const std::uint64_t folder = (*indices)[i];
    if ((*names)[i] == path.substr(slash) && folder < folders->size() &&
        (*folders)[folder] == path.substr(0, slash)) {
      return true;
    }
  }
  return false;
}

}  // namespace censo::agent
