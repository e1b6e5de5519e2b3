#include "collector/access/tls_settings.h"

#include "collector/access/certificate_authority.h"
#include "collector/access/x509.h"

#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <stdexcept>
#include <string>

namespace censo::collector::access {
namespace {

void require(bool ok, const char* what) {
  if (!ok) throw std::runtime_error(std::string("TLS settings: cannot set ") + what);
}

// The first certificate is its own, those after it are sent along.
void set_certificates(SSL_CTX& context, const std::string& pem) {
  const std::unique_ptr<BIO, int (*)(BIO*)> text(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())),
                                                 BIO_free);
  require(text != nullptr, "the certificate");
  const Certificate own(PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr));
  require(own && SSL_CTX_use_certificate(&context, own.get()) == 1, "the certificate");
  while (Certificate issuer{PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr)})
    require(SSL_CTX_add1_chain_cert(&context, issuer.get()) == 1, "the certificate's issuer");
}

}  // namespace

void set_up_tls(SSL_CTX& context, const ServerIdentity& identity, int least_version) {
  set_certificates(context, identity.certificate_pem);
  const auto key = parse_private_key(identity.key_pem);
  require(key && SSL_CTX_use_PrivateKey(&context, key->get()) == 1, "the key");
  require(SSL_CTX_set_min_proto_version(&context, least_version) == 1, "the version");
  require(SSL_CTX_set_cipher_list(&context, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1, "the ciphers");
  require(SSL_CTX_set1_groups_list(&context, "X25519:P-256") == 1, "the groups");
  SSL_CTX_set_options(&context,
                      SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(&context, SSL_MODE_RELEASE_BUFFERS);  // an idle connection costs half
}

}  // namespace censo::collector::access
