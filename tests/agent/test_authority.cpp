#include "tests/agent/test_authority.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <stdexcept>

namespace censo::test {
namespace {

template <class T, void (*free_it)(T*)>
struct Free {
  void operator()(T* object) const { free_it(object); }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY, EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<X509, X509_free>>;
using Memory = std::unique_ptr<BIO, Free<BIO, BIO_free_all>>;

template <class Write>
std::string pem(Write write) {
  const Memory memory(BIO_new(BIO_s_mem()));
  if (write(memory.get()) != 1) throw std::runtime_error("cannot write PEM");
  char* start = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &start);
  return std::string(start, static_cast<std::size_t>(size));
}

std::string pem_of(X509* certificate) {
  return pem([&](BIO* out) { return PEM_write_bio_X509(out, certificate); });
}

void extend(X509* certificate, int what, const std::string& value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, what, value.c_str());
  if (extension == nullptr) throw std::runtime_error("cannot make extension " + value);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

Certificate new_certificate(EVP_PKEY* key, X509_NAME* issuer, const std::string& name, int days_ago) {
  static long serial = 1;
  Certificate certificate(X509_new());
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), ++serial);
  constexpr long day = 24 * 3600;
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -days_ago * day - 300);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), (30 - days_ago) * day);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), issuer != nullptr ? issuer : subject);
  return certificate;
}

}  // namespace

struct TestAuthority::Parts {
  Key key;
  Certificate certificate;
};

TestAuthority::TestAuthority(const std::string& name) : parts_(std::make_unique<Parts>()) {
  parts_->key.reset(EVP_EC_gen("P-256"));
  parts_->certificate = new_certificate(parts_->key.get(), nullptr, name, 0);
  extend(parts_->certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
  X509_sign(parts_->certificate.get(), parts_->key.get(), EVP_sha256());
}

TestAuthority::~TestAuthority() = default;

std::string TestAuthority::ca_pem() const {
  return pem_of(parts_->certificate.get());
}

base::Sha256 TestAuthority::pin() const {
  unsigned char* bytes = nullptr;
  const int size = i2d_PUBKEY(parts_->key.get(), &bytes);
  const auto digest = base::sha256(std::span<const std::uint8_t>(bytes, static_cast<std::size_t>(size)));
  OPENSSL_free(bytes);
  return digest;
}

std::string TestAuthority::sign(const std::string& public_key_pem, const std::string& alternative_names,
                                int days_ago) const {
  const Memory memory(BIO_new_mem_buf(public_key_pem.data(), static_cast<int>(public_key_pem.size())));
  const Key key(PEM_read_bio_PUBKEY(memory.get(), nullptr, nullptr, nullptr));
  if (!key) throw std::runtime_error("not a public key: " + public_key_pem);
  const auto certificate =
      new_certificate(key.get(), X509_get_subject_name(parts_->certificate.get()), "leaf", days_ago);
  extend(certificate.get(), NID_subject_alt_name, alternative_names);
  X509_sign(certificate.get(), parts_->key.get(), EVP_sha256());
  return pem_of(certificate.get());
}

Identity TestAuthority::issue(const std::string& alternative_names) const {
  const Key key(EVP_EC_gen("P-256"));
  const std::string public_pem = pem([&](BIO* out) { return PEM_write_bio_PUBKEY(out, key.get()); });
  return {sign(public_pem, alternative_names) + ca_pem(), pem([&](BIO* out) {
            return PEM_write_bio_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
          })};
}

}  // namespace censo::test
