#include "collector/http/request_head.h"

#include "base/digest.h"
#include "base/text.h"

#include <algorithm>
#include <iterator>
#include <optional>
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

// RFC 7617: the password of "user:password" in base64. Nothing: it is none.
std::optional<std::string> password_of(std::string_view credentials) {
  std::string text(credentials.substr(0, std::min(credentials.find('='), credentials.size())));
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  const auto bytes = base::from_base64url(text);
  if (!bytes) return {};
  const std::string both(bytes->begin(), bytes->end());
  const auto colon = both.find(':');
  if (colon == both.npos || colon + 1 == both.size()) return {};
  return both.substr(colon + 1);
}

base::Result<void> read_credentials(const Head& head, RequestHead& out) {
  const auto value = base::trim(value_of(head, Field::authorization));
  if (value.empty()) return {};
  const auto words = base::split_words(value);
  const auto is = [&](std::string_view scheme) {
    return words.size() == 2 && base::equal_ignoring_case(words[0], scheme);
  };
  if (is("bearer")) {
    out.bearer = words[1];
    return {};
  }
  const auto password = is("basic") ? password_of(words[1]) : std::nullopt;
  if (password) {
    out.bearer = *password;
    out.basic = true;
    return {};
  }
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
  RequestHead out;
  if (const auto read = read_credentials(head, out); !read) return read.error();
  const auto expect = value_of(head, Field::expect);
  if (!expect.empty() && !base::equal_ignoring_case(expect, "100-continue")) {
    return fail(Errc::invalid_argument, "expected 100-continue or nothing", "Expect");
  }
  out.request.method = text_of(head.method_string());
  out.request.path = target->path;
  out.request.query = target->query;
  out.request.host = std::move(*host);
  out.request.content_type = value_of(head, Field::content_type);
  out.request.last_event_id = text_of(head["Last-Event-ID"]);
  out.request.content_encoding = value_of(head, Field::content_encoding);
  out.target = std::move(*target);
  out.expects_continue = !expect.empty();
  return out;
}

}  // namespace censo::collector::http
