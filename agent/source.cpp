#include "agent/source.h"

namespace censo::agent {

void SourceOutput::partial(const base::Error& error) {
  section.complete = false;
  note(base::name_of(error.code), error.message, error.where);
}

void SourceOutput::note(std::string_view code, std::string_view message, std::string_view where) {
  problems.push_back({section.name, std::string(code), std::string(message), std::string(where)});
}

inventory::Item& SourceOutput::add(std::string_view class_name) {
  auto& item = section.items.emplace_back();
  item.class_name = class_name;
  return item;
}

}  // namespace censo::agent
