#include "collector/scanner/snmp/usm.h"

#include "collector/scanner/snmp_session.h"

#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include <net-snmp/library/lcd_time.h>
#include <net-snmp/library/snmpusm.h>

#include <openssl/crypto.h>

#include <algorithm>
#include <iterator>
#include <string>

namespace censo::scanner {
namespace {

constexpr std::size_t shortest_passphrase = 8;  // RFC 3414, 11.2

struct Protocol {
  oid* name = nullptr;
  std::size_t size = 0;
};

Protocol protocol_of(AuthProtocol auth) {
  switch (auth) {
    case AuthProtocol::none: break;
    case AuthProtocol::md5: return {usmHMACMD5AuthProtocol, std::size(usmHMACMD5AuthProtocol)};
    case AuthProtocol::sha1: return {usmHMACSHA1AuthProtocol, std::size(usmHMACSHA1AuthProtocol)};
    case AuthProtocol::sha224: return {usmHMAC128SHA224AuthProtocol, std::size(usmHMAC128SHA224AuthProtocol)};
    case AuthProtocol::sha256: return {usmHMAC192SHA256AuthProtocol, std::size(usmHMAC192SHA256AuthProtocol)};
    case AuthProtocol::sha384: return {usmHMAC256SHA384AuthProtocol, std::size(usmHMAC256SHA384AuthProtocol)};
    case AuthProtocol::sha512: return {usmHMAC384SHA512AuthProtocol, std::size(usmHMAC384SHA512AuthProtocol)};
  }
  return {};
}

Protocol protocol_of(PrivacyProtocol privacy) {
  switch (privacy) {
    case PrivacyProtocol::none: break;
    case PrivacyProtocol::des: return {usmDESPrivProtocol, std::size(usmDESPrivProtocol)};
    case PrivacyProtocol::aes128: return {usmAESPrivProtocol, std::size(usmAESPrivProtocol)};
    case PrivacyProtocol::aes192: return {usmAES192PrivProtocol, std::size(usmAES192PrivProtocol)};
    case PrivacyProtocol::aes256: return {usmAES256PrivProtocol, std::size(usmAES256PrivProtocol)};
  }
  return {};
}

// Ku of RFC 3414, A.2.
base::Result<void> make_key(std::string_view what, const Protocol& hash, const std::string& passphrase,
                            u_char* key, size_t& size) {
  if (passphrase.size() < shortest_passphrase) {
    return base::fail(base::Errc::invalid_argument,
                      "the " + std::string(what) + " passphrase is shorter than 8 characters");
  }
  size = USM_AUTH_KU_LEN;
  const auto* octets = reinterpret_cast<const u_char*>(passphrase.data());
  if (generate_Ku(hash.name, static_cast<u_int>(hash.size), octets, passphrase.size(), key, &size) !=
      SNMPERR_SUCCESS) {
    return base::fail(base::Errc::invalid_argument,
                      "libsnmp has not the hash of the " + std::string(what) + " protocol");
  }
  return {};
}

}  // namespace

base::Result<void> set_user(snmp_session& session, const SnmpCredential& credential) {
  // libsnmp copies what a session points to when it is opened.
  session.securityModel = SNMP_SEC_MODEL_USM;
  session.securityName = const_cast<char*>(credential.user.c_str());
  session.securityNameLen = credential.user.size();
  session.contextName = const_cast<char*>(credential.context.c_str());
  session.contextNameLen = credential.context.size();
  session.securityLevel = SNMP_SEC_LEVEL_NOAUTH;
  if (credential.user.empty())
    return base::fail(base::Errc::invalid_argument, "an SNMPv3 credential without a user");
  if (credential.auth == AuthProtocol::none) {
    if (credential.privacy == PrivacyProtocol::none) return {};
    return base::fail(base::Errc::invalid_argument, "SNMPv3 has no privacy without authentication");
  }
  session.securityLevel = SNMP_SEC_LEVEL_AUTHNOPRIV;
  const auto auth = protocol_of(credential.auth);
  session.securityAuthProto = auth.name;
  session.securityAuthProtoLen = auth.size;
  auto made = make_key("authentication", auth, credential.auth_passphrase, session.securityAuthKey,
                       session.securityAuthKeyLen);
  if (!made || credential.privacy == PrivacyProtocol::none) return made;
  session.securityLevel = SNMP_SEC_LEVEL_AUTHPRIV;
  const auto privacy = protocol_of(credential.privacy);
  session.securityPrivProto = privacy.name;
  session.securityPrivProtoLen = privacy.size;
  return make_key("privacy", auth, credential.privacy_passphrase, session.securityPrivKey,
                  session.securityPrivKeyLen);
}

void wipe_keys(snmp_session& session) {
  OPENSSL_cleanse(session.securityAuthKey, sizeof session.securityAuthKey);
  OPENSSL_cleanse(session.securityPrivKey, sizeof session.securityPrivKey);
}

base::Result<usmUser*> make_user(snmp_session& session) {
  session.flags &= ~static_cast<u_long>(SNMP_FLAGS_USER_CREATED);
  if (usm_create_user_from_session(&session) != SNMPERR_SUCCESS) {
    return base::fail(base::Errc::unsupported,
                      "libsnmp has not this pair of authentication and privacy protocols");
  }
  session.flags |= SNMP_FLAGS_USER_CREATED;
  auto* user = usm_get_user(session.securityEngineID, session.securityEngineIDLen, session.securityName);
  if (!user) return base::fail(base::Errc::unsupported, "libsnmp made no user for this credential");
  usm_remove_user(user);
  return user;
}

UserLent::UserLent(usmUser* user) : user_(user) {
  if (!user_) return;
  user_->prev = user_->next = nullptr;
  usm_add_user(user_);
}

UserLent::~UserLent() {
  if (user_) usm_remove_user(user_);
}

void forget_engine(const snmp_session& session) {
  if (session.securityEngineIDLen > 0) free_enginetime(session.securityEngineID, session.securityEngineIDLen);
}

UsmReport report_of(const snmp_pdu& pdu) {
  constexpr oid stats[] = {1, 3, 6, 1, 6, 3, 15, 1, 1};
  const auto* variable = pdu.variables;
  if (!variable || variable->name_length <= std::size(stats)) return UsmReport::other;
  if (!std::equal(std::begin(stats), std::end(stats), variable->name)) return UsmReport::other;
  switch (variable->name[std::size(stats)]) {
    case 1: return UsmReport::unsupported_level;
    case 2: return UsmReport::not_in_time_window;
    case 3: return UsmReport::unknown_user;
    case 4: return UsmReport::unknown_engine;
    case 5: return UsmReport::wrong_digest;
    case 6: return UsmReport::decryption_error;
    default: return UsmReport::other;
  }
}

std::string_view text_of(UsmReport report) {
  switch (report) {
    case UsmReport::other: break;
    case UsmReport::unsupported_level:
      return "the device does not offer this user the security level asked for";
    case UsmReport::not_in_time_window:
      return "the device's clock and ours do not agree, even after setting ours by its";
    case UsmReport::unknown_user: return "the device does not know the user";
    case UsmReport::unknown_engine: return "the device does not know its own engine id any more";
    case UsmReport::wrong_digest: return "wrong authentication passphrase or protocol";
    case UsmReport::decryption_error: return "wrong privacy passphrase or protocol";
  }
  return "the device refuses the request (an SNMPv3 report that is not about users)";
}

}  // namespace censo::scanner
