// Files that the build puts into the programs (schemas, migrations), so that one binary is enough.
#pragma once

#include <span>
#include <string_view>

namespace censo::base {

struct EmbeddedFile {
  std::string_view path;     // relative to the embedded folder: "classes/server.yaml"
  std::string_view content;  // lives as long as the program
};

}  // namespace censo::base
