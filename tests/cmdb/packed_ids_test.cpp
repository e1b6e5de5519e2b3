#include "cmdb/packed_ids.h"

#include <gtest/gtest.h>

#include <numeric>
#include <stdexcept>

namespace censo::cmdb {
namespace {

RowIds many_ids() {
  RowIds ids(2'000);
  std::iota(ids.begin(), ids.end(), RowId{1} << 58);
  return ids;
}

TEST(PackedIds, ComeBack) {
  for (const RowIds& ids : {RowIds{}, RowIds{5}, RowIds{7, 7, 9, RowId{1} << 62}, many_ids()})
    EXPECT_EQ(unpack_ids(pack_ids(ids)), ids);
}

TEST(PackedIds, OfRowsThatWereSeenTogetherTakeLittle) {
  EXPECT_LT(pack_ids(many_ids()).size(), 100u);
}

TEST(PackedIds, AsTheyWereStoredBeforeAreRead) {
  EXPECT_EQ(unpack_ids(pack_numbers(many_ids())), many_ids());
}

TEST(PackedIds, FewAreNotCompressed) {
  EXPECT_EQ(pack_ids({300, 301}), (base::Bytes{0xac, 0x02, 0x01}));
}

TEST(PackedIds, ThatAreBrokenAreRefused) {
  const base::Bytes no_end{0x80}, no_frame{0x00, 0x28, 0xb5}, too_long(11, 0x80);
  for (const auto& bytes : {no_end, no_frame, too_long}) {
    EXPECT_FALSE(is_packed(bytes));
    EXPECT_THROW(unpack_ids(bytes), std::runtime_error);
  }
  EXPECT_TRUE(is_packed(pack_ids(many_ids())));
}

}  // namespace
}  // namespace censo::cmdb
