// Software across the fleet: which versions there are of a package, and how many hosts have each.
#pragma once

#include "cmdb/configuration_item.h"
#include "cmdb/query.h"

#include <string>

namespace censo::cmdb {

class SearchMemory;  // cmdb/search_memory.h

struct SoftwareVersion {
  std::string name, version, manager;
  std::size_t hosts = 0;  // items that have it, in whatever architecture
};

struct SoftwareFilter {
  std::string name;     // exact; "openssl*": its beginning; empty: all
  std::string version;  // with `comparison`; empty: all
  Comparison comparison = Comparison::less;
};

// By name, then from the oldest version to the newest, as the package's manager orders them. Versions that
// nobody has any more are left out. Pages end between names, so that one may hold a few more rows than its
// limit.
Page<SoftwareVersion> software_versions(store::Transaction& tx, const SearchMemory& memory,
                                        const SoftwareFilter& filter, const PageRequest& page);

}  // namespace censo::cmdb
