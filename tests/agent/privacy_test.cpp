#include "agent/privacy.h"

#include <gtest/gtest.h>

namespace censo::agent {
namespace {

inventory::Section section() {
  inventory::Section section;
  for (const auto& [class_name, attribute] :
       {std::pair{"process", "command_line"}, std::pair{"system_unit", "command"},
        std::pair{"local_user", "full_name"}, std::pair{"local_user", "last_sign_in"},
        std::pair{"network_interface", "wireless_network"}}) {
    auto& item = section.items.emplace_back();
    item.class_name = class_name;
    item.attributes.set("name", "a");
    item.attributes.set(attribute, "b");
  }
  return section;
}

std::size_t told(const Privacy& privacy) {
  auto all = section();
  apply_privacy(privacy, all);
  std::size_t count = 0;
  for (const auto& item : all.items) count += item.attributes.size() - 1;
  return count;
}

TEST(Privacy, ByDefaultTellsCommandLinesAndNothingPersonal) {
  EXPECT_EQ(told({}), 2U);
}

TEST(Privacy, EachCategoryIsSwitchedByItself) {
  EXPECT_EQ(told({true, true}), 5U);
  EXPECT_EQ(told({false, true}), 3U);
  EXPECT_EQ(told({false, false}), 0U);
}

}  // namespace
}  // namespace censo::agent
