#include "collector/http/request_head.h"

#include "base/text.h"

#include <iterator>
#include <string_view>
#include <utility>

namespace censo::collector::http {
namespace {

using base::Errc;
using base::fail;
using Field = boost::beast::http::field;

std::string_view text_of(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

std::string_view value_of(const Head& head, Field field) {
  const auto found = head.find(field);
  return found == head.end() ? std::string_view() : text_of(found->value());
}

base::Result<void> check_length_fields(const Head& head) {
  const auto lengths = head.count(Field::content_length), encodings = head.count(Field::transfer_encoding);
  if (lengths + encodings > 1) {
    return fail(Errc::invalid_argument, "expected Content-Length or Transfer-Encoding once, found several",
                "Content-Length", "AMBIGUOUS_LENGTH");
  }
  if (encodings == 1 && !base::equal_ignoring_case(value_of(head, Field::transfer_encoding), "chunked")) {
    return fail(Errc::invalid_argument, "expected the transfer encoding chunked", "Transfer-Encoding",
                "AMBIGUOUS_LENGTH");
  }
  return {};
}

base::Result<void> check_once(const Head& head) {
  for (const auto field :
       {Field::host, Field::authorization, Field::content_type, Field::content_encoding, Field::expect}) {
    if (head.count(field) <= 1) continue;
    return fail(Errc::invalid_argument, "expected the field once", std::string(text_of(to_string(field))));
  }
  return {};
}

base::Result<std::string> bearer_of(const Head& head) {
  const auto value = base::trim(value_of(head, Field::authorization));
  if (value.empty()) return std::string();
  const auto words = base::split_words(value);
  if (words.size() == 2 && base::equal_ignoring_case(words[0], "bearer")) return std::string(words[1]);
  return fail(Errc::unauthenticated, "expected Authorization: Bearer <token>", "Authorization");
}

base::Result<void> check_framing(const Head& head, std::size_t max_fields) {
  if (static_cast<std::size_t>(std::distance(head.begin(), head.end())) > max_fields) {
    return fail(Errc::limit_exceeded, "expected at most " + std::to_string(max_fields) + " header fields", {},
                "HEADER_TOO_LARGE");
  }
  if (head.version() != 10 && head.version() != 11) return fail(Errc::invalid_argument, "expected HTTP/1.1");
  const auto once = check_once(head);
  if (!once) return once.error();
  return check_length_fields(head);
}

}  // namespace

base::Result<RequestHead> read_head(const Head& head, std::size_t max_fields) {
  const auto framed = check_framing(head, max_fields);
  if (!framed) return framed.error();
  auto target = parse_target(text_of(head.target()));
  if (!target) return target.error();
  auto host = parse_host(value_of(head, Field::host));
  if (!host) return host.error();
  auto bearer = bearer_of(head);
  if (!bearer) return bearer.error();
  const auto expect = value_of(head, Field::expect);
  if (!expect.empty() && !base::equal_ignoring_case(expect, "100-continue")) {
    return fail(Errc::invalid_argument, "expected 100-continue or nothing", "Expect");
  }
  RequestHead out;
  out.request.method = text_of(head.method_string());
  out.request.path = target->path;
  out.request.query = target->query;
  out.request.host = std::move(*host);
  out.request.content_type = value_of(head, Field::content_type);
  out.request.last_event_id = text_of(head["Last-Event-ID"]);
  out.request.content_encoding = value_of(head, Field::content_encoding);
  out.target = std::move(*target);
  out.bearer = std::move(*bearer);
  out.expects_continue = !expect.empty();
  return out;
}

}  // namespace censo::collector::http
