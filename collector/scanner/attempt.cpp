#include "collector/scanner/attempt.h"

#include "base/text.h"

namespace censo::scanner {
namespace {

// Version 3 is asked for its engine id, with no user's name.
std::string name_of_probe(const SnmpCredential& credential) {
  return credential.version == SnmpVersion::v3
             ? "SNMPv3 engine id"
             : "\"" + credential.name + "\" (" + std::string(name_of(credential.version)) + ")";
}

std::string probes_in_words(std::span<const SnmpCredential> credentials) {
  std::vector<std::string> names;
  for (const auto& credential : credentials) {
    auto name = name_of_probe(credential);
    if (names.empty() || names.back() != name) names.push_back(std::move(name));
  }
  return base::join(names, ", ");
}

void answered(const Found& found, std::span<const SnmpCredential> credentials, Attempt& attempt) {
  if (found.credential >= credentials.size()) return;
  const auto& credential = credentials[found.credential];
  attempt.version = name_of(credential.version);
  if (credential.version == SnmpVersion::v3) {
    attempt.detail = "it told its SNMPv3 engine id; no secret was sent";
    return;
  }
  attempt.credential = credential.name;
  attempt.detail = "it answered";
}

Attempt of_sweep(const Found& found, std::span<const SnmpCredential> credentials, const std::string& detail) {
  Attempt attempt;
  attempt.what = "sweep";
  switch (found.presence) {
    case Presence::answered: answered(found, credentials, attempt); break;
    case Presence::refused:
      attempt.verdict = Verdict::refused;
      attempt.detail = "nobody listens there (ICMP port unreachable)";
      break;
    case Presence::malformed:
      attempt.verdict = Verdict::malformed;
      attempt.detail = detail;
      break;
    case Presence::unasked:
    case Presence::silent:
    case Presence::present:
      attempt.verdict = Verdict::no_answer;
      attempt.detail = detail.empty() ? "no answer to " + probes_in_words(credentials) : detail;
      break;
  }
  return attempt;
}

}  // namespace

std::vector<Attempt> attempts_of(const Found& found, base::TimeMs began,
                                 std::span<const SnmpCredential> credentials, const std::string& detail) {
  if (found.presence == Presence::unasked) return {};
  std::vector<Attempt> attempts{of_sweep(found, credentials, detail)};
  attempts.back().at = began + found.asked_ms;
  attempts.back().duration_ms = found.known_ms - found.asked_ms;
  if (found.is_pinged) {
    Attempt ping;
    ping.at = began + found.known_ms;
    ping.what = "ping";
    ping.verdict = found.presence == Presence::present ? Verdict::ok : Verdict::no_answer;
    ping.detail = ping.verdict == Verdict::ok ? "it answered" : "no answer";
    attempts.push_back(std::move(ping));
  }
  return attempts;
}

std::string in_words(const PortFinding& finding) {
  std::vector<std::string> parts;
  for (const auto& [name, value] : finding.sayings) parts.push_back(name + " \"" + value + "\"");
  return base::join(parts, ", ");
}

std::vector<Attempt> attempts_of(std::span<const PortFinding> announced, base::TimeMs began, bool was_asked) {
  std::vector<Attempt> attempts;
  for (const auto& finding : announced) {
    auto& attempt = attempts.emplace_back();
    attempt.at = began;
    attempt.what = name_of(finding.port.ask);
    attempt.detail = in_words(finding);
  }
  if (!attempts.empty() || !was_asked) return attempts;
  auto& silence = attempts.emplace_back();
  silence.at = began;
  silence.what = "announcements";
  silence.verdict = Verdict::no_answer;
  silence.detail = "nothing was said by mDNS, SSDP, WS-Discovery or NetBIOS";
  return attempts;
}

}  // namespace censo::scanner
