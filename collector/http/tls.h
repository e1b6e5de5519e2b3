// The TLS settings of the two listeners.
#pragma once

#include "base/clock.h"
#include "collector/access/certificate_authority.h"

#include <boost/asio/ssl/context.hpp>

#include <string>

namespace censo::collector::http {

// Sessions of both can be taken up again by tickets; `clock` outlives the contexts.
// TLS 1.2 with forward secrecy and AEAD, or 1.3; no client certificate.
boost::asio::ssl::context make_api_tls(const access::ServerIdentity& identity, const base::Clock& clock);
// TLS 1.3 alone; a certificate of our authority that is an agent's is demanded in the handshake.
boost::asio::ssl::context make_agents_tls(const access::ServerIdentity& identity,
                                          const std::string& authority_pem, const base::Clock& clock);

}  // namespace censo::collector::http
