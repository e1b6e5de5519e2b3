// What SMBIOS tells of a machine beside its identity, memory and processors: ports, slots, power supplies,
// batteries, firmware of devices, the TPM, the management controller.
#pragma once

#include "agent/smbios_table.h"
#include "agent/source.h"

namespace censo::agent {

// `with_batteries` is false where the kernel knows them better.
void add_smbios_parts(const SmbiosTable& table, bool with_batteries, SourceOutput& out);

}  // namespace censo::agent
