#include "collector/http/tls.h"

#include "base/log.h"
#include "collector/access/agent_certificate.h"

#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <boost/asio/buffer.hpp>

#include <stdexcept>

namespace censo::collector::http {
namespace {

namespace ssl = boost::asio::ssl;

void require(int ok, const char* what) {
  if (ok != 1) throw std::runtime_error(std::string("TLS settings: cannot set ") + what);
}

ssl::context make_tls(const access::ServerIdentity& identity, int least_version) {
  ssl::context context(ssl::context::tls_server);
  context.use_certificate_chain(boost::asio::buffer(identity.certificate_pem));
  context.use_private_key(boost::asio::buffer(identity.key_pem), ssl::context::pem);
  SSL_CTX* const native = context.native_handle();
  require(SSL_CTX_set_min_proto_version(native, least_version) == 1, "the version");
  require(SSL_CTX_set_cipher_list(native, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1, "the ciphers");
  require(SSL_CTX_set1_groups_list(native, "X25519:P-256") == 1, "the groups");
  SSL_CTX_set_options(native,
                      SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);  // an idle connection costs half
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
  require(SSL_CTX_set_session_id_context(native, resumption_scope, sizeof resumption_scope - 1),
          "the session scope");
  return context;
}

}  // namespace censo::collector::http
