// The part of greetings.h about certificates.
#include "base/text.h"
#include "collector/scanner/ports/greetings.h"

#include <openssl/x509v3.h>

#include <memory>

namespace censo::scanner {
namespace {

constexpr std::size_t most_names = 16;

std::string text_of(const ASN1_STRING* value) {
  unsigned char* octets = nullptr;
  const int size = ASN1_STRING_to_UTF8(&octets, value);
  if (size < 0) return {};
  auto text = base::sanitize_utf8(
      std::string_view(reinterpret_cast<const char*>(octets), static_cast<std::size_t>(size)),
      longest_saying);
  OPENSSL_free(octets);
  for (auto& c : text)
    if (c == '\n' || c == '\t' || c == ',') c = ' ';
  return std::string(base::trim(text));
}

// The parts that devices fill in.
std::string name_text(const X509_NAME* name) {
  struct Part {
    int nid;
    std::string_view word;
  };
  std::string text;
  for (const auto& [nid, word] : {Part{NID_commonName, "CN"}, Part{NID_organizationName, "O"},
                                  Part{NID_organizationalUnitName, "OU"}, Part{NID_serialNumber, "serial"}}) {
    const int place = X509_NAME_get_index_by_NID(name, nid, -1);
    if (place < 0) continue;
    const auto value = text_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, place)));
    if (value.empty()) continue;
    text.append(text.empty() ? "" : ",").append(word).append("=").append(value);
  }
  return text;
}

std::vector<std::string> dns_names(const X509* certificate) {
  std::vector<std::string> names;
  auto* all =
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; i < sk_GENERAL_NAME_num(all) && names.size() < most_names; ++i) {
    const auto* name = sk_GENERAL_NAME_value(all, i);
    if (name->type != GEN_DNS) continue;
    if (auto text = text_of(name->d.dNSName); !text.empty()) names.push_back(std::move(text));
  }
  GENERAL_NAMES_free(all);
  return names;
}

}  // namespace

std::optional<CertificateSayings> certificate_sayings(std::span<const std::uint8_t> der) {
  const unsigned char* at = der.data();
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(
      d2i_X509(nullptr, &at, static_cast<long>(der.size())), X509_free);
  if (!certificate) return std::nullopt;
  CertificateSayings sayings;
  sayings.subject = name_text(X509_get_subject_name(certificate.get()));
  sayings.issuer = name_text(X509_get_issuer_name(certificate.get()));
  sayings.names = dns_names(certificate.get());
  sayings.is_own_issuer =
      X509_NAME_cmp(X509_get_subject_name(certificate.get()), X509_get_issuer_name(certificate.get())) == 0;
  return sayings;
}

}  // namespace censo::scanner
