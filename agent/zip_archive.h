// The files in a ZIP archive (PKWARE APPNOTE 6.3.10), of which Java's archives are one kind. The directory at
// its end is read at once, a file only when asked for. No ZIP64, no encryption, no archive in several parts.
#pragma once

#include "agent/host.h"
#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace censo::agent {

struct ZipEntry {
  std::string_view name;  // as it stands in the directory: "META-INF/MANIFEST.MF"
  std::uint16_t flags = 0, method = 0;
  std::uint32_t packed_bytes = 0, bytes = 0;
  std::uint64_t offset = 0;  // of its local header, in the file
};

class ZipArchive {
 public:
  // Errc::malformed: no such archive, or cut. Errc::unsupported: ZIP64. Errc::limit_exceeded: a directory of
  // more than 16 MiB.
  static base::Result<ZipArchive> open(std::unique_ptr<OpenFile> file);

  // Those of the directory that can be made out, in its order. Names live as long as the archive.
  void each_entry(const std::function<void(const ZipEntry& entry)>& take) const;
  // A file's content, stored or deflated. Errc::limit_exceeded, malformed, unsupported (method, encryption).
  base::Result<std::string> content(const ZipEntry& entry, std::size_t max_bytes) const;

 private:
  ZipArchive(std::unique_ptr<OpenFile> file, std::string directory, std::uint64_t before)
      : file_(std::move(file)), directory_(std::move(directory)), before_(before) {}

  std::unique_ptr<OpenFile> file_;
  std::string directory_;
  std::uint64_t before_;  // bytes in front of the archive proper: the script of a self-starting one
};

}  // namespace censo::agent
