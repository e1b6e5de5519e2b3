// How sources set what they read: only what is known, texts trimmed and clean.
#pragma once

#include "base/text.h"
#include "inventory/report.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace censo::agent {

inline void set_text(inventory::Attributes& attributes, std::string_view name, std::string_view text) {
  attributes.set(name, std::string_view(base::sanitize_utf8(base::trim(text))));
}

// Zero and less is "not known".
inline void set_count(inventory::Attributes& attributes, std::string_view name,
                      std::optional<std::int64_t> count) {
  if (count && *count > 0) attributes.set(name, *count);
}

}  // namespace censo::agent
