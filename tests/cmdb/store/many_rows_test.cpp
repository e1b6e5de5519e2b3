#include "cmdb/store/many_rows.h"

#include "tests/cmdb/seeded_database.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace censo::store {
namespace {

std::vector<Parameter> rows(int count) {
  std::vector<Parameter> parameters;
  for (std::int64_t i = 1; i <= count; ++i) parameters.insert(parameters.end(), {i, std::to_string(i)});
  return parameters;
}

const ManyRows two_columns("insert into number_name (number, name) values ", 2);

class ManyRowsOf : public testing::TestWithParam<int> {
 protected:
  SeededDatabase db;
};

TEST_P(ManyRowsOf, AllAreThereAsTheyWereGiven) {
  db.write([&](Transaction& tx) {
    tx.execute("create table number_name (number bigint primary key, name text not null)");
    two_columns.insert(tx, rows(GetParam()));
    const auto found = tx.query_one(
        "select count(*), cast(coalesce(sum(number), 0) as bigint) from number_name where "
        "name = cast(number as text)");
    EXPECT_EQ(found->integer(0), GetParam());
    EXPECT_EQ(found->integer(1), GetParam() * (GetParam() + 1) / 2);
    tx.execute("drop table number_name");
  });
}
INSTANTIATE_TEST_SUITE_P(Counts, ManyRowsOf, testing::Values(0, 1, 7, 8, 49, 50, 51, 159));

TEST(ManyRows, APartOfARowIsRefused) {
  SeededDatabase db;
  db.write([&](Transaction& tx) {
    const std::vector<Parameter> half{std::int64_t{1}};
    EXPECT_THROW(two_columns.insert(tx, half), std::invalid_argument);
  });
}

}  // namespace
}  // namespace censo::store
