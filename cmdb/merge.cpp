#include "cmdb/merge.h"

#include <algorithm>

namespace censo::cmdb {
namespace {

constexpr int longest_chain = 64;  // far above what people make; ends a circle that a damaged database has

}  // namespace

CiId root_of(store::Transaction& tx, CiId ci) {
  for (int step = 0; step < longest_chain; ++step) {
    const auto row = tx.query_one("select merged_into from ci where id = $1", ci.value);
    if (!row || row->is_null(0)) return ci;
    ci = CiId(row->integer(0));
  }
  return ci;
}

std::vector<CiId> members_of(store::Transaction& tx, CiId root) {
  std::vector<CiId> members{root};
  for (std::size_t at = 0; at < members.size(); ++at) {
    for (const store::Row& row :
         tx.query("select id from ci where merged_into = $1 order by id", members[at].value)) {
      const CiId member(row.integer(0));
      if (std::ranges::find(members, member) == members.end()) members.push_back(member);
    }
  }
  return members;
}

}  // namespace censo::cmdb
