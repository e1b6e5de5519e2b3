// Texts in memory and where three characters in a row stand in them, so that a part of a text is found among
// millions. Only grows: a changed text is added anew and the old one forgotten.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace censo::cmdb {

class TextIndex {
 public:
  // `heading` is kept and not searched; `body` is. Gives the text's place: one above the last.
  std::uint32_t add(std::string_view heading, std::string_view body);
  std::string_view heading(std::uint32_t place) const;
  std::string_view body(std::uint32_t place) const;
  std::size_t size() const { return starts_.size(); }

  // Not more texts than this have `part` in them. At least three bytes.
  std::size_t at_most(std::string_view part) const;
  // Places of all texts that may have `part` in them, rising; look at each. At least three bytes.
  std::vector<std::uint32_t> candidates(std::string_view part) const;

  void shrink();  // after many were added
  std::size_t bytes() const;

 private:
  struct Places {
    std::vector<std::uint8_t> packed;  // differences as varints
    std::uint32_t last = 0, count = 0;
  };
  struct Start {
    std::size_t heading = 0;
    std::uint32_t body = 0;  // behind the heading's start
  };
  static void append(Places& places, std::uint32_t place);

  std::string texts_;
  std::vector<Start> starts_;
  std::unordered_map<std::uint32_t, Places> places_;  // by three bytes
};

}  // namespace censo::cmdb
