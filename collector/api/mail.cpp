// The mail servers, where people are written to, and mail on its way out.
#include "collector/jobs/mail_courier.h"
#include "collector/jobs/scan_runner.h"
#include "collector/json_body.h"
#include "collector/route.h"
#include "collector/services.h"
#include "desk/mail_account.h"
#include "desk/mail_address.h"
#include "desk/mail_queue.h"

#include <boost/json.hpp>

namespace censo::collector::api {
namespace {

namespace json = boost::json;
using base::Errc;
using store::Transaction;

json::value time_or_null(base::TimeMs time) {
  return time > 0 ? json_time(time) : json::value(nullptr);
}

json::object to_json(const desk::MailAccount& account) {
  return {{"way", account.way},
          {"host", account.host},
          {"port", account.port},
          {"security", desk::name_of(account.security)},
          {"user", account.user},
          {"password", !account.secret.empty()},
          {"ca", !account.ca.empty()},
          {"address", account.address},
          {"name", account.name},
          {"language", account.language},
          {"folder", account.folder},
          {"updated_at", json_time(account.updated_at)},
          {"checked_at", time_or_null(account.checked_at)},
          {"problem", account.problem}};
}

json::object to_json(const desk::OutgoingMail& mail) {
  return {{"id", base::to_text(mail.id)},
          {"notice", mail.notice},
          {"person", mail.person},
          {"address", mail.address},
          {"subject", mail.subject},
          {"message_id", mail.message_id},
          {"state", mail.state},
          {"tries", mail.tries},
          {"created_at", json_time(mail.created_at)},
          {"next_at", mail.state == "waiting" ? json_time(mail.next_at) : json::value(nullptr)},
          {"sent_at", mail.state == "sent" ? json_time(mail.sent_at) : json::value(nullptr)},
          {"problem", mail.problem}};
}

base::Result<std::string> way_of(const Request& request) {
  const auto& way = request.parameter("way");
  if (way == "out" || way == "in") return way;
  return base::fail(Errc::not_found, "expected mail out or mail in");
}

base::Result<Response> accounts(Transaction& tx, const Request&) {
  std::vector<desk::MailAccount> found;
  for (const auto* way : {"out", "in"})
    if (auto account = desk::find_account(tx, way)) found.push_back(std::move(*account));
  return Response::ok(json_items(found, [](const desk::MailAccount& one) { return to_json(one); }));
}

// A password that is not given stays, as long as the host does.
base::Result<Response> set_account(const Services& services, Transaction& tx, const Request& request) {
  const auto way = way_of(request);
  if (!way) return way.error();
  JsonBody body(request, {"host", "port", "security", "user", "password", "ca", "address", "name", "language",
                          "folder"});
  const bool out = *way == "out";
  desk::MailAccount account;
  account.way = *way;
  account.host = body.text("host", 253);
  const auto security = desk::parse_mail_security(body.text_or("security", 20, "tls"));
  const bool wrapped = security && *security == desk::MailSecurity::tls;
  account.port = body.integer_or("port", 1, 65'535, out ? (wrapped ? 465 : 587) : (wrapped ? 993 : 143));
  account.user = body.text_or("user", 254, "");
  account.ca = body.text_or("ca", 32'000, "");
  account.address = body.text("address", 254);
  account.name = body.text_or("name", 100, "");
  account.language = body.text_or("language", 2, "en");
  account.folder = body.text_or("folder", 200, "INBOX");
  const auto password = body.text_or("password", 1'000, "");
  if (const auto fault = body.fault()) return *fault;
  if (!security) return security.error();
  account.security = *security;
  account.updated_at = services.clock.now();
  if (const auto checked = desk::check(account); !checked) return checked.error();
  const auto earlier = desk::find_account(tx, *way);
  if (!password.empty())
    account.secret = services.scans.credential_box().seal_secret(jobs::secret_name(account), password);
  else if (earlier && earlier->host == account.host && earlier->user == account.user)
    account.secret = earlier->secret;
  desk::save_account(tx, account);
  return Response::ok(json::serialize(to_json(account)));
}

base::Result<Response> remove_account(Transaction& tx, const Request& request) {
  const auto way = way_of(request);
  if (!way) return way.error();
  if (const auto gone = desk::remove_account(tx, *way); !gone) return gone.error();
  return Response::no_content();
}

base::Result<Response> addresses(Transaction& tx, const Request&) {
  return Response::ok(json_items(desk::mail_addresses(tx), [](const desk::PersonAddress& one) {
    return json::object{{"person", one.person}, {"address", one.address}};
  }));
}

base::Result<Response> set_address(Transaction& tx, const Request& request) {
  JsonBody body(request, {"address"});
  const desk::PersonAddress one{request.parameter("person"), body.text("address", 254)};
  if (const auto fault = body.fault()) return *fault;
  if (const auto done = desk::set_mail_address(tx, one); !done) return done.error();
  return Response::no_content();
}

base::Result<Response> remove_address(Transaction& tx, const Request& request) {
  if (const auto done = desk::remove_mail_address(tx, request.parameter("person")); !done)
    return done.error();
  return Response::no_content();
}

base::Result<Response> queue(Transaction& tx, const Request& request) {
  const auto page = page_of(request);
  if (!page) return page.error();
  const auto state = request.query_or("state", "");
  if (!state.empty() && state != "waiting" && state != "sent" && state != "failed")
    return base::fail(Errc::invalid_argument, "expected waiting, sent or failed", "state");
  const auto found = desk::list_mails(tx, state, *page);
  if (!found) return found.error();
  return Response::ok(json_page(*found, [](const desk::OutgoingMail& one) { return to_json(one); }));
}

base::Result<desk::MailId> id_of(const Request& request) {
  const auto id = base::id_from_text(request.parameter("id"));
  if (!id) return base::fail(Errc::not_found, "no mail of that id");
  return desk::MailId(*id);
}

base::Result<Response> show(Transaction& tx, const Request& request) {
  const auto id = id_of(request);
  if (!id) return id.error();
  const auto mail = desk::find_mail(tx, *id);
  if (!mail) return mail.error();
  auto object = to_json(*mail);
  object["body"] = mail->body;
  return Response::ok(json::serialize(object));
}

base::Result<Response> retry(const Services& services, Transaction& tx, const Request& request) {
  const auto id = id_of(request);
  if (!id) return id.error();
  if (const auto done = desk::retry_mail(tx, *id, services.clock.now()); !done) return done.error();
  return Response::no_content();
}

base::Result<Response> test(const Services& services, Transaction& tx, const Request& request) {
  JsonBody body(request, {"address"});
  desk::OutgoingMail mail;
  mail.address = body.text("address", 254);
  if (const auto fault = body.fault()) return *fault;
  const auto account = desk::find_account(tx, "out");
  if (!account) return base::fail(Errc::conflict, "no server for mail out is set", {}, "NO_SERVER");
  if (!desk::is_mail_address(mail.address))
    return base::fail(Errc::invalid_argument, "expected an address such as ana@example.org", "/address");
  mail.notice = "test";
  mail.person = request.caller.name;
  mail.message_id = desk::new_message_id("", desk::domain_of(account->address));
  mail.subject = "Censo";
  mail.body = "Mail from Censo arrives here. It was asked for by " + request.caller.name + ".\n";
  desk::queue_mail(tx, mail, services.clock);
  return Response::accepted(json::serialize(to_json(mail)));
}

}  // namespace

// Secrets are written, never read back.
Routes mail(const Services& services) {
  const auto with_services = [&services](auto handler) {
    return [&services, handler](Transaction& tx, const Request& request) {
      return handler(services, tx, request);
    };
  };
  constexpr auto admin = Role::admin, technician = Role::technician;
  constexpr auto read = Access::read, write = Access::write;
  return {
      {"GET", "/api/v1/mail-servers", admin, read, "The mail servers, and how they fare", {}, accounts},
      {"PUT",
       "/api/v1/mail-servers/{way}",
       admin,
       write,
       "Set a mail server",
       {},
       with_services(set_account)},
      {"DELETE", "/api/v1/mail-servers/{way}", admin, write, "Use no mail server", {}, remove_account},
      {"GET", "/api/v1/mail-addresses", technician, read, "Addresses of tokens' names", {}, addresses},
      {"PUT", "/api/v1/mail-addresses/{person}", admin, write, "Set an address", {}, set_address},
      {"DELETE", "/api/v1/mail-addresses/{person}", admin, write, "Forget an address", {}, remove_address},
      {"GET",
       "/api/v1/mail",
       technician,
       read,
       "Mail on its way out, newest first",
       {"state", "limit", "after"},
       queue},
      {"GET", "/api/v1/mail/{id}", admin, read, "One mail with its text", {}, show},
      {"POST",
       "/api/v1/mail/{id}/retry",
       technician,
       write,
       "Try a mail again now",
       {},
       with_services(retry)},
      {"POST", "/api/v1/mail-test", admin, write, "Send a mail to try the server", {}, with_services(test)},
  };
}

}  // namespace censo::collector::api
