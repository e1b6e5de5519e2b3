#include "agent/sysfs_folder.h"

#include "base/text.h"

#include <algorithm>

namespace censo::agent {
namespace {

constexpr std::size_t max_value_bytes = 4096;  // sysfs gives a page at most
constexpr std::size_t max_folders = 5000;

// "../../devices/x" from "/sys/class/net/eth0" is "/sys/devices/x".
std::string resolved(const std::string& path, const std::string& target) {
  if (target.starts_with('/')) return target;
  std::string folder = path.substr(0, path.rfind('/'));
  for (const auto part : base::split(target, '/')) {
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      folder.erase(folder.empty() ? 0 : folder.rfind('/'));
    } else {
      folder.append("/").append(part);
    }
  }
  return folder;
}

}  // namespace

SysfsFolder::SysfsFolder(const Host& host, std::string path) : host_(&host), path_(std::move(path)) {
  if (const auto target = host.read_link(path_)) path_ = resolved(path_, *target);
}

std::string SysfsFolder::at(std::string_view file) const {
  return file.empty() ? path_ : path_ + "/" + std::string(file);
}

std::string SysfsFolder::name() const {
  return path_.substr(path_.rfind('/') + 1);
}

std::string SysfsFolder::text(std::string_view file) const {
  const auto content = host_->read_file(at(file), max_value_bytes);
  return content ? std::string(base::trim(*content)) : std::string();
}

std::optional<std::int64_t> SysfsFolder::number(std::string_view file) const {
  return base::parse_integer(text(file));
}

std::optional<std::uint64_t> SysfsFolder::hexadecimal(std::string_view file) const {
  const auto value = text(file);
  return base::parse_unsigned(std::string_view(value).substr(value.starts_with("0x") ? 2 : 0), 16);
}

std::string SysfsFolder::link_name(std::string_view link) const {
  const auto target = host_->read_link(at(link));
  return target ? target->substr(target->rfind('/') + 1) : std::string();
}

bool SysfsFolder::has(std::string_view file) const {
  return host_->status(at(file)).has_value();
}

std::vector<std::string> SysfsFolder::names(std::string_view subfolder) const {
  const auto found = host_->list_folder(at(subfolder));
  return found ? *found : std::vector<std::string>();
}

std::map<std::string, std::string> SysfsFolder::uevent() const {
  std::map<std::string, std::string> values;
  const auto content = text("uevent");
  for (const auto line : base::split(content, '\n')) {
    const auto equals = line.find('=');
    if (equals != std::string_view::npos) values.emplace(line.substr(0, equals), line.substr(equals + 1));
  }
  return values;
}

SysfsFolder SysfsFolder::below(std::string_view subfolder) const {
  return SysfsFolder(*host_, at(subfolder));
}

std::vector<NamedFolder> folders_in(const Host& host, const std::string& path) {
  std::vector<NamedFolder> folders;
  const auto names = host.list_folder(path);
  if (!names) return folders;
  for (std::size_t i = 0; i < std::min(names->size(), max_folders); ++i) {
    folders.push_back({(*names)[i], SysfsFolder(host, path + "/" + (*names)[i])});
  }
  return folders;
}

}  // namespace censo::agent
