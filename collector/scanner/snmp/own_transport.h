// What libsnmp's transports have in common that are ours: datagrams over UDP, and a pointer to their owner.
#pragma once

struct netsnmp_transport_s;

namespace censo::scanner {

// Without callbacks, which the caller sets. `owner` outlives it. libsnmp frees it; nullptr: no memory.
netsnmp_transport_s* new_transport(int socket, void* owner);
void* owner_of(const netsnmp_transport_s& transport) noexcept;

}  // namespace censo::scanner
