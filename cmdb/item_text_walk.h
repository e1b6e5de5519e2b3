// Items that a report left as text, with the definitions of what is in them.
#pragma once

#include "base/result.h"
#include "cmdb/class_catalog.h"
#include "cmdb/exact_time.h"
#include "inventory/item_text.h"

#include <string_view>
#include <vector>

namespace censo::cmdb {

// Components that are stored and no more: no rule of identification and none of derived relations looks into
// them. Only these may stay text.
bool stays_text(const ClassCatalog& catalog, std::string_view class_name);

// One item after the other. Not for use by two threads.
class ItemTextWalk {
 public:
  explicit ItemTextWalk(const ClassCatalog& catalog) : catalog_(catalog) {}

  void go_to(const inventory::ItemText& item);
  // Of the item that was gone to. nullptr: there is no such class.
  const ClassDefinition* definition() const { return definition_; }
  std::size_t size() const { return attributes_.size(); }
  const inventory::AttributeText& attribute(std::size_t place) const { return attributes_[place]; }
  // nullptr: the class has no such attribute.
  const AttributeDefinition* definition(std::size_t place);
  ExactTimes& times() { return times_; }

 private:
  const ClassCatalog& catalog_;
  const ClassDefinition* definition_ = nullptr;
  std::vector<inventory::AttributeText> attributes_;
  std::vector<const AttributeDefinition*>
      definitions_;  // by place, of the item before: mostly they are the same
  ExactTimes times_;
};

// As ClassCatalog::check() of the item; also an unknown or abstract class.
base::Result<void> check_text(const ClassCatalog& catalog, ItemTextWalk& walk,
                              const inventory::ItemText& item);

}  // namespace censo::cmdb
