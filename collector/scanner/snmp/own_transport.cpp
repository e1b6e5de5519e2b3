#include "collector/scanner/snmp/own_transport.h"

#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include <cstdlib>
#include <cstring>

namespace censo::scanner {

netsnmp_transport* new_transport(int socket, void* owner) {
  // libsnmp frees both with free(), so `data` holds a pointer and nothing else.
  auto* transport = static_cast<netsnmp_transport*>(std::calloc(1, sizeof(netsnmp_transport)));
  void* data = std::malloc(sizeof owner);
  if (!transport || !data) {
    std::free(transport);
    std::free(data);
    return nullptr;
  }
  std::memcpy(data, &owner, sizeof owner);
  transport->data = data;
  transport->data_length = sizeof owner;
  transport->domain = netsnmpUDPDomain;
  transport->domain_length = static_cast<int>(netsnmpUDPDomain_len);
  transport->sock = socket;
  transport->msgMaxSize = 65'507;
  return transport;
}

void* owner_of(const netsnmp_transport& transport) noexcept {
  void* owner = nullptr;
  std::memcpy(&owner, transport.data, sizeof owner);
  return owner;
}

}  // namespace censo::scanner
