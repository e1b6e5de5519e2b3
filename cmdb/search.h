// One box for all that people type: a name or any identifier, in any usual form, from its beginning.
#pragma once

#include "cmdb/configuration_item.h"

#include <string>
#include <string_view>
#include <vector>

namespace censo::cmdb {

struct SearchMatch {
  CiId id;
  std::string class_name, name;
  std::string match;  // the key that matched: "base_mac 00:11:22:33:44:55"
};

// Items with a name or identifier that begins with `text`; each item once, by the matching key's text, so
// that an exact match comes first. "0011.22", "00-11-22" and "00:11:22" find the same MAC address; case does
// not matter. Retired items are found too; for an item that is merged into another, that one stands.
// Errc::invalid_argument: text empty or over 200 bytes; Errc::malformed: a bad cursor. Cost: one index search
// a page, whatever the number of items.
base::Result<Page<SearchMatch>> search_cis(store::Transaction& tx, std::string_view text,
                                           const PageRequest& page);
// The same among a tenant's items alone, whose cursors name no others. Cost: what the tenant has.
base::Result<Page<SearchMatch>> search_cis_of(store::Transaction& tx, std::string_view tenant,
                                              std::string_view text, const PageRequest& page);

// What keys may begin with: the text as it is in lower case, and the canonical form of the identifier that it
// looks like.
std::vector<std::string> forms_of(std::string_view text);
// The beginning of a MAC address as keys hold it, from "001122", "00-11-2", "00:11" or "0011.22". "": it is
// none.
std::string mac_beginning(std::string_view text);
// Above every key that begins with `text`.
std::string end_of_range(std::string_view text);

}  // namespace censo::cmdb
