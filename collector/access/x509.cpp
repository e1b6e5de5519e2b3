#include "collector/access/x509.h"

#include "base/digest.h"
#include "base/text.h"

#include <arpa/inet.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <array>
#include <ctime>
#include <span>
#include <stdexcept>

namespace censo::collector::access {
namespace {

using base::Errc;
using base::fail;

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free_all(bio); }
};
using Bio = std::unique_ptr<BIO, FreeBio>;

void require(bool ok, const char* what) {
  if (ok) return;
  std::array<char, 256> text{};
  ERR_error_string_n(ERR_get_error(), text.data(), text.size());
  throw std::runtime_error(std::string("OpenSSL cannot ") + what + ": " + text.data());
}

Bio reader(std::string_view text) {
  Bio bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  require(bio != nullptr, "read from memory");
  return bio;
}

Bio writer() {
  Bio bio(BIO_new(BIO_s_mem()));
  require(bio != nullptr, "write to memory");
  return bio;
}

std::string content(const Bio& bio) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &bytes);
  return std::string(bytes, static_cast<std::size_t>(size));
}

bool only_white_space_left(const Bio& bio) {
  return base::trim(content(bio)).empty();
}

std::string parameter_of(const EVP_PKEY* key, const char* name) {
  std::array<char, 64> value{};
  std::size_t length = 0;
  if (EVP_PKEY_get_utf8_string_param(key, name, value.data(), value.size(), &length) != 1) return {};
  return std::string(value.data(), length);
}

// No password is ever asked on a terminal.
int no_password(char*, int, int, void*) {
  return -1;
}

void add_extension(X509* certificate, X509V3_CTX& context, int nid, const std::string& value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  require(extension != nullptr, "make a certificate extension");
  const int added = X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
  require(added == 1, "add a certificate extension");
}

void set_serial(X509* certificate) {
  auto bytes = base::random_bytes(16);
  bytes[0] = static_cast<std::uint8_t>((bytes[0] & 0x7f) | 0x40);  // positive and of full length
  BIGNUM* number = BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr);
  const bool ok =
      number != nullptr && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nullptr;
  BN_free(number);
  require(ok, "make a serial number");
}

std::string text_of(const ASN1_STRING* string) {
  return std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(string)),
                     static_cast<std::size_t>(ASN1_STRING_length(string)));
}

std::string address_text(const ASN1_OCTET_STRING* address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = ASN1_STRING_length(address) == 4 ? AF_INET : AF_INET6;
  if (family == AF_INET6 && ASN1_STRING_length(address) != 16) return {};
  return inet_ntop(family, ASN1_STRING_get0_data(address), text.data(), text.size()) == nullptr ? ""
                                                                                                : text.data();
}

}  // namespace

Key make_key() {
  Key key(EVP_EC_gen("P-256"));
  require(key != nullptr, "make a P-256 key");
  return key;
}

std::string to_pem(const Key& key) {
  const Bio bio = writer();
  require(PEM_write_bio_PKCS8PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1,
          "write a key");
  return content(bio);
}

std::string to_pem(const Certificate& certificate) {
  const Bio bio = writer();
  require(PEM_write_bio_X509(bio.get(), certificate.get()) == 1, "write a certificate");
  return content(bio);
}

std::string public_pem(const Key& key) {
  const Bio bio = writer();
  require(PEM_write_bio_PUBKEY(bio.get(), key.get()) == 1, "write a public key");
  return content(bio);
}

std::string public_key_pin(const X509& certificate) {
  unsigned char* der = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(&certificate), &der);
  require(size > 0, "write a public key");
  const base::Bytes bytes(der, der + size);
  OPENSSL_free(der);
  return base::to_base64url(base::sha256(std::span<const std::uint8_t>(bytes)));
}

base::Result<Key> parse_private_key(std::string_view pem) {
  const Bio bio = reader(pem);
  Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr));
  ERR_clear_error();
  if (!key) return fail(Errc::malformed, "expected a private key in PEM without a password");
  return key;
}

