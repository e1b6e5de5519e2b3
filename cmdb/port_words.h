// What ports are called, by the item that has them and by others; and lists of such words as the evidence of
// a relation connects_to has them.
#pragma once

#include "inventory/report.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace censo::cmdb {

// What a port is called that is known by its number in the spanning tree alone.
std::string bridge_port_word(std::int64_t number);

// The ports of one item by all that they are called, also as that stands in lists.
class PortWords {
 public:
  // A component: network_port, network_interface and spanning_tree_port tell of ports, others nothing.
  void note(std::string_view class_name, const inventory::Attributes& component);
  // The port's own name. "": no port is called so, or several are.
  std::string port_called(const std::string& word) const;

 private:
  void add(const std::string& text, const std::string& port);

  std::map<std::string, std::string> ports_;  // by word; "": of several
};

// As it stands in a list: a comma within it is a space there.
std::string word_in_list(std::string_view text);
// "a, b", one for each cable: "?" where a value is not known; "" where none is.
std::string list_of_words(std::vector<std::string> words);
// The values of such a list in their places, "" for what is not known.
std::vector<std::string> places_in(std::string_view list);
// The values that are known.
std::vector<std::string> words_of(std::string_view list);

}  // namespace censo::cmdb
