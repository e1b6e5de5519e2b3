#include "collector/http/problem.h"

#include <gtest/gtest.h>
#include <boost/json.hpp>

namespace censo::collector::http {
namespace {

using base::Errc;
using base::fail;

std::string field(const Response& response, std::string_view name) {
  return std::string(boost::json::parse(response.body).at(name).as_string());
}

struct Row {
  Errc code;
  std::string reason;
  int status;
};
class Statuses : public testing::TestWithParam<Row> {};
TEST_P(Statuses, AreThoseOfTheContract) {
  EXPECT_EQ(status_of(fail(GetParam().code, "x", {}, GetParam().reason)), GetParam().status);
}
INSTANTIATE_TEST_SUITE_P(
    Table, Statuses,
    testing::Values(Row{Errc::invalid_argument, "", 400}, Row{Errc::malformed, "TOO_DEEP", 422},
                    Row{Errc::malformed, "JSON_SYNTAX", 400}, Row{Errc::unauthenticated, "", 401},
                    Row{Errc::permission_denied, "ROLE_DENIED", 403}, Row{Errc::not_found, "", 404},
                    Row{Errc::conflict, "", 409}, Row{Errc::stale, "STALE_SEQUENCE", 409}, Row{Errc::expired, "", 410},
                    Row{Errc::limit_exceeded, "BODY_TOO_LARGE", 413}, Row{Errc::limit_exceeded, "TOO_MANY_REQUESTS", 429},
                    Row{Errc::unsupported, "", 415}, Row{Errc::unsupported, "METHOD_NOT_ALLOWED", 405},
                    Row{Errc::unavailable, "QUEUE_FULL", 503}, Row{Errc::timeout, "", 504}, Row{Errc::cancelled, "", 500},
                    Row{Errc::io_failed, "", 500}));

TEST(Problem, TellsCodeReasonAndPlace) {
  const auto response = problem(fail(Errc::malformed, "expected a text", "/name", "WRONG_TYPE"), "id1");
  EXPECT_EQ(field(response, "code"), "malformed");
  EXPECT_EQ(field(response, "reason"), "WRONG_TYPE");
  EXPECT_EQ(field(response, "where"), "/name");
  EXPECT_EQ(field(response, "detail"), "expected a text");
  EXPECT_EQ(field(response, "request_id"), "id1");
}

TEST(Problem, KeepsInnerFailuresToItself) {
  const auto response = problem(fail(Errc::io_failed, "cannot open /var/lib/censo/secret", "/var/lib"), "id1");
  EXPECT_EQ(response.body.find("/var/lib"), std::string::npos);
}

}  // namespace
}  // namespace censo::collector::http
