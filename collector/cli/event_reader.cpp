#include "collector/cli/event_reader.h"

#include <utility>

namespace censo::cli {
namespace {

constexpr std::size_t longest = 1024 * 1024;
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

}  // namespace

base::Result<std::vector<ServerEvent>> EventReader::take(std::string_view piece) {
  std::vector<ServerEvent> events;
  for (const char c : piece) {
    // A line ends with CR LF, LF or CR, and the two may come in different pieces.
    if (c == '\n' && std::exchange(after_return_, false)) continue;
    after_return_ = c == '\r';
    if (c == '\r' || c == '\n') {
      take_line(events);
    } else {
      line_ += c;
    }
    if (line_.size() + data_.size() > longest)
      return base::fail(base::Errc::limit_exceeded, "an event of more than 1 MiB");
  }
  return events;
}

void EventReader::take_line(std::vector<ServerEvent>& events) {
  auto line = std::exchange(line_, {});
  if (!std::exchange(begun_, true) && line.starts_with(byte_order_mark))
    line.erase(0, byte_order_mark.size());
  if (!line.empty()) {
    const auto colon = line.find(':');
    if (colon == 0) return;  // a comment
    auto value = colon == line.npos ? std::string_view() : std::string_view(line).substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    return take_field(std::string_view(line).substr(0, colon), value);
  }
  auto type = std::exchange(type_, {});
  auto data = std::exchange(data_, {});
  if (!std::exchange(has_data_, false)) return;
  data.pop_back();  // the last line's end
  events.push_back({type.empty() ? "message" : std::move(type), std::move(data), id_});
}

void EventReader::take_field(std::string_view name, std::string_view value) {
  if (name == "event") {
    type_ = value;
  } else if (name == "data") {
    data_.append(value).append("\n");
    has_data_ = true;
  } else if (name == "id" && value.find('\0') == value.npos) {
    id_ = value;
  }
}

}  // namespace censo::cli
