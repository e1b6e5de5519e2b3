// The part of greetings.h about certificates.
#include "base/text.h"
#include "collector/scanner/ports/greetings.h"

#include <openssl/x509.h>

#include <memory>

namespace censo::scanner {
namespace {

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
  return base::sanitize_utf8(text, longest_saying);
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
  return sayings;
}

}  // namespace censo::scanner
