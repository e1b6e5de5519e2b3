// The mail servers that the collector uses, one for each way. All functions run inside a caller's
// transaction.
#pragma once

#include "base/clock.h"
#include "base/digest.h"
#include "base/result.h"
#include "cmdb/store/transaction.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace censo::desk {

enum class MailSecurity { tls, starttls, none };  // none: for servers on this machine
std::string_view name_of(MailSecurity security);
base::Result<MailSecurity> parse_mail_security(std::string_view text);

struct MailAccount {
  std::string way;  // "out", "in"
  std::string host;
  std::int64_t port = 0;
  MailSecurity security = MailSecurity::tls;
  std::string user;              // "": without a login
  std::string ca;                // PEM of whom it must be signed by; "": as this machine trusts
  std::string address;           // out: that mail comes from; in: that it is sent to
  std::string name, language;    // out: shown beside the address; "en" or "es"
  std::string folder = "INBOX";  // in
  base::Bytes secret;            // the password, sealed by the collector; empty: none
  base::TimeMs updated_at = 0, checked_at = 0;
  std::string problem;  // of the last try
};

// Errc::invalid_argument with the field in `where`.
base::Result<void> check(const MailAccount& account);
std::optional<MailAccount> find_account(store::Transaction& tx, std::string_view way);
void save_account(store::Transaction& tx, const MailAccount& account);
base::Result<void> remove_account(store::Transaction& tx, std::string_view way);  // Errc::not_found
// What became of a try; "" is well.
void note_try(store::Transaction& tx, std::string_view way, const std::string& problem, base::TimeMs now);

}  // namespace censo::desk
