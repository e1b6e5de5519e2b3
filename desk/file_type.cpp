#include "desk/file_type.h"

#include <magic.h>

#include <algorithm>
#include <memory>
#include <stdexcept>

namespace censo::desk {

std::string media_type_of(std::string_view content) {
  constexpr std::size_t looked_at = 256 * 1024;
  const std::unique_ptr<magic_set, decltype(&magic_close)> magic(
      magic_open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_ELF | MAGIC_NO_CHECK_TAR),
      magic_close);
  if (!magic || magic_load(magic.get(), nullptr) != 0) {
    const char* why = magic ? magic_error(magic.get()) : nullptr;
    throw std::runtime_error(std::string("libmagic: ") + (why ? why : "out of memory"));
  }
  const char* type = magic_buffer(magic.get(), content.data(), std::min(content.size(), looked_at));
  return type ? type : "application/octet-stream";
}

}  // namespace censo::desk
