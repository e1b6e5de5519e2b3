#include "collector/scanner/announcements/sayings.h"

#include "base/text.h"
#include "collector/scanner/announcements/xml_values.h"
#include "collector/scanner/ports/greetings.h"

#include <cctype>

namespace censo::scanner {
namespace {

std::string without_prefix(std::string_view name) {
  const auto colon = name.rfind(':');
  return std::string(colon == name.npos ? name : name.substr(colon + 1));
}

std::string percent_decoded(std::string_view text) {
  std::string decoded;
  const auto digit = [](char c) {
    return std::isdigit(static_cast<unsigned char>(c)) ? c - '0' : (c | 0x20) - 'a' + 10;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_code = text[i] == '%' && i + 2 < text.size() &&
                         std::isxdigit(static_cast<unsigned char>(text[i + 1])) &&
                         std::isxdigit(static_cast<unsigned char>(text[i + 2]));
    decoded += is_code ? static_cast<char>(digit(text[i + 1]) << 4 | digit(text[i + 2])) : text[i];
    if (is_code) i += 2;
  }
  return decoded;
}

// "onvif://www.onvif.org/hardware/M3045-V" (ONVIF Core Specification, 7.3.2.2).
void add_scope(Sayings& sayings, std::string_view scope) {
  constexpr std::string_view onvif = "onvif://www.onvif.org/";
  if (!scope.starts_with(onvif)) return;
  scope.remove_prefix(onvif.size());
  const auto slash = scope.find('/');
  if (slash == scope.npos) return;
  const auto kind = base::to_lower(scope.substr(0, slash));
  const auto value = clean_saying(percent_decoded(scope.substr(slash + 1)));
  if (kind == "name") add_sayings(sayings, {{"wsd_name", value}});
  if (kind == "hardware") add_sayings(sayings, {{"wsd_model", value}});
}

}  // namespace

std::string wsd_question(std::string_view id) {
  return R"(<?xml version="1.0" encoding="utf-8"?>)"
         R"(<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope")"
         R"( xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing")"
         R"( xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"><s:Header>)"
         "<a:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To>"
         "<a:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</a:Action><a:MessageID>urn:uuid:" +
         std::string(id) + "</a:MessageID></s:Header><s:Body><d:Probe/></s:Body></s:Envelope>";
}

Sayings wsd_sayings(std::string_view datagram) {
  Sayings sayings;
  bool answers = false;
  for (const auto& [name, value] : xml_values(datagram, {"Action", "Types", "Scopes"})) {
    if (name == "Action")
      answers |=
          value.find("/discovery/ProbeMatches") != value.npos || value.find("/discovery/Hello") != value.npos;
    if (name == "Types")
      for (const auto& type : base::split_words(value))
        add_sayings(sayings, {{"wsd_types", clean_saying(without_prefix(type))}});
    if (name == "Scopes")
      for (const auto& scope : base::split_words(value)) add_scope(sayings, scope);
  }
  return answers ? sayings : Sayings{};
}

}  // namespace censo::scanner
