#include "cmdb/id_page.h"

namespace censo::cmdb {

base::Result<std::int64_t> position_of(const PageRequest& request, std::int64_t first) {
  if (request.after.empty()) return first;
  const auto id = base::id_from_text(request.after);
  if (!id) return base::fail(base::Errc::malformed, "expected the \"next\" of an earlier page", "after");
  return *id;
}

}  // namespace censo::cmdb
