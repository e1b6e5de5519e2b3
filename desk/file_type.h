// What a file is by its content.
#pragma once

#include <string>
#include <string_view>

namespace censo::desk {

// The media type, as libmagic tells it from the first 256 KiB; nothing is unpacked.
// "application/octet-stream": not known. Safe from any thread. Throws std::runtime_error when libmagic has no
// data on this machine.
std::string media_type_of(std::string_view content);

}  // namespace censo::desk
