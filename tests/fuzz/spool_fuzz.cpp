// A spool file's content: what is taken is written back the same, byte for byte.
#include "agent/spool.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view content(reinterpret_cast<const char*>(bytes), size);
  const auto report = censo::agent::parse_spool_file(content);
  if (report && censo::agent::to_spool_file(*report) != content) std::abort();
  // The checksum keeps a fuzzer out: what it makes is also taken as a body, with a right one.
  const censo::agent::SpooledReport good{size, std::string(64, 'd'), std::string(content)};
  const auto read = censo::agent::parse_spool_file(censo::agent::to_spool_file(good));
  if (!read || read->body != good.body || read->sequence != good.sequence) std::abort();
  return 0;
}