bool is_p256(const EVP_PKEY* key) {
  return EVP_PKEY_get_base_id(key) == EVP_PKEY_EC &&
         parameter_of(key, OSSL_PKEY_PARAM_GROUP_NAME) == SN_X9_62_prime256v1 &&
         parameter_of(key, OSSL_PKEY_PARAM_EC_ENCODING) == OSSL_PKEY_EC_ENCODING_GROUP;
}

base::Result<Key> parse_public_key(std::string_view pem) {
  if (pem.size() > 1024) {
    return fail(Errc::malformed, "expected a public key of at most 1,024 bytes", "/public_key",
                "FIELD_TOO_LONG");
  }
  const Bio bio = reader(pem);
  Key key(PEM_read_bio_PUBKEY(bio.get(), nullptr, no_password, nullptr));
  ERR_clear_error();
  if (!key || !pem.starts_with("-----BEGIN PUBLIC KEY-----") || !only_white_space_left(bio)) {
    return fail(Errc::malformed, "expected one public key in PEM (BEGIN PUBLIC KEY) and nothing else",
                "/public_key");
  }
  if (!is_p256(key.get())) {
    return fail(Errc::malformed, "expected a key on the curve P-256, found another kind", "/public_key",
                "KEY_UNSUPPORTED");
  }
  return key;
}

base::Result<Certificate> parse_certificate(std::string_view pem) {
  const Bio bio = reader(pem);
  Certificate certificate(PEM_read_bio_X509(bio.get(), nullptr, no_password, nullptr));
  ERR_clear_error();
  if (!certificate) return fail(Errc::malformed, "expected a certificate in PEM");
  return certificate;
}

Certificate sign_certificate(const CertificatePlan& plan, const Key& subject, X509* issuer,
                             const Key& signer) {
  Certificate certificate(X509_new());
  require(certificate != nullptr, "make a certificate");
  X509* const x = certificate.get();
  X509_set_version(x, X509_VERSION_3);
  set_serial(x);
  ASN1_TIME_set(X509_getm_notBefore(x), static_cast<std::time_t>(plan.not_before / 1000));
  ASN1_TIME_set(X509_getm_notAfter(x), static_cast<std::time_t>(plan.not_after / 1000));
  X509_NAME* const name = X509_get_subject_name(x);
  const auto* common_name = reinterpret_cast<const unsigned char*>(plan.common_name.c_str());
  require(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, common_name, -1, -1, 0) == 1,
          "set a subject");
  require(X509_set_issuer_name(x, issuer == nullptr ? name : X509_get_subject_name(issuer)) == 1,
          "set an issuer");
  require(X509_set_pubkey(x, subject.get()) == 1, "set a public key");
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer == nullptr ? x : issuer, x, nullptr, nullptr, 0);
  for (const auto& [nid, value] : plan.extensions) add_extension(x, context, nid, value);
  require(X509_sign(x, signer.get(), EVP_sha256()) > 0, "sign a certificate");
  return certificate;
}

std::string serial_of(const X509& certificate) {
  BIGNUM* number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(&certificate), nullptr);
  require(number != nullptr, "read a serial number");
  base::Bytes bytes(static_cast<std::size_t>(BN_num_bytes(number)));
  BN_bn2bin(number, bytes.data());
  BN_free(number);
  return base::to_hex(bytes);
}

base::TimeMs expires_at(const X509& certificate) {
  std::tm parts{};
  require(ASN1_TIME_to_tm(X509_get0_notAfter(&certificate), &parts) == 1, "read a certificate's end");
  return static_cast<base::TimeMs>(timegm(&parts)) * 1000;
}

std::vector<std::string> alternative_names(const X509& certificate) {
  std::vector<std::string> names;
  auto* list =
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; i < sk_GENERAL_NAME_num(list); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(list, i);
    if (name->type == GEN_DNS) names.push_back(text_of(name->d.dNSName));
    if (name->type == GEN_URI) names.push_back(text_of(name->d.uniformResourceIdentifier));
    if (name->type == GEN_IPADD) names.push_back(address_text(name->d.iPAddress));
  }
  GENERAL_NAMES_free(list);
  return names;
}

}  // namespace censo::collector::access
