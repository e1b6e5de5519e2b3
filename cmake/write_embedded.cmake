# Run by censo_embed() at build time.
list(SORT FILES)
set(rows "")
foreach(file ${FILES})
  file(RELATIVE_PATH path ${ROOT} ${file})
  file(READ ${file} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" bytes "${hex}")
  # A string literal a line of the file keeps the compiler fast and the literal short.
  string(REPLACE "\\x0a" "\\x0a\"\n        \"" bytes "${bytes}")
  file(SIZE ${file} size)
  string(APPEND rows "    {\"${path}\", std::string_view(\n        \"${bytes}\", ${size})},\n")
endforeach()
list(LENGTH FILES count)
file(WRITE ${OUTPUT} "// Made by the build.
#include \"base/embedded.h\"
#include <array>
namespace ${NAMESPACE} {
std::span<const censo::base::EmbeddedFile> ${FUNCTION}() {
  static const std::array<censo::base::EmbeddedFile, ${count}> files{{
${rows}  }};
  return files;
}
}  // namespace ${NAMESPACE}
")
