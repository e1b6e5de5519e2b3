// The conditions of a list that is filtered by several things at once.
#pragma once

#include "cmdb/configuration_item.h"
#include "cmdb/store/transaction.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace censo::desk {

// All of them hold, before a last one with the order, whose parameters are the first.
class Conditions {
 public:
  Conditions(std::string_view last, std::vector<store::Parameter> parameters)
      : last_(last), parameters_(std::move(parameters)) {}

  // `condition` ends where its parameter stands.
  void add(std::string_view condition, store::Parameter value, std::string_view rest = {}) {
    parameters_.push_back(std::move(value));
    text_ += std::string(condition) + "$" + std::to_string(parameters_.size()) + std::string(rest) + " and ";
  }
  void add_if(std::string_view condition, const std::string& value) {
    if (!value.empty()) add(condition, value);
  }
  // The place of a value that stands in a condition more than once.
  std::string place_of(store::Parameter value) {
    parameters_.push_back(std::move(value));
    return "$" + std::to_string(parameters_.size());
  }
  void add(std::string_view condition) { text_ += std::string(condition) + " and "; }
  // One of these, which are not many; `condition` ends with the column.
  void add_any(std::string_view condition, const std::vector<cmdb::CiId>& ids, std::string_view rest = {}) {
    std::string list;
    for (const auto id : ids) {
      parameters_.emplace_back(id.value);
      list += (list.empty() ? "$" : ", $") + std::to_string(parameters_.size());
    }
    add(std::string(condition) + " in (" + list + ")" + std::string(rest));
  }

  std::string text() const { return text_ + last_; }
  const std::vector<store::Parameter>& parameters() const { return parameters_; }

 private:
  std::string text_, last_;
  std::vector<store::Parameter> parameters_;
};

}  // namespace censo::desk
