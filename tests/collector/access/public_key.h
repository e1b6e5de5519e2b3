// Public keys as agents send them.
#pragma once

#include "collector/access/x509.h"

#include <string>

namespace censo::collector::access {

inline std::string new_public_key() {
  return public_pem(make_key());
}

}  // namespace censo::collector::access
