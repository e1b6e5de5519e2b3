#include "agent/package_owner.h"

#include "agent/rpm_ndb.h"
#include "base/text.h"

#include <algorithm>
#include <array>
#include <functional>

namespace censo::agent {
namespace {

constexpr std::size_t max_lists = 24;  // read for one file
constexpr std::size_t max_programs = 200'000;
constexpr std::size_t max_list_bytes = 4 * 1024 * 1024;

// Folders whose names say nothing about a package.
constexpr std::array<std::string_view, 9> plain_folders{"bin",     "sbin",  "usr",   "lib", "lib64",
                                                        "libexec", "local", "share", "opt"};

// Words that the package's name may begin with: of /usr/lib/postgresql/15/bin/postgres "postgres" and
// "postgresql".
std::vector<std::string_view> hints_of(std::string_view executable, std::string_view hint) {
  std::vector<std::string_view> hints;
  if (!hint.empty()) hints.push_back(hint);
  auto parts = base::split(executable, '/');
  std::reverse(parts.begin(), parts.end());
  for (const std::string_view part : parts) {
    const bool plain = std::find(plain_folders.begin(), plain_folders.end(), part) != plain_folders.end();
    if (part.size() < 3 || plain) continue;
    hints.push_back(part);
    if (part.size() > 3 && part.back() == 'd')
      hints.push_back(part.substr(0, part.size() - 1));  // chronyd, cupsd
  }
  return hints;
}

bool begins_word(std::string_view longer, std::string_view shorter) {
  if (!longer.starts_with(shorter)) return false;
  if (longer.size() == shorter.size()) return true;
  const char next = longer[shorter.size()];
  return next == '-' || next == '.' || (next >= '0' && next <= '9');
}

// "nginx-core" or "systemd" of the files nginx and systemd-resolved.
bool resembles(std::string_view package, std::string_view hint) {
  return begins_word(package, hint) || begins_word(hint, package);
}

bool lists(std::string_view list, std::string_view line) {
  for (std::size_t at = list.find(line); at != std::string_view::npos; at = list.find(line, at + 1)) {
    const std::size_t end = at + line.size();
    if ((at == 0 || list[at - 1] == '\n') && (end == list.size() || list[end] == '\n')) return true;
  }
  return false;
}

}  // namespace

PackageOwners::PackageOwners(const Host& host) : host_(host) {
  if (auto text = host.read_file(dpkg_status_path, max_dpkg_status_bytes)) {
    dpkg_text_ = std::move(*text);
    dpkg_packages_ = parse_dpkg_status(dpkg_text_).packages;
  }
  if (!dpkg_packages_.empty()) return;
  if (auto database = RpmDatabase::open(host)) {
    rpm_ = std::move(*database);
    return;
  }
  if (has_ndb(host)) {
    read_ndb();  // an older one beside it was left behind
  } else if (auto older = RpmBerkeley::open(host)) {
    older_rpm_ = std::move(*older);
  }
}

void PackageOwners::read_ndb() {
  const auto done = each_ndb_package(host_, [this](const base::Result<RpmHeader>& header) {
    const auto package = header ? read_rpm_package(*header) : base::Result<RpmPackage>(header.error());
    if (!package) return;
    const auto number = static_cast<std::uint32_t>(packages_of_programs_.size());
    packages_of_programs_.push_back({package->name, package->version});
    each_program_of(*header, [&](const std::string& path) {
      if (programs_.size() < max_programs) programs_.push_back({std::hash<std::string>()(path), number});
    });
  });
  if (!done) programs_.clear();
  std::stable_sort(programs_.begin(), programs_.end());
}

std::optional<OwningPackage> PackageOwners::owner_of(std::string_view executable,
                                                     std::string_view hint) const {
  if (!executable.starts_with('/')) return std::nullopt;
  if (!programs_.empty()) return owner_by_ndb(executable);
  return rpm_ || older_rpm_ ? owner_by_rpm(executable) : owner_by_dpkg(executable, hint);
}

std::optional<OwningPackage> PackageOwners::owner_by_dpkg(std::string_view executable,
                                                          std::string_view hint) const {
  std::size_t read = 0;
  // Lists of packages made before /bin was merged into /usr/bin say /bin.
  const std::string_view before_merge = executable.starts_with("/usr/") ? executable.substr(4) : executable;
  for (const std::string_view word : hints_of(executable, hint)) {
    for (const DpkgPackage& package : dpkg_packages_) {
      if (!resembles(package.name, word)) continue;
      if (++read > max_lists) return std::nullopt;
      const auto list = host_.read_file(dpkg_list_path(package), max_list_bytes);
      if (!list || (!lists(*list, executable) && !lists(*list, before_merge))) continue;
      return OwningPackage{base::sanitize_utf8(package.name), base::sanitize_utf8(package.version)};
    }
  }
  return std::nullopt;
}

std::optional<OwningPackage> PackageOwners::owner_by_ndb(std::string_view executable) const {
  const Program wanted{std::hash<std::string_view>()(executable), 0};
  const auto found = std::lower_bound(programs_.begin(), programs_.end(), wanted);
  if (found == programs_.end() || found->path != wanted.path) return std::nullopt;
  return packages_of_programs_[found->package];
}

std::optional<OwningPackage> PackageOwners::owner_by_rpm(std::string_view executable) const {
  std::optional<OwningPackage> owner;
  const std::string name(executable.substr(executable.rfind('/') + 1));
  const auto take = [&](const base::Result<RpmHeader>& header) {
    if (owner || !header || !owns_file(*header, executable)) return;
    if (const auto package = read_rpm_package(*header))
      owner = OwningPackage{package->name, package->version};
  };
  const auto done = rpm_ ? rpm_->each_package_with(name, take) : older_rpm_->each_package_with(name, take);
  if (!done) return std::nullopt;
  return owner;
}

}  // namespace censo::agent
