// Recordings of SNMP devices: what is read is in order, each variable once, and can be walked.
#include "collector/scanner/recorded_session.h"

#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace censo::scanner;
  auto variables = parse_snmprec({reinterpret_cast<const char*>(bytes), size}, 64 * 1024);
  if (!variables) return 0;
  const auto count = variables->size();
  for (std::size_t i = 1; i < count; ++i) {
    if (!((*variables)[i - 1].oid < (*variables)[i].oid)) std::abort();
  }
  RecordedSession session(std::move(*variables));
  std::vector<VarBind> rows;
  if (!session.walk({{}}, rows)) std::abort();
  if (rows.size() != count) std::abort();
  return 0;
}
