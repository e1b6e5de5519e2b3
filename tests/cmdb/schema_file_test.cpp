#include "cmdb/schema_file.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace censo::cmdb
