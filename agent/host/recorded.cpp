#include "agent/host.h"
#include "agent/host/root_folder.h"
#include "base/text.h"

#include <algorithm>

namespace censo::agent {
namespace {

using base::Errc;

constexpr std::size_t max_recording_bytes = 32 * 1024 * 1024;

class RecordedHost final : public Host {
 public:
  RecordedHost(std::string root, base::TimeMs now)
      : root_(std::move(root), [](std::string_view) { return true; }), now_(now) {}

  base::Result<std::string> read_file(std::string_view path, std::size_t max_bytes) const override {
    return root_.read_file(path, max_bytes);
  }
  base::Result<std::unique_ptr<OpenFile>> open_file(std::string_view path) const override {
    return root_.open_file(path);
  }
  base::Result<std::vector<std::string>> list_folder(std::string_view path) const override {
    return root_.list_folder(path);
  }
  base::Result<std::string> read_link(std::string_view path) const override { return root_.read_link(path); }
  base::Result<FileStatus> status(std::string_view path) const override { return root_.status(path); }
  std::string local_path(std::string_view path) const override { return root_.local_path(path); }

  base::Result<FileSystemSpace> space(std::string_view mount_point) const override {
    const auto recording = root_.read_file("/.space", max_recording_bytes);
    if (!recording) return recording.error();
    for (const auto line : base::split(*recording, '\n')) {
      const auto words = base::split_words(line);
      if (words.size() != 3 || words[0] != mount_point) continue;
      const auto total = base::parse_unsigned(words[1]);
      const auto free = base::parse_unsigned(words[2]);
      if (!total || !free) return base::fail(Errc::malformed, "expected two numbers", std::string(line));
      return FileSystemSpace{*total, *free};
    }
    return base::fail(Errc::not_found, "not in the recording", std::string(mount_point));
  }

  base::Result<base::Bytes> netlink_dump(int, std::span<const std::uint8_t>,
                                         std::string_view name) const override {
    const auto recording = root_.read_file("/.netlink/" + std::string(name) + ".bin", max_recording_bytes);
    if (!recording) return recording.error();
    return base::Bytes(recording->begin(), recording->end());
  }
  base::TimeMs now() const override { return now_; }

 private:
  RootFolder root_;
  base::TimeMs now_;
};

}  // namespace

std::unique_ptr<Host> recorded_host(std::string root, base::TimeMs now) {
  return std::make_unique<RecordedHost>(std::move(root), now);
}

}  // namespace censo::agent
