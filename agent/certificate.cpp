#include "agent/certificate.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <memory>
#include <stdexcept>

namespace censo::agent {
namespace {

constexpr std::string_view agent_urn = "urn:censo:agent:";

struct Free {
  void operator()(BIO* bio) const { BIO_free_all(bio); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

std::string content(BIO* memory) {
  char* start = nullptr;
  const long size = BIO_get_mem_data(memory, &start);
  return std::string(start, static_cast<std::size_t>(size));
}

std::string to_public_pem(EVP_PKEY* key) {
  const Owned<BIO> memory(BIO_new(BIO_s_mem()));
  if (!memory || PEM_write_bio_PUBKEY(memory.get(), key) != 1)
    throw std::runtime_error("OpenSSL cannot write a public key");
  return content(memory.get());
}

std::string to_private_pem(EVP_PKEY* key) {
  const Owned<BIO> memory(BIO_new(BIO_s_secmem()));
  if (!memory || PEM_write_bio_PrivateKey(memory.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    throw std::runtime_error("OpenSSL cannot write a private key");
  }
  return content(memory.get());
}

base::TimeMs to_time(const ASN1_TIME* time) {
  std::tm parts{};
  return ASN1_TIME_to_tm(time, &parts) == 1 ? base::TimeMs{timegm(&parts)} * 1000 : 0;
}

std::string agent_id_of(const X509* certificate) {
  const Owned<GENERAL_NAMES> names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_URI) continue;
    const ASN1_IA5STRING* uri = name->d.uniformResourceIdentifier;
    const std::string_view text(reinterpret_cast<const char*>(ASN1_STRING_get0_data(uri)),
                                static_cast<std::size_t>(ASN1_STRING_length(uri)));
    if (text.starts_with(agent_urn)) return std::string(text.substr(agent_urn.size()));
  }
  return {};
}

}  // namespace

KeyPair make_key_pair() {
  const Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
  if (!key) throw std::runtime_error("OpenSSL cannot make a P-256 key");
  return {to_private_pem(key.get()), to_public_pem(key.get())};
}

base::Result<CertificateFacts> read_certificate(std::string_view pem) {
  const Owned<BIO> memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const Owned<X509> certificate(PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr));
  EVP_PKEY* key = certificate ? X509_get0_pubkey(certificate.get()) : nullptr;
  if (key == nullptr) return base::fail(base::Errc::malformed, "expected an X.509 certificate in PEM");
  CertificateFacts facts;
  facts.agent_id = agent_id_of(certificate.get());
  facts.public_pem = to_public_pem(key);
  facts.public_key_digest = public_key_digest(certificate.get());
  facts.not_before = to_time(X509_get0_notBefore(certificate.get()));
  facts.not_after = to_time(X509_get0_notAfter(certificate.get()));
  return facts;
}

base::Sha256 public_key_digest(const x509_st* certificate) {
  unsigned char* bytes = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &bytes);
  if (size <= 0) return {};  // no digest that a pin could equal
  const auto digest = base::sha256(std::span<const std::uint8_t>(bytes, static_cast<std::size_t>(size)));
  OPENSSL_free(bytes);
  return digest;
}

}  // namespace censo::agent
