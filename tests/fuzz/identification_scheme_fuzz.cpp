// Weights of identifiers and ranks of sources: whatever the bytes are, loading ends with tables or an error
// that says where.
#include "cmdb/identification_scheme.h"
#include "cmdb/reconciliation_rules.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::array files{censo::base::EmbeddedFile{"identification/one.yaml", text},
                         censo::base::EmbeddedFile{"reconciliation/one.yaml", text}};
  const auto schemes = censo::cmdb::IdentificationSchemes::load(files);
  if (!schemes && schemes.error().where.empty()) std::abort();
  const auto rules = censo::cmdb::ReconciliationRules::load(files);
  if (!rules && rules.error().where.empty()) std::abort();
  return 0;
}
