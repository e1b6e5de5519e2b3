#include "agent/lvm_metadata.h"

#include "base/text.h"

#include <map>
#include <optional>

namespace censo::agent {
namespace {

constexpr std::size_t max_depth = 16;
constexpr std::size_t max_volumes = 5000;
constexpr std::int64_t max_number = 1LL << 50;

std::string unquoted(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  return std::string(text);
}

// Without what stands behind "#" outside of quotes.
std::string_view without_comment(std::string_view line) {
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"') quoted = !quoted;
    if (line[i] == '#' && !quoted) return base::trim(line.substr(0, i));
  }
  return base::trim(line);
}

// Follows the sections: "vg0 / logical_volumes / root / segment1".
class Reader {
 public:
  void take(std::string_view line) {
    line = without_comment(line);
    if (line.ends_with('{')) return open(base::trim(line.substr(0, line.size() - 1)));
    if (line == "}") return close();
    if (line == "]") return end_list();
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) return take_list_row(line);
    const auto key = base::trim(line.substr(0, equals)), value = base::trim(line.substr(equals + 1));
    if (value == "[") {
      in_list_ = key == "stripes" || key == "raids";
    } else {
      assign(key, value);
    }
  }

  VolumeGroup group() {
    for (auto& volume : group_.physical_volumes) {
      if (const auto used = used_.find(volume.uuid); used != used_.end()) volume.used_extents = used->second;
    }
    return std::move(group_);
  }

 private:
  std::string_view section(std::size_t depth) const {
    return depth < path_.size() ? std::string_view(path_[depth]) : std::string_view{};
  }
  bool is_in(std::string_view list, std::size_t depth) const {
    return path_.size() == depth && section(1) == list;
  }

  void open(std::string_view name) {
    if (path_.size() == max_depth) return;
    path_.emplace_back(name);
    if (path_.size() == 1 && group_.name.empty()) group_.name = name;
    const bool room = group_.physical_volumes.size() < max_volumes;
    if (is_in("physical_volumes", 3) && room) group_.physical_volumes.emplace_back();
    if (is_in("logical_volumes", 4)) extents_ = 0;
  }
  void close() {
    if (!path_.empty()) path_.pop_back();
    in_list_ = false;
  }
  void end_list() { in_list_ = false; }

  // A row of a segment's stripes: "pv0", 0
  void take_list_row(std::string_view row) {
    if (!in_list_ || !is_in("logical_volumes", 4)) return;
    const auto name = unquoted(base::trim(row.substr(0, row.find(','))));
    if (const auto uuid = names_.find(name); uuid != names_.end()) stripes_.push_back(uuid->second);
    if (stripe_count_ > 0 && stripes_.size() == static_cast<std::size_t>(stripe_count_)) use_extents();
  }
  void use_extents() {
    for (const auto& uuid : stripes_) used_[uuid] += extents_ / stripe_count_;
    stripes_.clear();
  }

  void assign(std::string_view key, std::string_view value) {
    const auto number = base::parse_integer(value).value_or(0);
    const auto bounded = number >= 0 && number < max_number ? number : 0;
    if (path_.size() == 1 && key == "id") group_.uuid = unquoted(value);
    if (path_.size() == 1 && key == "extent_size") group_.extent_sectors = bounded;
    if (is_in("physical_volumes", 3) && !group_.physical_volumes.empty())
      assign_physical(key, value, bounded);
    if (is_in("logical_volumes", 3) && key == "status" && value.find("VISIBLE") != std::string_view::npos)
      ++group_.logical_volumes;
    if (!is_in("logical_volumes", 4)) return;
    if (key == "extent_count") extents_ = bounded;
    if (key == "stripe_count") {
      stripe_count_ = bounded;
      stripes_.clear();
    }
  }
  void assign_physical(std::string_view key, std::string_view value, std::int64_t number) {
    auto& volume = group_.physical_volumes.back();
    if (key == "id") {
      volume.uuid = unquoted(value);
      names_[std::string(section(2))] = volume.uuid;
    }
    if (key == "device") volume.device = unquoted(value);
    if (key == "dev_size") volume.size_sectors = number;
    if (key == "pe_count") volume.extents = number;
  }

  VolumeGroup group_;
  std::vector<std::string> path_;
  std::map<std::string, std::string> names_;  // "pv0" -> uuid
  std::map<std::string, std::int64_t> used_;  // extents by uuid
  std::vector<std::string> stripes_;          // of the segment at hand
  std::int64_t extents_ = 0, stripe_count_ = 0;
  bool in_list_ = false;
};

}  // namespace

VolumeGroup parse_lvm_metadata(std::string_view text) {
  Reader reader;
  for (const auto line : base::split(text, '\n')) reader.take(line);
  auto group = reader.group();
  if (group.uuid.empty()) group.name.clear();
  return group;
}

}  // namespace censo::agent
