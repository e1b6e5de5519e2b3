#include "collector/agent_packages.h"
#include "collector/route.h"
#include "collector/services.h"

namespace censo::collector::api {

Routes installation(const Services& services) {
  return installation_routes(services.packages, services.server_pin);
}

}  // namespace censo::collector::api
