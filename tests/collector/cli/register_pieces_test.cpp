#include "collector/cli/register_pieces.h"

#include <gtest/gtest.h>

namespace censo::cli {
namespace {

TEST(RegisterPieces, ASmallTableIsOne) {
  const auto pieces = register_pieces("name\nweb01\n").value();
  ASSERT_EQ(pieces.size(), 1U);
  EXPECT_EQ(pieces[0].csv, "name\nweb01\n");
  EXPECT_EQ(pieces[0].line, 2U);
}
TEST(RegisterPieces, EachHasTheHeaderAndWholeRows) {
  const auto pieces = register_pieces("name,note\na,\"1\n2\"\n\nb,3\nc,4\n", 100, 2).value();
  ASSERT_EQ(pieces.size(), 2U);
  EXPECT_EQ(pieces[0].csv, "name,note\na,\"1\n2\"\n\nb,3\n");
  EXPECT_EQ(pieces[1].csv, "name,note\nc,4\n");
  EXPECT_EQ(pieces[1].line, 6U);
}
TEST(RegisterPieces, NoneIsLongerThanItMayBe) {
  const auto pieces = register_pieces("name\naaaa\nbbbb\ncccc\n", 16, 100).value();
  ASSERT_EQ(pieces.size(), 2U);
  EXPECT_EQ(pieces[1].csv, "name\ncccc\n");
}
TEST(RegisterPieces, AFaultNamesItsPlaceInTheFile) {
  EXPECT_EQ(register_pieces("name\nweb01\n\"x").error().where, "line 3, column 1");
}
TEST(RegisterPieces, AHeaderAloneIsSentAsItIs) {
  EXPECT_EQ(register_pieces("name\n").value().size(), 1U);
}

}  // namespace
}  // namespace censo::cli
