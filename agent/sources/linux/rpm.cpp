// Installed RPM packages. An upgrade changes a row, as with dpkg; of packages that are installed in several
// versions side by side each version is a row.
#include "agent/attributes.h"
#include "agent/rpm_berkeley.h"
#include "agent/rpm_database.h"
#include "agent/rpm_ndb.h"
#include "agent/source.h"

#include <set>
#include <utility>

namespace censo::agent::sources {
namespace {

// Keys that rpm stores as packages.
constexpr std::string_view key_package = "gpg-pubkey";
constexpr std::uint64_t max_seconds = 1ULL << 40;

void add_package(const RpmPackage& package, bool side_by_side, SourceOutput& out) {
  auto& attributes = out.add("software_package").attributes;
  set_text(attributes, "manager", "rpm");
  set_text(attributes, "name", package.name);
  set_text(attributes, "version", package.version);
  set_text(attributes, "architecture", package.architecture);
  if (side_by_side) set_text(attributes, "instance", package.version);
  set_text(attributes, "source", package.source);
  set_text(attributes, "maintainer", package.vendor);
  set_count(attributes, "installed_bytes", static_cast<std::int64_t>(package.installed_bytes));
  if (package.installed_at_s > 0 && package.installed_at_s < max_seconds) {
    set_text(attributes, "installed_at",
             base::to_iso8601(static_cast<base::TimeMs>(package.installed_at_s) * 1000));
  }
}

}  // namespace

base::Result<void> rpm(const Host& host, SourceOutput& out) {
  std::set<std::pair<std::string, std::string>> seen;
  const auto take = [&](const base::Result<RpmHeader>& header) {
    const auto package = header ? read_rpm_package(*header) : base::Result<RpmPackage>(header.error());
    if (package && package->name != key_package) {
      // An upgrade that was broken off leaves two versions of any package.
      const bool again = !seen.emplace(package->name, package->architecture).second;
      add_package(*package, package->side_by_side || again, out);
    } else if (!package && out.section.complete) {  // the first such header speaks for all
      out.partial(package.error());
    }
  };
  const auto database = RpmDatabase::open(host);
  if (database) return database->each_package(take);
  if (database.error().code != base::Errc::not_found) return database.error();
  const auto done = each_ndb_package(host, take);
  if (done || done.error().code != base::Errc::not_found) return done;
  // Last: a database that was rebuilt in a newer form may have left it behind.
  const auto older = RpmBerkeley::open(host);
  return older ? older->each_package(take) : base::Result<void>(older.error());
}

}  // namespace censo::agent::sources
