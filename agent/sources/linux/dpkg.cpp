// Installed Debian packages. An upgrade changes a row: the version is not part of its key.
#include "agent/attributes.h"
#include "agent/dpkg_status.h"
#include "agent/source.h"
#include "base/text.h"

namespace censo::agent::sources {
namespace {

constexpr std::uint64_t max_installed_kib = 1ULL << 40;

void add_package(const Host& host, const DpkgPackage& package, SourceOutput& out) {
  auto& attributes = out.add("software_package").attributes;
  set_text(attributes, "manager", "dpkg");
  set_text(attributes, "name", package.name);
  set_text(attributes, "version", package.version);
  set_text(attributes, "architecture", package.architecture);
  set_text(attributes, "source", package.source.substr(0, package.source.find(' ')));  // "openssl (3.0.11-1)"
  set_text(attributes, "maintainer", package.maintainer);
  set_text(attributes, "section", package.section);
  if (const auto kib = base::parse_unsigned(package.installed_kib); kib && *kib < max_installed_kib) {
    set_count(attributes, "installed_bytes", static_cast<std::int64_t>(*kib * 1024));
  }
  // dpkg keeps no date; it writes the list of files anew with each version.
  if (const auto list = host.status(dpkg_list_path(package)); list && list->modified > 0) {
    set_text(attributes, "installed_at", base::to_iso8601(list->modified));
  }
}

}  // namespace

base::Result<void> dpkg(const Host& host, SourceOutput& out) {
  const auto text = host.read_file(dpkg_status_path, max_dpkg_status_bytes);
  if (!text) return text.error();
  const DpkgStatus status = parse_dpkg_status(*text);
  if (status.fault) out.partial(*status.fault);
  for (const DpkgPackage& package : status.packages) add_package(host, package, out);
  return {};
}

}  // namespace censo::agent::sources
