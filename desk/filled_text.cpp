#include "desk/filled_text.h"

#include "cmdb/schema_file.h"

namespace censo::desk {

std::string filled(std::string_view text, const std::function<std::string(std::string_view name)>& value) {
  std::string out;
  while (!text.empty()) {
    const auto open = text.find('{');
    out += text.substr(0, open);
    if (open == std::string_view::npos) break;
    text.remove_prefix(open);
    const auto close = text.find('}');
    const auto name = close == std::string_view::npos ? std::string_view() : text.substr(1, close - 1);
    const bool named = cmdb::is_schema_name(name);
    out += named ? value(name) : "{";
    text.remove_prefix(named ? close + 1 : 1);
  }
  return out;
}

}  // namespace censo::desk
