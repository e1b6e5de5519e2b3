#include "collector/http/tls.h"

#include "base/log.h"
#include "collector/access/agent_certificate.h"
#include "collector/access/tls_settings.h"

#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <boost/asio/buffer.hpp>

#include <stdexcept>

namespace censo::collector::http {
namespace {

namespace ssl = boost::asio::ssl;

ssl::context make_tls(const access::ServerIdentity& identity, int least_version) {
  ssl::context context(ssl::context::tls_server);
  access::set_up_tls(*context.native_handle(), identity, least_version);
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

ssl::context make_api_tls(const access::ServerIdentity& identity) {
  return make_tls(identity, TLS1_2_VERSION);
}

ssl::context make_agents_tls(const access::ServerIdentity& identity, const std::string& authority_pem) {
  auto context = make_tls(identity, TLS1_3_VERSION);
  context.add_certificate_authority(boost::asio::buffer(authority_pem));
  SSL_CTX* const native = context.native_handle();
  SSL_CTX_set_verify(native, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, verify_agent);
  static constexpr unsigned char resumption_scope[] = "censo-agents";
  if (SSL_CTX_set_session_id_context(native, resumption_scope, sizeof resumption_scope - 1) != 1)
    throw std::runtime_error("TLS settings: cannot set the session scope");
  return context;
}

}  // namespace censo::collector::http
