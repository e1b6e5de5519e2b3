// A hash file of Berkeley DB (versions 8 to 10 of the format), read without the library, its locks and its
// log: RPM's database before 4.16. A page or a value at a time is in memory, and every offset is checked.
#pragma once

#include "agent/host.h"
#include "base/result.h"

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace censo::agent {

class BerkeleyHash {
 public:
  // Errc::not_found without the file; malformed when it is no hash file of Berkeley DB; unsupported when it
  // is encrypted or has checksums; limit_exceeded above 1 GiB.
  static base::Result<BerkeleyHash> open(const Host& host, std::string_view path);

  // A value that cannot be read is handed over as its error. Numbers within keys and values are the writer's:
  // see number_at(). Errc::malformed when the file's structure ends.
  using Take = std::function<void(std::string_view key, const base::Result<std::string>& value)>;
  base::Result<void> each(const Take& take) const;
  // Errc::not_found.
  base::Result<std::string> find(std::string_view key) const;

  // 32 bits in the byte order of the machine that wrote the file; 0 beyond the end.
  std::uint32_t number_at(std::string_view bytes, std::size_t at) const;
  std::string bytes_of(std::uint32_t number) const;

 private:
  struct Layout {
    std::uint32_t page_bytes = 0, last_page = 0;
    std::uint32_t max_bucket = 0, high_mask = 0, low_mask = 0;
    std::array<std::uint32_t, 32> spares{};  // pages before the buckets of each doubling
    bool knows_hash = false;                 // the keys' buckets can be told
    bool big_endian = false;
  };
  BerkeleyHash(std::unique_ptr<OpenFile> file, std::string path)
      : file_(std::move(file)), path_(std::move(path)) {}
  base::Result<void> read_layout();
  struct Want {
    const Take& take;
    const std::string_view* key = nullptr;  // only this one
  };
  // `pages_left`: each page belongs to one bucket or value, so that more are a circle.
  base::Result<void> each_of_bucket(std::uint32_t bucket, std::uint32_t& pages_left, const Want& want) const;
  base::Result<std::string> page_at(std::uint32_t number) const;
  void take_pairs(std::string_view page, std::uint32_t& pages_left, const Want& want) const;
  base::Result<std::string> value_of(std::string_view item, std::uint32_t& pages_left) const;
  base::Result<std::string> overflowing(std::uint32_t page, std::uint32_t bytes,
                                        std::uint32_t& pages_left) const;
  std::string_view item_at(std::string_view page, std::uint32_t index) const;
  std::uint32_t short_at(std::string_view bytes, std::size_t at) const;
  base::Error malformed(const char* message) const;

  std::unique_ptr<OpenFile> file_;
  std::string path_;
  Layout layout_;
};

}  // namespace censo::agent
