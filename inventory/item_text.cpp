#include "inventory/item_text.h"

#include <cstddef>

namespace censo::inventory {
namespace {

// Behind the quote that ends the text which begins behind `at`.
std::size_t end_of_text(std::string_view json, std::size_t at) {
  std::size_t end = json.find('"', at + 1);
  const auto is_escaped = [&] {
    std::size_t slashes = 0;
    while (json[end - 1 - slashes] == '\\') ++slashes;
    return slashes % 2 == 1;
  };
  while (is_escaped()) end = json.find('"', end + 1);
  return end + 1;
}

std::size_t end_of_value(std::string_view json, std::size_t at) {
  if (json[at] == '"') return end_of_text(json, at);
  if (json[at] != '[') return json.find_first_of(",}", at);
  ++at;
  while (json[at] != ']') at = json[at] == '"' ? end_of_text(json, at) : at + 1;
  return at + 1;
}

}  // namespace

// The text is known to be in canonical form: without white space, and names without escapes.
void attributes_of(const ItemText& item, std::vector<AttributeText>& into) {
  into.clear();
  const std::string_view json = item.attributes;
  for (std::size_t at = 1; at < json.size();) {
    const std::size_t name_end = json.find('"', at + 1);
    const std::size_t value = name_end + 2;
    const std::size_t end = end_of_value(json, value);
    into.push_back(
        {json.substr(at + 1, name_end - at - 1), json.substr(value, end - value), json.substr(at, end - at)});
    at = end + 1;
  }
}

}  // namespace censo::inventory
