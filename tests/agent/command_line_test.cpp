#include "agent/command_line.h"

#include <gtest/gtest.h>

#include <initializer_list>

namespace censo::agent {
namespace {

std::string shown(std::initializer_list<std::string_view> arguments) {
  std::string raw;
  for (const std::string_view argument : arguments) raw.append(argument).push_back('\0');
  return shown_command_line(raw);
}

TEST(CommandLine, KeepsOrdinaryArguments) {
  EXPECT_EQ(shown({"/usr/sbin/sshd", "-D", "-p", "2222"}), "/usr/sbin/sshd -D -p 2222");
}
TEST(CommandLine, MasksPasswordAfterEquals) {
  EXPECT_EQ(shown({"app", "--password=a b"}), "app --password=***");
}
TEST(CommandLine, MasksPasswordInNextArgument) {
  EXPECT_EQ(shown({"app", "--db-password", "hunter2", "run"}), "app --db-password *** run");
}
TEST(CommandLine, MasksShortPasswordOfMysql) {
  EXPECT_EQ(shown({"mysql", "-pS3cret", "db"}), "mysql -p*** db");
}
TEST(CommandLine, KeepsPortAfterShortOption) {
  EXPECT_EQ(shown({"ssh", "-p2222", "host"}), "ssh -p2222 host");
}
TEST(CommandLine, MasksShortPasswordWithinShellCommand) {
  EXPECT_EQ(shown({"sh", "-c", "mysql -uroot -pS3cret db"}), "sh -c mysql -uroot -p***");
}
TEST(CommandLine, MasksOptionWithinShellCommand) {
  EXPECT_EQ(shown({"sh", "-c", "run --token abc --fast"}), "sh -c run --token ***");
}
TEST(CommandLine, MasksToken) {
  EXPECT_EQ(shown({"agent", "token=abcdef"}), "agent token=***");
}
TEST(CommandLine, MasksEnvironmentAssignment) {
  EXPECT_EQ(shown({"env", "PGPASSWORD=x", "AWS_SECRET_ACCESS_KEY=y", "PATH=/bin"}),
            "env PGPASSWORD=*** AWS_SECRET_ACCESS_KEY=*** PATH=/bin");
}
TEST(CommandLine, MasksHeader) {
  EXPECT_EQ(shown({"curl", "-H", "Authorization: Bearer abc"}), "curl -H Authorization:***");
}
TEST(CommandLine, MasksUserOfCurl) {
  EXPECT_EQ(shown({"/usr/bin/curl", "-u", "me:pw"}), "/usr/bin/curl -u ***");
}
TEST(CommandLine, MasksPasswordInUrl) {
  EXPECT_EQ(shown({"psql", "postgres://me:pw@db.example/x"}), "psql postgres://me:***@db.example/x");
}
TEST(CommandLine, KeepsUrlWithPort) {
  EXPECT_EQ(shown({"get", "http://h:8080/a@b"}), "get http://h:8080/a@b");
}
TEST(CommandLine, MasksJsonMember) {
  EXPECT_EQ(shown({"app", R"({"user":"me","password":"pw"})"}), R"(app {"user":"me","password":***)");
}
TEST(CommandLine, MasksCommunityOfSnmpClients) {
  EXPECT_EQ(shown({"snmpwalk", "-v2c", "-c", "private", "host"}), "snmpwalk -v2c -c *** host");
}
TEST(CommandLine, KeepsWordsThatOnlyContainPass) {
  EXPECT_EQ(shown({"app", "--bypass-cache=yes", "/compass/x"}), "app --bypass-cache=yes /compass/x");
}
TEST(CommandLine, ReplacesInvalidUtf8) {
  EXPECT_EQ(shown({"a\xff", "\x1b[31m"}), "a\xef\xbf\xbd [31m");
}
TEST(CommandLine, IsCut) {
  EXPECT_EQ(shown_command_line(std::string(100'000, 'x')).size(), 512U);
}
TEST(CommandLine, OfOneHugeSecretWordIsQuick) {
  std::string raw;
  while (raw.size() < 1'000'000) raw += "passw";
  EXPECT_LE(shown_command_line(raw).size(), 512U);
}

}  // namespace
}  // namespace censo::agent
