#include "agent/mount_table.h"

#include "base/text.h"

#include <algorithm>
#include <array>

namespace censo::agent {
namespace {

bool is_octal(char c) {
  return c >= '0' && c <= '7';
}

// The kernel writes space, tab, newline and backslash as \ooo.
std::string unescape(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto digits = text.substr(i + 1, 3);
    if (text[i] == '\\' && digits.size() == 3 && std::all_of(digits.begin(), digits.end(), is_octal)) {
      plain += static_cast<char>((digits[0] - '0') * 64 + (digits[1] - '0') * 8 + (digits[2] - '0'));
      i += 3;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

base::Result<Mount> parse_line(std::string_view line, std::size_t number) {
  // 36 35 98:0 /root /point rw,noatime master:1 - ext3 /dev/root rw,errors=continue
  const auto fields = base::split(line, ' ');
  const auto dash =
      std::find(fields.begin() + std::min<std::ptrdiff_t>(6, std::ssize(fields)), fields.end(), "-");
  if (fields.end() - dash < 4) {
    return base::fail(base::Errc::malformed, "expected six fields, \" - \", a type, a source and options",
                      "/proc/self/mountinfo:" + std::to_string(number));
  }
  Mount mount;
  mount.device_number = std::string(fields[2]);
  mount.root = unescape(fields[3]);
  mount.mount_point = unescape(fields[4]);
  mount.type = unescape(dash[1]);
  mount.source = unescape(dash[2]);
  for (const auto option : base::split(dash[3], ',')) mount.options.emplace_back(option);
  return mount;
}

}  // namespace

base::Result<std::vector<Mount>> parse_mount_table(std::string_view text) {
  std::vector<Mount> mounts;
  std::size_t number = 0;
  for (const auto line : base::split(text, '\n')) {
    ++number;
    if (line.empty()) continue;
    auto mount = parse_line(line, number);
    if (!mount) return mount.error();
    mounts.push_back(std::move(*mount));
  }
  return mounts;
}

bool answers_from_outside(std::string_view type) {
  constexpr std::array<std::string_view, 29> outside{
      "9p", "acfs", "afs", "autofs", "beegfs", "ceph", "cifs", "coda", "fuse", "fuseblk", "gpfs", "lustre",
      "mmfs", "ncpfs", "nfs", "nfs4", "ocfs2", "orangefs", "panfs", "prl_fs", "pvfs2", "shfs", "smb3",
      "smbfs", "vboxsf", "virtiofs", "vmhgfs", "gfs2", "glusterfs"};
  return type.starts_with("fuse.") || std::find(outside.begin(), outside.end(), type) != outside.end();
}

}  // namespace censo::agent
