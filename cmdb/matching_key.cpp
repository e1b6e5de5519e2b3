#include "cmdb/matching_key.h"

#include "cmdb/search_memory.h"

#include <algorithm>

namespace censo::cmdb {

std::string key_with(store::Transaction& tx, const SearchMemory& memory, CiId ci,
                     std::span<const std::string> texts) {
  const auto item = memory.number_of(ci);
  if (!item) return "";
  for (const std::uint32_t member : memory.members_of(*item)) {
    for (const store::Row& row :
         tx.query("select rule, value from ci_key where ci_id = $1 and rule <> 'name_beside'"
                  " order by rule, value",
                  memory.id_of(member).value)) {
      const auto within = [&](const std::string& text) {
        return row.text(1).find(text) != std::string::npos;
      };
      if (std::ranges::any_of(texts, within)) return row.text(0) + " " + row.text(1);
    }
  }
  return "";
}

}  // namespace censo::cmdb
