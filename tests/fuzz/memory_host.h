// A host of a few files in memory, to run a source over hostile bytes.
#pragma once

#include "agent/source.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace censo::agent {

class MemoryFile final : public OpenFile {
 public:
  explicit MemoryFile(std::string content) : content_(std::move(content)) {}
  std::uint64_t size() const override { return content_.size(); }
  base::Result<std::string> read_at(std::uint64_t offset, std::size_t bytes) const override {
    if (offset > content_.size() || bytes > content_.size() - offset)
      return base::fail(base::Errc::malformed, "the file ends too early");
    return content_.substr(offset, bytes);
  }

 private:
  std::string content_;
};

class MemoryHost final : public Host {
 public:
  explicit MemoryHost(std::map<std::string, std::string, std::less<>> files) : files_(std::move(files)) {}

  base::Result<std::string> read_file(std::string_view path, std::size_t max_bytes) const override {
    const auto file = files_.find(path);
    if (file == files_.end()) return none(path);
    if (file->second.size() > max_bytes) return base::fail(base::Errc::limit_exceeded, "too long");
    return file->second;
  }
  base::Result<std::unique_ptr<OpenFile>> open_file(std::string_view path) const override {
    const auto file = files_.find(path);
    if (file == files_.end()) return none(path);
    return std::unique_ptr<OpenFile>(std::make_unique<MemoryFile>(file->second));
  }
  // The names that follow `path` in those of the files.
  base::Result<std::vector<std::string>> list_folder(std::string_view path) const override {
    const std::string folder = std::string(path) + (path.ends_with('/') ? "" : "/");
    std::vector<std::string> names;
    for (auto file = files_.lower_bound(folder); file != files_.end() && file->first.starts_with(folder);
         ++file) {
      auto name = file->first.substr(folder.size());
      name.resize(std::min(name.find('/'), name.size()));
      if (names.empty() || names.back() != name) names.push_back(std::move(name));
    }
    if (names.empty()) return none(path);
    return names;
  }
  base::Result<std::string> read_link(std::string_view path) const override { return none(path); }
  base::Result<FileStatus> status(std::string_view path) const override {
    const auto file = files_.find(path);
    if (file == files_.end()) return none(path);
    FileStatus status;
    status.kind = FileKind::regular;
    status.size = file->second.size();
    return status;
  }
  std::string local_path(std::string_view path) const override { return std::string(path); }
  base::Result<FileSystemSpace> space(std::string_view) const override { return FileSystemSpace{1000, 500}; }
  base::Result<base::Bytes> netlink_dump(int, std::span<const std::uint8_t>,
                                         std::string_view name) const override {
    return none(name);
  }
  base::TimeMs now() const override { return 0; }

 private:
  static base::Error none(std::string_view path) {
    return base::fail(base::Errc::not_found, "no such file", std::string(path));
  }
  std::map<std::string, std::string, std::less<>> files_;
};

// What the source found; a name that no source has is a bug of the target.
inline SourceOutput run_source(std::string_view name, std::map<std::string, std::string, std::less<>> files) {
  const auto sources = all_sources();
  const auto source =
      std::find_if(sources.begin(), sources.end(), [&](const Source& row) { return row.name == name; });
  if (source == sources.end()) std::abort();
  SourceOutput out;
  out.section.complete = true;
  if (const auto done = source->collect(MemoryHost(std::move(files)), out); !done)
    out.section.complete = false;
  return out;
}

}  // namespace censo::agent
