// How values of rows and rows of transient classes are stored, and how they were before.
#include "cmdb/row_columns.h"

#include "cmdb/component_store.h"
#include "cmdb/packed_bytes.h"
#include "tests/cmdb/ingest_fixture.h"

#include <limits>
#include <numeric>
#include <stdexcept>

namespace censo::cmdb {
namespace {

using inventory::Attributes;

const std::vector<Attributes> rows{
    attributes({{"installed_at", "2026-01-01T00:00:01.000Z"}, {"uses", std::int64_t{4}}, {"on", true}}),
    attributes({{"load", 0.5}}),
    attributes({{"installed_at", "2026-01-01T00:00:00.250Z"},
                {"uses", std::int64_t{-999'999'999'999'999'999}},
                {"texts", inventory::TextList{"a", "b\"c"}}})};

base::Bytes packed(const std::vector<Attributes>& values, const std::vector<std::size_t>& order) {
  RowColumns columns;
  for (std::size_t i = 0; i < values.size(); ++i) columns.add(i, values[i]);
  return columns.pack(order);
}

TEST(RowColumns, ComeBackAsTheyWere) {
  EXPECT_EQ(unpack_columns(packed(rows, {0, 1, 2}), 3), rows);
}

TEST(RowColumns, AreInTheOrderAskedFor) {
  EXPECT_EQ(unpack_columns(packed(rows, {2, 0, 1}), 3), (std::vector{rows[2], rows[0], rows[1]}));
}

TEST(RowColumns, TimesOfAnyFormKeepTheirForm) {
  const std::vector mixed{attributes({{"installed_at", "2026-01-01T00:00:01.000Z"}}),
                          attributes({{"installed_at", "2026-01-01"}})};
  EXPECT_EQ(unpack_columns(packed(mixed, {0, 1}), 2), mixed);
}

TEST(RowColumns, ValuesThatComeAgainStandThereOnce) {
  std::vector<Attributes> many;
  for (int i = 0; i < 300; ++i) {
    Attributes one = attributes({{"user", i % 3 == 0 ? "root" : "www-data"}});
    if (i % 7 == 0) one = attributes({{"on", i % 2 == 0}});
    many.push_back(std::move(one));
  }
  std::vector<std::size_t> order(many.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const base::Bytes bytes = packed(many, order);
  EXPECT_EQ(unpack_columns(bytes, many.size()), many);
  const auto text = unzipped(std::span(bytes).subspan(1));
  ASSERT_TRUE(text);
  EXPECT_EQ(text->find("www-data"), text->rfind("www-data"));
}

TEST(RowColumns, AValueThatIsNotThereIsRefused) {
  base::Bytes bytes = zipped(std::string("\x01n\x06r\x03[1]\x02", 9));
  bytes.insert(bytes.begin(), 1);
  EXPECT_THROW(unpack_columns(bytes, 1), std::runtime_error);
}

TEST(RowColumns, IntegersOfAllSizesKeepTheirValue) {
  const std::vector extremes{attributes({{"n", std::numeric_limits<std::int64_t>::min()}}),
                             attributes({{"n", std::numeric_limits<std::int64_t>::max()}})};
  EXPECT_EQ(unpack_columns(packed(extremes, {0, 1}), 2), extremes);
}

TEST(RowColumns, OfNothingAreEmpty) {
  EXPECT_TRUE(packed({Attributes(), Attributes()}, {0, 1}).empty());
  EXPECT_EQ(unpack_columns({}, 2), (std::vector<Attributes>(2)));
}

TEST(RowColumns, ThatAreBrokenAreRefused) {
  const base::Bytes whole = packed(rows, {0, 1, 2});
  EXPECT_THROW(unpack_columns(whole, 2), std::runtime_error);
  EXPECT_THROW(unpack_columns(std::span(whole).first(whole.size() - 1), 3), std::runtime_error);
  base::Bytes cut = zipped(std::string("\x01n\x02i", 4));
  cut.insert(cut.begin(), 1);
  EXPECT_THROW(unpack_columns(cut, 1), std::runtime_error);
}

class StoredComponents : public IngestTest {
 protected:
  // One package and one process, said in `section`.
  CiId host() {
    return take(agent_report(
                    "a", 1,
                    {section("all", {},
                             {item("process", attributes({{"pid", std::int64_t{7}}, {"name", "init"}})),
                              item("software_package",
                                   attributes({{"manager", "dpkg"},
                                               {"name", "bash"},
                                               {"installed_at", "2026-01-01T00:00:01.000Z"}}))})}))
        .ci;
  }
  std::vector<std::pair<std::string, Attributes>> components(CiId ci) {
    std::vector<std::pair<std::string, Attributes>> found;
    for (const Component& one : components_of(tx, ci)) found.emplace_back(one.class_name, one.attributes);
    return found;
  }
};

TEST_F(StoredComponents, OfTheFormsOfBeforeAreRead) {
  const CiId ci = host();
  const auto before = components(ci);
  ASSERT_EQ(before.size(), 2u);
  tx.execute("update component_set set operational = $1, transient = $2",
             zipped(R"({"installed_at":{"ms":[1767225601000]}})"),
             zipped(R"([{"class":"process","attributes":{"name":"init","pid":7}}])"));
  EXPECT_EQ(components(ci), before);
}

TEST_F(StoredComponents, ThatAreBrokenAreRefused) {
  const CiId ci = host();
  const base::Bytes whole = tx.query_one("select transient from component_set")->bytes(0);
  tx.execute("update component_set set transient = $1", base::Bytes(whole.begin(), whole.begin() + 4));
  EXPECT_THROW(components(ci), std::runtime_error);
}

}  // namespace
}  // namespace censo::cmdb
