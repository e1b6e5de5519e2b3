#include "agent/certificate_facts.h"

#include "agent/ip_address.h"
#include "base/digest.h"
#include "base/text.h"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <memory>

namespace censo::agent {
namespace {

constexpr int max_names = 200;

struct Free {
  void operator()(BIO* bio) const { BIO_free_all(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
  void operator()(BIGNUM* number) const { BN_free(number); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

std::string name_text(const X509_NAME* name) {
  const Owned<BIO> memory(BIO_new(BIO_s_mem()));
  constexpr unsigned long form = (XN_FLAG_ONELINE & ~XN_FLAG_SPC_EQ) & ~ASN1_STRFLGS_ESC_MSB;
  if (!memory || X509_NAME_print_ex(memory.get(), name, 0, form) < 0) return {};
  char* start = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &start);
  return base::sanitize_utf8(std::string_view(start, static_cast<std::size_t>(size)));
}

base::TimeMs to_time(const ASN1_TIME* time) {
  std::tm parts{};
  return ASN1_TIME_to_tm(time, &parts) == 1 ? base::TimeMs{timegm(&parts)} * 1000 : 0;
}

std::string serial_of(const X509* certificate) {
  const Owned<BIGNUM> number(ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr));
  char* digits = number ? BN_bn2hex(number.get()) : nullptr;
  std::string text = digits == nullptr ? std::string() : base::to_lower(digits);
  OPENSSL_free(digits);
  return text.substr(0, 128);
}

std::vector<std::string> names_of(const X509* certificate) {
  std::vector<std::string> texts;
  const Owned<GENERAL_NAMES> names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names && i < std::min(sk_GENERAL_NAME_num(names.get()), max_names); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_DNS && name->type != GEN_IPADD) continue;
    const ASN1_STRING* value = name->type == GEN_DNS ? name->d.dNSName : name->d.iPAddress;
    const std::span<const std::uint8_t> bytes(ASN1_STRING_get0_data(value),
                                              static_cast<std::size_t>(ASN1_STRING_length(value)));
    if (name->type == GEN_DNS) {
      texts.push_back(base::sanitize_utf8({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, 255));
    } else if (bytes.size() == 4 || bytes.size() == 16) {
      texts.push_back(to_text(ip_address(bytes)));
    }
  }
  return texts;
}

std::string fingerprint_of(X509* certificate) {
  unsigned char* bytes = nullptr;
  const int size = i2d_X509(certificate, &bytes);
  if (size <= 0) return {};
  const auto digest = base::sha256(std::span<const std::uint8_t>(bytes, static_cast<std::size_t>(size)));
  OPENSSL_free(bytes);
  return base::to_hex(digest);
}

}  // namespace

base::Result<X509Facts> read_certificate_facts(std::string_view pem) {
  constexpr std::size_t largest = 1024 * 1024;
  const Owned<BIO> memory(BIO_new_mem_buf(pem.data(), static_cast<int>(std::min(pem.size(), largest))));
  const Owned<X509> certificate(PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr));
  if (!certificate) return base::fail(base::Errc::malformed, "expected an X.509 certificate in PEM");
  X509Facts facts;
  facts.subject = name_text(X509_get_subject_name(certificate.get()));
  facts.issuer = name_text(X509_get_issuer_name(certificate.get()));
  facts.serial_number = serial_of(certificate.get());
  facts.fingerprint = fingerprint_of(certificate.get());
  facts.names = names_of(certificate.get());
  facts.not_before = to_time(X509_get0_notBefore(certificate.get()));
  facts.not_after = to_time(X509_get0_notAfter(certificate.get()));
  return facts;
}

}  // namespace censo::agent
