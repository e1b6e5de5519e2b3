// A folder of sysfs (sysfs(5)) or one like it, with its small files as texts. A folder that is a link is
// resolved once, so that its files are opened without links in their path.
#pragma once

#include "agent/host.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace censo::agent {

class SysfsFolder {
 public:
  // `host` outlives the folder. One that does not exist is empty.
  SysfsFolder(const Host& host, std::string path);

  const std::string& path() const { return path_; }  // on the machine, links resolved
  std::string name() const;                          // last part of it

  // Trimmed; "" when there is none or it is longer than 4 KiB.
  std::string text(std::string_view file) const;
  std::optional<std::int64_t> number(std::string_view file) const;
  // "0x8086" and "8086" are the same number.
  std::optional<std::uint64_t> hexadecimal(std::string_view file) const;
  // The last part of where a link leads: "e1000e" of "driver"; "" when it is no link.
  std::string link_name(std::string_view link) const;
  bool has(std::string_view file) const;
  std::vector<std::string> names(std::string_view subfolder = {}) const;
  // NAME=value of the file "uevent".
  std::map<std::string, std::string> uevent() const;
  SysfsFolder below(std::string_view subfolder) const;

 private:
  std::string at(std::string_view file) const;

  const Host* host_;
  std::string path_;
};

// Every folder below `path` ("/sys/class/power_supply"), in the order of their names there; at most 5,000.
struct NamedFolder {
  std::string name;
  SysfsFolder folder;
};
std::vector<NamedFolder> folders_in(const Host& host, const std::string& path);

}  // namespace censo::agent
