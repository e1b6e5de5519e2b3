// The engine id of this host's Net-SNMP daemon (RFC 3411, 5), by which a scan of it meets the same
// configuration item.
#include "agent/attributes.h"
#include "agent/source.h"
#include "base/digest.h"
#include "base/text.h"

#include <array>

namespace censo::agent::sources {
namespace {

// Of Debian, Red Hat, and Net-SNMP's own default.
constexpr std::array<std::string_view, 3> persistent_files{
    "/var/lib/snmp/snmpd.conf", "/var/lib/net-snmp/snmpd.conf", "/var/net-snmp/snmpd.conf"};

// "oldEngineID 0x80001f88..." -> "80001f88..."; empty when there is none of 5 to 32 bytes.
std::string parse_engine_id(std::string_view text) {
  for (const std::string_view line : base::split(text, '\n')) {
    const auto words = base::split_words(line);
    if (words.size() != 2 || words[0] != "oldEngineID" || !words[1].starts_with("0x")) continue;
    const auto bytes = base::from_hex(words[1].substr(2));
    if (bytes && bytes->size() >= 5 && bytes->size() <= 32) return base::to_hex(*bytes);
  }
  return {};
}

}  // namespace

base::Result<void> snmp_agent(const Host& host, SourceOutput& out) {
  for (const std::string_view file : persistent_files) {
    const auto text = host.read_file(file);
    if (text) {
      set_text(out.section.attributes, "snmp_engine_id", parse_engine_id(*text));
      if (!out.section.attributes.empty()) return {};
    } else if (text.error().code != base::Errc::not_found) {
      out.partial(text.error());
    }
  }
  return {};
}

}  // namespace censo::agent::sources
