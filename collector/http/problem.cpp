#include "collector/http/problem.h"

#include "base/digest.h"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <string>

namespace censo::collector::http {
namespace {

using base::Errc;

struct StatusRow {
  Errc code;
  std::string_view reason;  // empty: any other
  int status;
};
constexpr StatusRow status_table[] = {
    {Errc::invalid_argument, "", 400},  {Errc::malformed, "JSON_SYNTAX", 400},
    {Errc::malformed, "", 422},         {Errc::unauthenticated, "", 401},
    {Errc::permission_denied, "", 403}, {Errc::not_found, "", 404},
    {Errc::conflict, "", 409},          {Errc::stale, "", 409},
    {Errc::expired, "", 410},           {Errc::limit_exceeded, "TOO_MANY_REQUESTS", 429},
    {Errc::limit_exceeded, "", 413},    {Errc::unsupported, "METHOD_NOT_ALLOWED", 405},
    {Errc::unsupported, "", 415},       {Errc::unavailable, "", 503},
    {Errc::timeout, "", 504},           {Errc::cancelled, "", 500},
    {Errc::io_failed, "", 500},
};

struct TitleRow {
  int status;
  std::string_view title;
};
constexpr TitleRow titles[] = {
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No content"},
    {400, "Bad request"},
    {401, "Not authenticated"},
    {403, "Forbidden"},
    {404, "Not found"},
    {405, "Method not allowed"},
    {409, "Conflict"},
    {410, "Gone"},
    {413, "Too large"},
    {415, "Unsupported media type"},
    {422, "Malformed content"},
    {429, "Too many requests"},
    {500, "Internal error"},
    {503, "Not available now"},
    {504, "Took too long"},
};

// Spread, so that those refused together do not come back together.
std::string retry_seconds() {
  return std::to_string(1 + base::random_bytes(1).front() % 5);
}

void add_headers(const base::Error& error, Response& response) {
  const bool password = error.reason == "PASSWORD_EXPECTED";
  if (response.status == 401)
    response.headers.emplace_back("WWW-Authenticate", password ? "Basic realm=\"censo\"" : "Bearer");
  if (response.status == 405) response.headers.emplace_back("Allow", error.where);
  if (response.status == 429) response.headers.emplace_back("Retry-After", error.where);
  if (response.status == 503) response.headers.emplace_back("Retry-After", retry_seconds());
}

}  // namespace

int status_of(const base::Error& error) {
  for (const auto& row : status_table) {
    if (row.code == error.code && (row.reason.empty() || row.reason == error.reason)) return row.status;
  }
  return 500;
}

std::string_view title_of(int status) {
  for (const auto& row : titles) {
    if (row.status == status) return row.title;
  }
  return "Error";
}

Response problem(const base::Error& error, std::string_view request_id) {
  Response response;
  response.status = status_of(error);
  response.content_type = "application/problem+json";
  const bool inner = response.status == 500;
  boost::json::object body{
      {"type", "about:blank"}, {"title", title_of(response.status)}, {"status", response.status}};
  body["code"] = base::name_of(error.code);
  body["reason"] = inner ? "" : error.reason;
  body["detail"] = inner ? "the request failed inside; its id is in the collector's log" : error.message;
  body["where"] = inner ? "" : error.where;
  body["request_id"] = request_id;
  response.body = boost::json::serialize(body);
  add_headers(error, response);
  return response;
}

}  // namespace censo::collector::http
