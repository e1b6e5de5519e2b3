// JSON written straight into a text: for answers of thousands of rows, where a tree of values costs several
// times what the text does. Commas are put by itself; that what is opened is closed is the caller's care.
#pragma once

#include "base/text.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace censo::collector {

class JsonText {
 public:
  JsonText& open(char bracket) {
    separate();
    text_ += bracket;
    return *this;
  }
  JsonText& close(char bracket) {
    text_ += bracket;
    return *this;
  }
  // `name` is one of ours: nothing in it has to be escaped.
  JsonText& key(std::string_view name) {
    separate();
    text_ += '"';
    text_ += name;
    text_ += "\":";
    return *this;
  }
  // Invalid UTF-8 becomes U+FFFD.
  JsonText& value(std::string_view text) {
    separate();
    base::append_json_string(text_, text);
    return *this;
  }
  JsonText& value(const char* text) { return value(std::string_view(text)); }
  JsonText& value(std::uint64_t number) { return plain(std::to_string(number)); }
  JsonText& value(bool flag) { return plain(flag ? "true" : "false"); }
  template <class Value>
  JsonText& member(std::string_view name, const Value& value_of_it) {
    return key(name).value(value_of_it);
  }
  std::string take() && { return std::move(text_); }

 private:
  JsonText& plain(std::string_view text) {
    separate();
    text_ += text;
    return *this;
  }
  void separate() {
    if (text_.empty()) return;
    const char last = text_.back();
    if (last != '{' && last != '[' && last != ':') text_ += ',';
  }

  std::string text_;
};

}  // namespace censo::collector
