#include "agent/process_files.h"

#include <gtest/gtest.h>

namespace censo::agent {
namespace {

const std::string rest = " S 7 9 9 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0 555 0 0";

TEST(ProcessStat, NameMayHoldParentheses) {
  EXPECT_EQ(parse_process_stat("9 (a) R 1 (b)" + rest).value().parent, 7);
}

TEST(ProcessStat, NameHasNoLineEnds) {
  EXPECT_EQ(parse_process_stat("9 (sshd\n{)" + rest).value().name, "sshd {");
}

TEST(ProcessStat, TooFewFieldsAreMalformed) {
  EXPECT_EQ(parse_process_stat("9 (a) S 1 2").error().code, base::Errc::malformed);
}

TEST(Unit, OfServiceInSlices) {
  EXPECT_EQ(unit_of("/system.slice/system-pg.slice/pg@15.service"), "pg@15.service");
}

TEST(Unit, OfGroupsThatAServiceMadeItself) {
  EXPECT_EQ(unit_of("/system.slice/docker.service/a/b"), "docker.service");
}

TEST(Unit, OfRootIsNone) {
  EXPECT_EQ(unit_of("/"), "");
}

TEST(Cgroup, UnifiedHierarchyComesFirst) {
  EXPECT_EQ(parse_cgroup_path("1:name=systemd:/b\n0::/a\n"), "/a");
}

TEST(Cgroup, OfOlderSystemdIsNamed) {
  EXPECT_EQ(parse_cgroup_path("4:cpu:/x\n1:name=systemd:/b\n"), "/b");
}

}  // namespace
}  // namespace censo::agent
