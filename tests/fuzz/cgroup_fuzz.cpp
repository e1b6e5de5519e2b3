#include "agent/command_line.h"
#include "agent/process_files.h"

#include <cstdlib>

// What a process has a say in: its name, its command line, the names of its groups.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace censo::agent;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  (void)unit_of(parse_cgroup_path(text));
  (void)parse_process_stat(text);
  if (shown_command_line(text).size() > 512) std::abort();
  return 0;
}
