#include "cmdb/port_words.h"

#include "base/text.h"

#include <algorithm>

namespace censo::cmdb {

std::string bridge_port_word(std::int64_t number) {
  return "bridge port " + std::to_string(number);
}

void PortWords::note(std::string_view class_name, const inventory::Attributes& component) {
  if (class_name == "spanning_tree_port")
    return add(bridge_port_word(component.integer("number")), component.text("port"));
  if (class_name != "network_port" && class_name != "network_interface") return;
  const std::string name = component.text("name");
  for (const char* word : {"name", "description", "alias", "mac_address", "mac", "permanent_mac"})
    add(component.text(word), name);
}

std::string PortWords::port_called(const std::string& word) const {
  const auto port = ports_.find(word_in_list(word));
  return port == ports_.end() ? std::string() : port->second;
}

void PortWords::add(const std::string& text, const std::string& port) {
  const auto word = word_in_list(text);
  if (word.empty()) return;
  const auto [known, added] = ports_.emplace(word, port);
  // What a port is called itself beats what others are described as.
  if (added || known->second == port || word_in_list(known->second) == word) return;
  known->second = text == port ? port : "";
}

std::string word_in_list(std::string_view text) {
  std::string word(text);
  std::ranges::replace(word, ',', ' ');
  return std::string(base::trim(word));
}

std::string list_of_words(std::vector<std::string> words) {
  bool known = false;
  for (std::string& word : words) {
    word = word_in_list(word);
    known |= !word.empty();
    if (word.empty()) word = "?";
  }
  return known ? base::join(words, ", ") : std::string();
}

std::vector<std::string> places_in(std::string_view list) {
  std::vector<std::string> places;
  if (list.empty()) return places;
  for (const auto part : base::split(list, ',')) {
    const auto word = base::trim(part);
    places.emplace_back(word == "?" ? "" : word);
  }
  return places;
}

std::vector<std::string> words_of(std::string_view list) {
  auto words = places_in(list);
  std::erase(words, "");
  return words;
}

}  // namespace censo::cmdb
