#include "cmdb/schema_file.h"

#include <gtest/gtest.h>

#include <array>

namespace censo::cmdb {
namespace {

std::string fault_of_count(const std::string& value) {
  SchemaFile file("rules.yaml", "limit: " + value + "\n");
  SchemaMapping mapping(file, file.root(), {"limit"});
  const auto count = mapping.count("limit", 2, 10);
  if (!file.fault()) return std::to_string(count);
  EXPECT_EQ(count, 2);
  return file.fault()->message;
}

TEST(SchemaMapping, ACountIsWithinItsBounds) {
  EXPECT_EQ(fault_of_count("2"), "2");
  EXPECT_EQ(fault_of_count("10"), "10");
}
TEST(SchemaMapping, ACountOutsideItsBoundsIsRefused) {
  for (const auto* value : {"1", "11", "-3", "2.5", "many", "99999999999999999999"})
    EXPECT_NE(fault_of_count(value).find("expected 2 to 10"), std::string::npos) << value;
}
TEST(SchemaMapping, ACountThatIsMissingIsRefused) {
  SchemaFile file("rules.yaml", "other: 1\n");
  SchemaMapping mapping(file, file.root(), {"limit", "other"});
  EXPECT_EQ(mapping.count("limit", 2, 10), 2);
  EXPECT_TRUE(file.fault());
}

std::string name_in(SchemaFile& file) {
  return SchemaMapping(file, file.root(), {"name"}).name("name");
}

TEST(ReadSchemaFile, ReadsTheOneOfItsPath) {
  const std::array files{base::EmbeddedFile{"a.yaml", "name: first\n"},
                         base::EmbeddedFile{"b.yaml", "name: second\n"}};
  EXPECT_EQ(*read_schema_file(files, "b.yaml", name_in), "second");
}
TEST(ReadSchemaFile, TellsWhatIsWrongAndWhatIsMissing) {
  const std::array files{base::EmbeddedFile{"a.yaml", "names: first\n"}};
  EXPECT_EQ(read_schema_file(files, "a.yaml", name_in).error().code, base::Errc::malformed);
  EXPECT_EQ(read_schema_file(files, "c.yaml", name_in).error().code, base::Errc::not_found);
}

}  // namespace
}  // namespace censo::cmdb
