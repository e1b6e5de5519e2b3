#include "agent/user_names.h"

#include "base/text.h"

namespace censo::agent {

UserNames::UserNames(const Host& host) {
  const auto text = host.read_file("/etc/passwd", 4 * 1024 * 1024);
  if (!text) return;
  for (const std::string_view line : base::split(*text, '\n')) {
    const auto fields = base::split(line, ':');
    if (fields.size() < 3 || fields[0].empty()) continue;
    const auto id = base::parse_unsigned(fields[2]);
    if (id && *id <= 0xffffffff)
      names_.emplace(static_cast<std::uint32_t>(*id), base::sanitize_utf8(fields[0], 256));
  }
}

std::string UserNames::name_of(std::uint32_t user_id) const {
  const auto found = names_.find(user_id);
  return found == names_.end() ? std::to_string(user_id) : found->second;
}

}  // namespace censo::agent
