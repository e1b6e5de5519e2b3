#include "agent/device_names.h"

#include "base/text.h"

#include <array>
#include <optional>

namespace censo::agent {
namespace {

constexpr std::size_t max_list_bytes = 8 * 1024 * 1024;
constexpr std::array<std::string_view, 2> folders{"/usr/share/misc/", "/usr/share/hwdata/"};

// "8086  Intel Corporation" after its tabs.
struct Row {
  std::uint16_t number = 0;
  std::string_view name;
};

std::optional<Row> row_of(std::string_view text) {
  const auto number = text.size() > 6 ? base::parse_unsigned(text.substr(0, 4), 16) : std::nullopt;
  if (!number || text.substr(4, 2) != "  ") return std::nullopt;
  return Row{static_cast<std::uint16_t>(*number), base::trim(text.substr(6))};
}

// Reads on through one list; a list is sorted by nothing that we rely on.
class ListReader {
 public:
  explicit ListReader(const std::set<DeviceId>& wanted) : wanted_(wanted) {}

  void take(std::string_view line) {
    if (line.empty() || line.front() == '#') return;
    if (line.front() != '\t') return take_vendor(line);
    if (vendor_ && line.size() > 1 && line[1] != '\t') take_device(line.substr(1));
  }
  DeviceNames names() { return std::move(names_); }

 private:
  // Sections of other things follow the vendors: "C 03  Display controller". Their rows are no vendor's.
  void take_vendor(std::string_view line) {
    vendor_ = row_of(line);
    if (!vendor_) return;
    const auto first = wanted_.lower_bound({vendor_->number, 0});
    if (first == wanted_.end() || first->vendor != vendor_->number) {
      vendor_.reset();
      return;
    }
    for (auto id = first; id != wanted_.end() && id->vendor == vendor_->number; ++id)
      names_[*id].maker = vendor_->name;
  }
  void take_device(std::string_view line) {
    const auto row = row_of(line);
    const auto found = row ? names_.find({vendor_->number, row->number}) : names_.end();
    if (found != names_.end()) found->second.model = row->name;
  }

  const std::set<DeviceId>& wanted_;
  std::optional<Row> vendor_;
  DeviceNames names_;
};

}  // namespace

DeviceNames names_in_list(std::string_view text, const std::set<DeviceId>& wanted) {
  ListReader reader(wanted);
  while (!text.empty()) {
    const auto end = text.find('\n');
    reader.take(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return reader.names();
}

DeviceNames listed_names(const Host& host, std::string_view list, const std::set<DeviceId>& wanted) {
  if (wanted.empty()) return {};
  for (const auto folder : folders) {
    if (const auto text = host.read_file(std::string(folder) + std::string(list), max_list_bytes))
      return names_in_list(*text, wanted);
  }
  return {};
}

DeviceId parse_device_id(std::string_view text) {
  const auto end = text.find_first_of(":/");
  if (end == std::string_view::npos) return {};
  const auto rest = text.substr(end + 1);
  const auto vendor = base::parse_unsigned(text.substr(0, end), 16);
  const auto device = base::parse_unsigned(rest.substr(0, rest.find_first_of(":/")), 16);
  if (!vendor || !device || *vendor > 0xFFFF || *device > 0xFFFF) return {};
  return {static_cast<std::uint16_t>(*vendor), static_cast<std::uint16_t>(*device)};
}

std::string hex4(std::uint16_t number) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const unsigned shift : {12U, 8U, 4U, 0U}) text += digits[number >> shift & 0xFU];
  return text;
}

}  // namespace censo::agent
