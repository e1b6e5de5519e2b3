#include "collector/cli/output.h"

#include "collector/cli/api_client.h"

#include <gtest/gtest.h>
#include <boost/json.hpp>

namespace censo::cli {
namespace {

const boost::json::value answer = boost::json::parse(
    R"({"items":[{"name":"web01","ip":["10.0.0.1","10.0.0.2"],"ci":{"name":"a, \"b\""}},{"name":"=1+1","ci":null}]})");
const Columns columns{{"name", "/name"}, {"ip", "/ip"}, {"ci", "/ci/name"}};

std::string printed(Format format, const OutputSettings& more = {}) {
  OutputSettings settings = more;
  settings.format = format;
  ::testing::internal::CaptureStdout();
  print_list(answer, columns, settings);
  std::fflush(stdout);
  return ::testing::internal::GetCapturedStdout();
}

TEST(Output, TablesAreAligned) {
  EXPECT_EQ(printed(Format::table),
            "NAME   IP                  CI\n"
            "web01  10.0.0.1, 10.0.0.2  a, \"b\"\n"
            "=1+1                       \n");
}

TEST(Output, CsvQuotesAndDisarmsFormulas) {
  EXPECT_EQ(printed(Format::csv),
            "name,ip,ci\r\n"
            "web01,\"10.0.0.1, 10.0.0.2\",\"a, \"\"b\"\"\"\r\n"
            "'=1+1,,\r\n");
}

TEST(Output, JsonIsTheAnswerItself) {
  EXPECT_EQ(boost::json::parse(printed(Format::json)), answer);
}

TEST(Output, NumbersAreWrittenAsPeopleWriteThem) {
  const auto row = boost::json::parse(R"({"score":-0.5,"all":[1.5,2,"x"],"count":12})");
  EXPECT_EQ(text_at(row, "/score"), "-0.5");
  EXPECT_EQ(text_at(row, "/all"), "1.5, 2, x");
  EXPECT_EQ(text_at(row, "/count"), "12");
}

TEST(Output, OneFieldIsALineEach) {
  OutputSettings settings;
  settings.field = "name";
  EXPECT_EQ(printed(Format::table, settings), "web01\n=1+1\n");
}

TEST(Output, HeadersCanBeLeftOut) {
  OutputSettings settings;
  settings.no_headers = true;
  EXPECT_EQ(printed(Format::csv, settings).substr(0, 5), "web01");
}

TEST(Output, ControlCharactersAreShownNotObeyed) {
  EXPECT_EQ(printable("a\x1b[31mb\nc"), "a\\x1b[31mb\\x0ac");
  EXPECT_EQ(printable("\xC2\x9B"
                      "x"),
            "\\x9bx");
}

TEST(Output, BidirectionalOverridesAreShownNotObeyed) {
  EXPECT_EQ(printable("a\xE2\x80\xAE"
                      "b"),
            "a\\u202eb");
  EXPECT_EQ(printable("a\xE2\x81\xA6"
                      "b"),
            "a\\u2066b");
}

TEST(Output, OrdinaryTextStaysAsItIs) {
  EXPECT_EQ(printable("señal ✓ 東京"), "señal ✓ 東京");
}

TEST(Output, LinesOfATextStandUnderItsBeginning) {
  ::testing::internal::CaptureStdout();
  print_object({{"name", "web01"}, {"details", "97 %\nstate  closed\n\x1b[31m"}},
               {{"name", "/name"}, {"details", "/details"}}, {});
  EXPECT_EQ(::testing::internal::GetCapturedStdout(),
            "name     web01\ndetails  97 %\n         state  closed\n         \\x1b[31m\n");
}

TEST(Output, ErrorsHaveTheirExitStatus) {
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(report_error(base::fail(base::Errc::not_found, "x")), 3);
  EXPECT_EQ(report_error(base::fail(base::Errc::permission_denied, "x")), 4);
  EXPECT_EQ(report_error(base::fail(base::Errc::conflict, "x")), 5);
  EXPECT_EQ(report_error(base::fail(base::Errc::timeout, "x")), 6);
  EXPECT_EQ(report_error(base::fail(base::Errc::malformed, "x")), 1);
  EXPECT_EQ(report_error(base::fail(base::Errc::invalid_argument, "x", "/failed/0", "CI_NOT_FOUND")), 3);
  EXPECT_EQ(report_error(base::fail(base::Errc::invalid_argument, "x", "/failed/0", "CI_AMBIGUOUS")), 5);
  ::testing::internal::GetCapturedStderr();
}

TEST(Encoding, PathSegmentsCannotLeaveTheirPlace) {
  EXPECT_EQ(encoded("a/b?c=d&e f"), "a%2Fb%3Fc%3Dd%26e%20f");
  EXPECT_EQ(encoded("web-01.example_x~"), "web-01.example_x~");
}

TEST(Client, AnAddressThatIsNoUrlIsRefused) {
  ApiClient client(Context{"http://localhost:1", "t", ""});
  const auto answer_of = client.get("/healthz");
  ASSERT_FALSE(answer_of);
  EXPECT_NE(answer_of.error().message.find("https://host:8443"), std::string::npos);
}

TEST(Client, NobodyListeningIsUnavailable) {
  ApiClient client(Context{"https://127.0.0.1:1", "t", ""});
  const auto answer_of = client.get("/healthz");
  ASSERT_FALSE(answer_of);
  EXPECT_EQ(answer_of.error().code, base::Errc::unavailable);
  EXPECT_NE(answer_of.error().message.find("127.0.0.1:1"), std::string::npos);
}

}  // namespace
}  // namespace censo::cli
