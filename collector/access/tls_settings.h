// How the collector's listeners speak TLS, whoever reads from them.
#pragma once

#include <openssl/types.h>

namespace censo::collector::access {

struct ServerIdentity;  // collector/access/certificate_authority.h

// Shows the identity; versions from `least_version` on, with forward secrecy and AEAD alone. Throws
// std::runtime_error.
void set_up_tls(SSL_CTX& context, const ServerIdentity& identity, int least_version);

}  // namespace censo::collector::access
