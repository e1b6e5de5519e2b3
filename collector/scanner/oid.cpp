#include "collector/scanner/snmp_session.h"

#include "base/text.h"

#include <algorithm>
#include <limits>

namespace censo::scanner {
namespace {

constexpr std::size_t max_arcs = 128;  // RFC 2578, 3.5

}  // namespace

bool Oid::starts_with(const Oid& prefix) const {
  return arcs.size() >= prefix.arcs.size() &&
         std::equal(prefix.arcs.begin(), prefix.arcs.end(), arcs.begin());
}

std::string to_text(const Oid& oid) {
  std::string text;
  for (const auto arc : oid.arcs) {
    if (!text.empty()) text += '.';
    text += std::to_string(arc);
  }
  return text;
}

base::Result<Oid> parse_oid(std::string_view text) {
  if (text.starts_with('.')) text.remove_prefix(1);
  Oid oid;
  for (const auto piece : base::split(text, '.')) {
    const auto arc = base::parse_unsigned(piece);
    if (!arc || *arc > std::numeric_limits<std::uint32_t>::max()) {
      return base::fail(base::Errc::malformed, "expected numbers of 32 bits with dots between them, found '" +
                                                   base::sanitize_utf8(text, 80) + "'");
    }
    if (oid.arcs.size() == max_arcs) {
      return base::fail(base::Errc::limit_exceeded, "an object identifier of more than 128 numbers");
    }
    oid.arcs.push_back(static_cast<std::uint32_t>(*arc));
  }
  return oid;
}

std::string_view name_of(SnmpVersion version) {
  switch (version) {
    case SnmpVersion::v1: return "v1";
    case SnmpVersion::v2c: return "v2c";
    case SnmpVersion::v3: return "v3";
  }
  return "";
}

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::ok: return "ok";
    case Verdict::no_answer: return "no_answer";
    case Verdict::auth_failed: return "auth_failed";
    case Verdict::malformed: return "malformed";
    case Verdict::loop: return "loop";
    case Verdict::limit: return "limit";
    case Verdict::refused: return "refused";
    case Verdict::cancelled: return "cancelled";
    case Verdict::no_snmp: return "no_snmp";
    case Verdict::window_closed: return "window_closed";
  }
  return "unknown";
}

Verdict verdict_of(std::string_view name) {
  for (int i = 0; i <= static_cast<int>(Verdict::window_closed); ++i)
    if (name_of(static_cast<Verdict>(i)) == name) return static_cast<Verdict>(i);
  return Verdict::no_answer;
}

base::Error to_error(const SnmpFailure& failure) {
  const auto code = [&] {
    switch (failure.verdict) {
      case Verdict::ok: break;
      case Verdict::no_answer:
      case Verdict::no_snmp: return base::Errc::timeout;
      case Verdict::auth_failed: return base::Errc::unauthenticated;
      case Verdict::malformed:
      case Verdict::loop: return base::Errc::malformed;
      case Verdict::limit: return base::Errc::limit_exceeded;
      case Verdict::refused: return base::Errc::unavailable;
      case Verdict::window_closed:
      case Verdict::cancelled: return base::Errc::cancelled;
    }
    return base::Errc::invalid_argument;
  }();
  return base::fail(code, failure.detail, {}, std::string(name_of(failure.verdict)));
}

}  // namespace censo::scanner
