// Mail that came in, and what waits for somebody to decide.
#include "collector/desk_request.h"
#include "collector/json_body.h"
#include "collector/mail/message_reader.h"
#include "collector/mail_desk.h"
#include "collector/route.h"
#include "collector/services.h"
#include "desk/incoming_mail.h"

#include <boost/json.hpp>

#include <memory>

namespace censo::collector::api {
namespace {

namespace json = boost::json;
using base::Errc;
using store::Transaction;

struct Around {
  std::shared_ptr<const Desk> desk;
  std::shared_ptr<const MailDesk> mail;
};

json::object to_json(const desk::ReceivedMail& mail) {
  return {{"id", base::to_text(mail.id)}, {"at", json_time(mail.at)}, {"address", mail.address},
          {"person", mail.person},        {"subject", mail.subject},  {"outcome", mail.outcome},
          {"reason", mail.reason},        {"ticket", mail.ticket},    {"decided_by", mail.decided_by}};
}

base::Result<desk::ReceivedId> id_of(const Request& request) {
  const auto id = base::id_from_text(request.parameter("id"));
  if (!id) return base::fail(Errc::not_found, "no mail of that id");
  return desk::ReceivedId(*id);
}

base::Result<desk::IncomingMail> waiting(const Around& around, Transaction& tx, const Request& request) {
  const auto id = id_of(request);
  if (!id) return id.error();
  const auto message = desk::waiting_message(tx, *id);
  if (!message) return message.error();
  return mail::read_message(*message, around.mail->reading());
}

base::Result<Response> list(const Around&, Transaction& tx, const Request& request) {
  const auto page = page_of(request);
  if (!page) return page.error();
  const auto outcome = request.query_or("outcome", "");
  bool known = outcome.empty();
  for (const auto* one : {"comment", "opened", "waiting", "dropped"}) known |= outcome == one;
  if (!known)
    return base::fail(Errc::invalid_argument, "expected comment, opened, waiting or dropped", "outcome");
  const auto found = desk::list_received(tx, outcome, *page);
  if (!found) return found.error();
  return Response::ok(json_page(*found, [](const desk::ReceivedMail& one) { return to_json(one); }));
}

base::Result<Response> show(const Around& around, Transaction& tx, const Request& request) {
  const auto mail = waiting(around, tx, request);
  if (!mail) return mail.error();
  json::array files;
  for (const auto& file : mail->files)
    files.push_back({{"name", file.name}, {"bytes", static_cast<std::int64_t>(file.content.size())}});
  return Response::ok(json::serialize(json::object{{"address", mail->from},
                                                   {"subject", mail->subject},
                                                   {"text", mail->text},
                                                   {"files", std::move(files)},
                                                   {"left_out", static_cast<std::int64_t>(mail->left_out)}}));
}

base::Result<Response> place(const Around& around, Transaction& tx, const Request& request) {
  JsonBody body(request, {"ticket", "requester"});
  const desk::MailPlace place{body.text_or("ticket", 40, ""), body.text_or("requester", 200, "")};
  if (const auto fault = body.fault()) return *fault;
  const auto id = id_of(request);
  if (!id) return id.error();
  const auto mail = waiting(around, tx, request);
  if (!mail) return mail.error();
  const DeskAct act(*around.desk, tx, request);
  const auto ticket = desk::place_mail(act.operation(), around.mail->intake(), *id, *mail, place);
  if (!ticket) return ticket.error();
  return Response::ok(json::serialize(whole_ticket(act.operation(), *ticket)));
}

base::Result<Response> discard(const Around& around, Transaction& tx, const Request& request) {
  const auto id = id_of(request);
  if (!id) return id.error();
  const DeskAct act(*around.desk, tx, request);
  if (const auto done = desk::discard_mail(act.operation(), *id); !done) return done.error();
  return Response::no_content();
}

}  // namespace

Routes mail_in(const Services& services) {
  const Around around{make_desk(services),
                      std::make_shared<const MailDesk>(services.graph, services.catalog)};
  const auto at = [around](auto handler) {
    return
        [around, handler](Transaction& tx, const Request& request) { return handler(around, tx, request); };
  };
  constexpr auto technician = Role::technician;
  constexpr auto read = Access::read, write = Access::write;
  return {
      {"GET",
       "/api/v1/mail-in",
       technician,
       read,
       "Mail that came in, newest first",
       {"outcome", "limit", "after"},
       at(list)},
      {"GET", "/api/v1/mail-in/{id}", technician, read, "Mail that waits, with its text", {}, at(show)},
      {"POST",
       "/api/v1/mail-in/{id}/place",
       technician,
       write,
       "Make a ticket or a comment of it",
       {},
       at(place)},
      {"DELETE", "/api/v1/mail-in/{id}", technician, write, "Drop mail that waits", {}, at(discard)},
  };
}

}  // namespace censo::collector::api
