// What a stranger says over TCP, and the kernel's table of neighbours.
#include "collector/scanner/ports/greetings.h"
#include "collector/scanner/ports/neighbour_mac.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace censo::scanner;

namespace {

void check(const std::string& text) {
  const auto bad = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (text.size() > longest_saying || std::any_of(text.begin(), text.end(), bad)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  check(ssh_banner(text));
  check(plain_greeting(text));
  const auto http = http_sayings(text);
  for (const auto* said : {&http.server, &http.realm, &http.title}) check(*said);
  if (http.status == 0 && !(http.server + http.realm + http.title).empty()) std::abort();
  if (const auto certificate = certificate_sayings({bytes, size})) {
    check(certificate->subject);
    check(certificate->issuer);
  }
  if (const auto mac = mac_in_arp_table(text, "10.0.0.7"); !mac.empty() && mac.size() != 17) std::abort();
  return 0;
}
