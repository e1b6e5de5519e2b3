#include "desk/mail_account.h"

#include "base/text.h"
#include "desk/mail_address.h"

#include <boost/json.hpp>

#include <algorithm>
#include <array>

namespace censo::desk {
namespace {

namespace json = boost::json;
using base::Errc;

constexpr std::array<std::string_view, 3> securities{"tls", "starttls", "none"};

base::Error unfit(std::string message, std::string where) {
  return base::fail(Errc::invalid_argument, std::move(message), std::move(where));
}

bool is_host(std::string_view text) {
  return !text.empty() && text.size() <= 253 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == ':';
  });
}

bool is_plain(std::string_view text, std::size_t longest) {
  return text.size() <= longest && base::is_valid_utf8(text) && base::sanitize_utf8(text, longest) == text &&
         text.find_first_of("\r\n\t\"") == std::string_view::npos;
}

bool is_here(std::string_view host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

std::string text_in(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

}  // namespace

std::string_view name_of(MailSecurity security) {
  return securities[static_cast<std::size_t>(security)];
}

base::Result<MailSecurity> parse_mail_security(std::string_view text) {
  const auto found = std::ranges::find(securities, text);
  if (found != securities.end()) return static_cast<MailSecurity>(found - securities.begin());
  return unfit("expected tls, starttls or none", "security");
}

base::Result<void> check(const MailAccount& account) {
  if (!is_host(account.host)) return unfit("expected a host's name or address", "host");
  if (account.port < 1 || account.port > 65'535) return unfit("expected 1 to 65535", "port");
  if (!is_plain(account.user, 254)) return unfit("expected at most 254 bytes", "user");
  if (!is_mail_address(account.address))
    return unfit("expected an address such as desk@example.org", "address");
  if (!is_plain(account.name, 100)) return unfit("expected at most 100 bytes without quotes", "name");
  if (account.language != "en" && account.language != "es") return unfit("expected en or es", "language");
  const bool folder = !account.folder.empty() && is_plain(account.folder, 200) &&
                      account.folder.find_first_of("*%\\") == std::string::npos;
  if (!folder) return unfit("expected a folder such as INBOX", "folder");
  if (account.security == MailSecurity::none && !is_here(account.host))
    return unfit("without TLS only a server on this machine is used", "security");
  if (account.way == "in" && account.user.empty()) return unfit("expected a user", "user");
  return {};
}

std::optional<MailAccount> find_account(store::Transaction& tx, std::string_view way) {
  const auto row = tx.query_one(
      "select settings, secret, updated_at, checked_at, problem from mail_account where way = $1", way);
  if (!row) return {};
  const auto value = json::parse(row->text(0));
  const auto& settings = value.as_object();
  MailAccount account;
  account.way = way;
  account.host = text_in(settings, "host");
  account.port = base::parse_integer(text_in(settings, "port")).value_or(0);
  account.security = parse_mail_security(text_in(settings, "security")).value();
  account.user = text_in(settings, "user");
  account.ca = text_in(settings, "ca");
  account.address = text_in(settings, "address");
  account.name = text_in(settings, "name");
  account.language = text_in(settings, "language");
  account.folder = text_in(settings, "folder");
  account.secret = row->bytes(1);
  account.updated_at = row->integer(2);
  account.checked_at = row->integer(3);
  account.problem = row->text(4);
  return account;
}

void save_account(store::Transaction& tx, const MailAccount& account) {
  const json::object settings{{"host", account.host},
                              {"port", std::to_string(account.port)},
                              {"security", name_of(account.security)},
                              {"user", account.user},
                              {"ca", account.ca},
                              {"address", account.address},
                              {"name", account.name},
                              {"language", account.language},
                              {"folder", account.folder}};
  tx.execute(
      "insert into mail_account (way, settings, secret, updated_at, checked_at, problem) "
      "values ($1, $2, $3, $4, 0, '') on conflict (way) do update set settings = excluded.settings, "
      "secret = excluded.secret, updated_at = excluded.updated_at, checked_at = 0, problem = ''",
      account.way, json::serialize(settings), account.secret, account.updated_at);
}

base::Result<void> remove_account(store::Transaction& tx, std::string_view way) {
  if (tx.execute("delete from mail_account where way = $1", way) > 0) return {};
  return base::fail(Errc::not_found, "no server is set for mail " + base::sanitize_utf8(way, 20));
}

void note_try(store::Transaction& tx, std::string_view way, const std::string& problem, base::TimeMs now) {
  tx.execute("update mail_account set checked_at = $2, problem = $3 where way = $1", way, now,
             base::sanitize_utf8(problem, 500));
}

}  // namespace censo::desk
