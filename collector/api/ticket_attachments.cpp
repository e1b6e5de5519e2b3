#include "base/text.h"
#include "collector/desk_request.h"
#include "collector/json_body.h"
#include "collector/route.h"
#include "collector/services.h"
#include "desk/ticket_attachment.h"

#include <boost/json.hpp>

#include <algorithm>
#include <memory>
#include <string_view>

namespace censo::collector::api {
namespace {

namespace json = boost::json;
using store::Transaction;

struct AttachmentDesk {
  std::shared_ptr<const Desk> desk;
  desk::AttachmentRules rules;
};

json::object to_json(const desk::Attachment& one) {
  return {{"id", base::to_text(one.id)},
          {"at", json_time(one.at)},
          {"author", one.author},
          {"kind", one.internal ? "internal" : "public"},
          {"name", one.name},
          {"type", one.type},
          {"bytes", one.bytes},
          {"sha256", one.digest}};
}

base::Result<desk::AttachmentId> id_of(const Request& request) {
  const auto id = base::id_from_text(request.parameter("id"));
  if (!id) return base::fail(base::Errc::not_found, "no attachment of that id");
  return desk::AttachmentId(*id);
}

// RFC 6266 with RFC 8187's encoding; the plain form for whoever does not read the other.
std::string disposition(std::string_view name) {
  static constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._ ";
  std::string ascii(name);
  std::ranges::replace_if(
      ascii, [](char c) { return plain.find(c) == std::string_view::npos; }, '_');
  return "attachment; filename=\"" + ascii + "\"; filename*=UTF-8''" + base::percent_encoded(name);
}

base::Result<Response> add(const AttachmentDesk& around, Transaction& tx, const Request& request) {
  const auto kind = request.query_or("kind", "public");
  if (kind != "public" && kind != "internal")
    return base::fail(base::Errc::invalid_argument, "expected public or internal", "kind");
  if (!request.content_encoding.empty())
    return base::fail(base::Errc::unsupported, "expected the file as it is, not compressed for the way",
                      "Content-Encoding");
  const auto ticket = ticket_of(*around.desk, tx, request);
  if (!ticket) return ticket.error();
  const DeskAct act(*around.desk, tx, request);
  const auto name = request.query_or("name", "");
  const auto attached =
      desk::attach(act.operation(), around.rules, *ticket, {name, request.body, kind == "internal"});
  if (!attached) return attached.error();
  auto response = Response::created(json::serialize(to_json(*attached)));
  response.headers.emplace_back(
      "Location", "/api/v1/tickets/" + ticket->number + "/attachments/" + base::to_text(attached->id));
  return response;
}

base::Result<Response> list(const AttachmentDesk& around, Transaction& tx, const Request& request) {
  const auto ticket = ticket_of(*around.desk, tx, request);
  if (!ticket) return ticket.error();
  const DeskAct act(*around.desk, tx, request);
  return Response::ok(json_items(desk::attachments_of(act.operation(), *ticket),
                                 [](const desk::Attachment& one) { return to_json(one); }));
}

// As a file to keep: never shown in place, and without rights where a browser shows it all the same.
base::Result<Response> download(const AttachmentDesk& around, Transaction& tx, const Request& request) {
  const auto id = id_of(request);
  if (!id) return id.error();
  const auto ticket = ticket_of(*around.desk, tx, request);
  if (!ticket) return ticket.error();
  const DeskAct act(*around.desk, tx, request);
  const auto file = desk::read_attachment(act.operation(), *ticket, *id);
  if (!file) return file.error();
  auto response = Response::ok(std::string(file->content.begin(), file->content.end()));
  response.content_type = file->what.type;
  response.headers = {{"Content-Disposition", disposition(file->what.name)},
                      {"Content-Security-Policy", "sandbox; default-src 'none'; frame-ancestors 'none'"},
                      {"Cross-Origin-Resource-Policy", "same-origin"}};
  return response;
}

base::Result<Response> remove(const AttachmentDesk& around, Transaction& tx, const Request& request) {
  const auto id = id_of(request);
  if (!id) return id.error();
  const auto ticket = ticket_of(*around.desk, tx, request);
  if (!ticket) return ticket.error();
  const DeskAct act(*around.desk, tx, request);
  const auto gone = desk::detach(act.operation(), *ticket, *id);
  if (!gone) return gone.error();
  return Response::no_content();
}

}  // namespace

// Files attached to tickets. Their bodies are larger than others, and read only from who is known.
Routes ticket_attachments(const Services& services) {
  const auto around = std::make_shared<const AttachmentDesk>(
      AttachmentDesk{make_desk(services), desk::AttachmentRules::load(cmdb::built_in_schemas()).value()});
  const auto at = [&around](auto handler) {
    return
        [around, handler](Transaction& tx, const Request& request) { return handler(*around, tx, request); };
  };
  return {{"POST",
           "/api/v1/tickets/{number}/attachments",
           Role::viewer,
           Access::write,
           "Attach a file to a ticket",
           {"name", "kind"},
           at(add),
           nullptr,
           static_cast<std::size_t>(around->rules.bytes)},
          {"GET",
           "/api/v1/tickets/{number}/attachments",
           Role::viewer,
           Access::read,
           "What is attached to a ticket",
           {},
           at(list)},
          {"GET",
           "/api/v1/tickets/{number}/attachments/{id}",
           Role::viewer,
           Access::read,
           "The file",
           {},
           at(download)},
          {"DELETE",
           "/api/v1/tickets/{number}/attachments/{id}",
           Role::viewer,
           Access::write,
           "Take an attachment away",
           {},
           at(remove)}};
}

}  // namespace censo::collector::api
