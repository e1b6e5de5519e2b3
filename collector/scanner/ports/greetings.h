// What services say of themselves over TCP: texts of strangers, cut and cleaned.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace censo::scanner {

inline constexpr std::size_t longest_saying = 256;  // octets of each text below

// One clean line of it, cut.
std::string clean_saying(std::string_view text);

// The line "SSH-protoversion-softwareversion comments" (RFC 4253, 4.2); lines may come before it. "": none.
std::string ssh_banner(std::string_view received);

struct HttpSayings {
  int status = 0;      // 0: it is no answer of HTTP (RFC 9112, 4)
  std::string server;  // the field Server (RFC 9110, 10.2.4)
  std::string realm;   // of WWW-Authenticate (RFC 9110, 11.5)
  std::string title;   // of the page, entities as they are
};
HttpSayings http_sayings(std::string_view received);

// The first lines in one, without Telnet's commands (RFC 854) and control characters.
std::string plain_greeting(std::string_view received);

struct CertificateSayings {
  std::string subject;  // "CN=printer7,O=Example"; without what is empty
  std::string issuer;   // likewise
};
// Of a certificate in DER (RFC 5280). Nothing: it is none.
std::optional<CertificateSayings> certificate_sayings(std::span<const std::uint8_t> der);

}  // namespace censo::scanner
