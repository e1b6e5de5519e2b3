// Server-sent events out of the text of a stream (WHATWG HTML, 9.2.6).
#pragma once

#include "base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace censo::cli {

struct ServerEvent {
  std::string type;  // "message" when the server names none
  std::string data;  // lines joined by '\n'
  std::string id;    // the last one given, of this event or an earlier one
  friend bool operator==(const ServerEvent&, const ServerEvent&) = default;
};

class EventReader {
 public:
  // The events that this piece completes; it may begin and end anywhere. Errc::limit_exceeded: an event of
  // more than 1 MiB; nothing more can be read then.
  base::Result<std::vector<ServerEvent>> take(std::string_view piece);

 private:
  void take_line(std::vector<ServerEvent>& events);
  void take_field(std::string_view name, std::string_view value);

  std::string line_, type_, data_, id_;
  bool has_data_ = false, after_return_ = false, begun_ = false;
};

}  // namespace censo::cli
