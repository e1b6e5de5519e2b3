#include "cmdb/software.h"

#include "cmdb/component_rows.h"
#include "cmdb/search_memory.h"
#include "cmdb/version.h"

#include <algorithm>
#include <limits>
#include <map>
#include <tuple>

namespace censo::cmdb {
namespace {

struct OldestFirst {
  bool operator()(const PackageRow& a, const PackageRow& b) const {
    if (std::tie(a.name, a.manager) != std::tie(b.name, b.manager))
      return std::tie(a.name, a.manager) < std::tie(b.name, b.manager);
    const auto order = compare_versions(scheme_of_manager(a.manager), a.version, b.version);
    return order != 0 ? order < 0 : a.version < b.version;
  }
};

// One name more than is needed shows that there is another page.
std::vector<PackageRow> packages_of(store::Transaction& tx, const SoftwareFilter& filter,
                                    const PageRequest& page) {
  constexpr std::size_t all = std::numeric_limits<std::int32_t>::max();
  if (filter.name.empty()) return packages_after(tx, page.after, page.limit + 1);
  const bool begins = filter.name.ends_with('*');
  auto packages =
      packages_named(tx, filter.name.substr(0, filter.name.size() - (begins ? 1 : 0)), begins, all);
  std::erase_if(packages, [&](const PackageRow& package) { return package.name <= page.after; });
  return packages;
}

}  // namespace

Page<SoftwareVersion> software_versions(store::Transaction& tx, const SearchMemory& memory,
                                        const SoftwareFilter& filter, const PageRequest& page) {
  auto packages = packages_of(tx, filter, page);
  const bool cut = filter.name.empty() && packages.size() > page.limit;
  std::map<PackageRow, RowIds, OldestFirst> versions;
  for (PackageRow& package : packages) {
    const auto id = package.id;
    versions[std::move(package)].push_back(id);
  }
  Page<SoftwareVersion> result;
  for (const auto& [package, rows] : versions) {
    const bool is_full = result.rows.size() >= page.limit && result.rows.back().name != package.name;
    if (is_full) {
      result.next = result.rows.back().name;
      break;
    }
    const bool wanted = filter.version.empty() || version_fits(package, filter.comparison, filter.version);
    const std::size_t hosts = wanted ? memory.with_rows(rows).count() : 0;
    if (hosts > 0) result.rows.push_back({package.name, package.version, package.manager, hosts});
  }
  if (cut && result.next.empty()) result.next = versions.rbegin()->first.name;
  return result;
}

}  // namespace censo::cmdb
