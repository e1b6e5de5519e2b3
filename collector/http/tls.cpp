#include "collector/http/tls.h"

#include "base/log.h"
#include "collector/access/agent_certificate.h"
#include "collector/access/session_tickets.h"
#include "collector/access/tls_settings.h"

#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <boost/asio/buffer.hpp>

#include <stdexcept>

namespace censo::collector::http {
namespace {

namespace ssl = boost::asio::ssl;

struct Listener {
  std::string name;
  int least_version;
};

ssl::context make_tls(const access::ServerIdentity& identity, const Listener& listener,
                      const base::Clock& clock) {
  ssl::context context(ssl::context::tls_server);
  SSL_CTX& native = *context.native_handle();
  access::set_up_tls(native, identity, listener.least_version);
  access::set_up_tickets(native, {identity.ticket_secret, listener.name}, clock);
  // OpenSSL asks for a scope as soon as clients show certificates.
  const auto* scope = reinterpret_cast<const unsigned char*>(listener.name.data());
  if (SSL_CTX_set_session_id_context(&native, scope, static_cast<unsigned>(listener.name.size())) != 1)
    throw std::runtime_error("TLS settings: cannot set the session scope");
  return context;
}

// Called for each certificate of the chain; the last is the client's own.
int verify_agent(int chain_ok, X509_STORE_CTX* context) {
  if (chain_ok == 1 && X509_STORE_CTX_get_error_depth(context) == 0) {
    const auto agent = access::read_agent_certificate(*X509_STORE_CTX_get_current_cert(context));
    if (agent) return 1;
    X509_STORE_CTX_set_error(context, X509_V_ERR_INVALID_PURPOSE);
    base::log(base::LogLevel::info, "tls.refused", agent.error().message);
    return 0;
  }
  return chain_ok;
}

}  // namespace

ssl::context make_api_tls(const access::ServerIdentity& identity, const base::Clock& clock) {
  return make_tls(identity, {"censo-api", TLS1_2_VERSION}, clock);
}

ssl::context make_agents_tls(const access::ServerIdentity& identity, const std::string& authority_pem,
                             const base::Clock& clock) {
  auto context = make_tls(identity, {"censo-agents", TLS1_3_VERSION}, clock);
  context.add_certificate_authority(boost::asio::buffer(authority_pem));
  SSL_CTX* const native = context.native_handle();
  SSL_CTX_set_verify(native, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, verify_agent);
  SSL_CTX_set_num_tickets(native, 1);  // an agent has one connection at a time
  return context;
}

}  // namespace censo::collector::http
