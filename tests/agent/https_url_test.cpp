#include "agent/https_url.h"

#include <gtest/gtest.h>

namespace censo::agent {
namespace {

TEST(HttpsUrl, TakesHostPortAndPath) {
  const auto url = parse_https_url("https://cmdb.corp:8444/api/v1/reports");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->host, "cmdb.corp");
  EXPECT_EQ(url->port, 8444);
  EXPECT_EQ(url->path, "/api/v1/reports");
}

TEST(HttpsUrl, DefaultsPortAndPath) {
  const auto url = parse_https_url("https://cmdb.corp");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->port, 443);
  EXPECT_EQ(url->path, "/");
}

TEST(HttpsUrl, TakesAddressesOfBothKinds) {
  EXPECT_EQ(host_and_port(*parse_https_url("https://192.0.2.1:8443")), "192.0.2.1:8443");
  const auto v6 = parse_https_url("https://[2001:db8::1]:8443");
  EXPECT_EQ(v6->host, "2001:db8::1");
  EXPECT_EQ(host_and_port(*v6), "[2001:db8::1]:8443");
}

TEST(HttpsUrl, RefusesAnythingElseByName) {
  EXPECT_EQ(parse_https_url("http://cmdb").error().message,
            "expected https://host[:port][/path], found no https://");
  EXPECT_EQ(parse_https_url("https://:1").error().message,
            "expected https://host[:port][/path], found no host");
}

TEST(HttpsUrl, RefusesPortsOutOfRange) {
  EXPECT_FALSE(parse_https_url("https://cmdb:0"));
  EXPECT_FALSE(parse_https_url("https://cmdb:65536"));
  EXPECT_FALSE(parse_https_url("https://cmdb:84 43"));
  EXPECT_FALSE(parse_https_url("https://[::1]8443"));
}

TEST(HttpsUrl, RefusesUsersQueriesAndLineEnds) {
  EXPECT_FALSE(parse_https_url("https://user@cmdb"));
  EXPECT_FALSE(parse_https_url("https://cmdb/a?b"));
  EXPECT_FALSE(parse_https_url("https://cmdb/a\r\nX-Evil: 1"));
}

}  // namespace
}  // namespace censo::agent
