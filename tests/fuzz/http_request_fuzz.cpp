// A request's bytes through the parser, the checks of its header and the router.
#include "collector/http/request_head.h"
#include "collector/http/router.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace censo::collector {
namespace {

Routes routes() {
  return {{"GET", "/healthz", Role::none, Access::read, "", {}, {}},
          {"GET", "/api/v1/cis/{id}", Role::viewer, Access::read, "", {"class", "text"}, {}},
          {"PUT", "/api/v1/tickets/{number}/cis/{id}", Role::technician, Access::write, "", {}, {}}};
}

void read(const std::uint8_t* bytes, std::size_t size) {
  static const http::Router router(routes());
  boost::beast::http::request_parser<boost::beast::http::string_body> parser;
  parser.header_limit(8 * 1024);
  parser.body_limit(64 * 1024);
  parser.eager(true);
  boost::beast::error_code ec;
  parser.put(boost::asio::buffer(bytes, size), ec);
  if (!parser.is_header_done()) return;
  const auto head = http::read_head(parser.get().base(), 64);
  if (!head) return;
  const auto match = router.find(http::Side::api, head->request.method, head->target);
  if (match && match->parameters.contains("id") && match->parameters.at("id").empty()) std::abort();
}

}  // namespace
}  // namespace censo::collector

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  censo::collector::read(bytes, size);
  return 0;
}
