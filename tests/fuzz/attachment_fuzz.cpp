// Files as somebody attaches them: any bytes have a type, any name becomes a harmless one; rules as somebody
// writes them.
#include "base/text.h"
#include "cmdb/class_catalog.h"
#include "desk/attachment_rules.h"
#include "desk/file_type.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

using namespace censo;

void check_name(const std::string& name, const desk::AttachmentType& type) {
  const bool bounded = !name.empty() && name.size() <= 200 && base::is_valid_utf8(name);
  const auto ending = base::to_lower(name.substr(name.rfind('.') + 1));
  bool known = false;
  for (const auto& one : type.endings) known |= one == ending;
  if (!bounded || !known || name.front() == '.' || name.find_first_of("/\\\r\n\t\"") != std::string::npos)
    std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static const auto rules = desk::AttachmentRules::load(cmdb::built_in_schemas()).value();
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  if (desk::media_type_of(text).empty()) std::abort();
  for (const auto& type : rules.types) check_name(desk::attachment_name(text, type), type);
  const std::array files{base::EmbeddedFile{"attachments.yaml", text}};
  const auto read = desk::AttachmentRules::load(files);
  if (read && read->types.empty()) std::abort();
  return 0;
}
