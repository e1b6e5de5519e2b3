// One box for all that people type: a name or any identifier, in any usual form, from its beginning.
#pragma once

#include "cmdb/configuration_item.h"

#include <string>
#include <string_view>

namespace censo::cmdb {

struct SearchMatch {
  CiId id;
  std::string class_name, name;
  std::string match;  // the key that matched: "base_mac 00:11:22:33:44:55"
};

// Items with a name or identifier that begins with `text`; each item once, by the matching key's text, so
// that an exact match comes first. "0011.22", "00-11-22" and "00:11:22" find the same MAC address; case does
// not matter. Retired items are found too. Errc::invalid_argument: text empty or over 200 bytes;
// Errc::malformed: a bad cursor. Cost: one index search a page, whatever the number of items.
base::Result<Page<SearchMatch>> search_cis(store::Transaction& tx, std::string_view text,
                                           const PageRequest& page);

}  // namespace censo::cmdb
