#include "collector/scanner/devices/vendor_names.h"

#include "base/text.h"
#include "base/yaml.h"

#include <algorithm>
#include <limits>

// Put there by the build (cmake/censo_embed.cmake).
extern "C" {
extern const char censo_enterprises_begin[], censo_enterprises_end[];
extern const char censo_manuf_begin[], censo_manuf_end[];
}

namespace censo::scanner {
namespace {

base::Result<std::uint32_t> enterprise_number(const std::string& path, const base::YamlValue& at,
                                              const std::string& text) {
  const auto number = base::parse_unsigned(text);
  if (number && *number <= std::numeric_limits<std::uint32_t>::max()) {
    return static_cast<std::uint32_t>(*number);
  }
  return base::fail(base::Errc::malformed, "expected an enterprise number, found '" + text + "'",
                    path + ":" + std::to_string(at.line));
}

}  // namespace

std::string_view built_in_enterprises() {
  return {censo_enterprises_begin, censo_enterprises_end};
}
std::string_view built_in_manuf() {
  return {censo_manuf_begin, censo_manuf_end};
}

std::string without_maker(const std::string& model, const std::string& maker) {
  const bool named = !maker.empty() && model.size() > maker.size() + 1 && model[maker.size()] == ' ' &&
                     base::equal_ignoring_case(std::string_view(model).substr(0, maker.size()), maker);
  return named ? model.substr(maker.size() + 1) : model;
}

VendorNames::VendorNames() : enterprises_(built_in_enterprises()), manuf_(built_in_manuf()) {
  index_enterprises();
}

void VendorNames::use_enterprises(std::string text) {
  own_enterprises_ = std::move(text);
  enterprises_ = own_enterprises_;
  index_enterprises();
}

void VendorNames::use_manuf(std::string text) {
  own_manuf_ = std::move(text);
  manuf_ = own_manuf_;
}

void VendorNames::index_enterprises() {
  by_number_.clear();
  for (const auto line : base::split(enterprises_, '\n')) {
    const auto end = line.find_first_of(" \t");
    const auto number = base::parse_unsigned(line.substr(0, end));
    if (!number || end == line.npos || *number > std::numeric_limits<std::uint32_t>::max()) continue;
    by_number_.emplace_back(static_cast<std::uint32_t>(*number), base::trim(line.substr(end)));
  }
  std::stable_sort(by_number_.begin(), by_number_.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
}

base::Result<void> VendorNames::add_names(std::string_view path, std::string_view yaml) {
  const auto root = base::parse_yaml(yaml, path);
  if (!root) return root.error();
  const std::string file(path);
  for (const auto& [key, value] : root->mapping) {
    if (key != "names" && key != "no_information") {
      return base::fail(base::Errc::malformed, "unknown key '" + key + "', expected names or no_information",
                        file + ":" + std::to_string(value.line));
    }
    for (const auto& [digits, name] : value.mapping) {
      const auto number = enterprise_number(file, name, digits);
      if (!number) return number.error();
      names_[*number] = name.scalar;
    }
    for (const auto& member : value.sequence) {
      const auto number = enterprise_number(file, member, member.scalar);
      if (!number) return number.error();
      silent_.insert(*number);
    }
  }
  return {};
}

std::string VendorNames::of_enterprise(std::uint32_t number) const {
  if (silent_.count(number) != 0) return {};
  if (const auto named = names_.find(number); named != names_.end()) return named->second;
  const auto found = std::lower_bound(by_number_.begin(), by_number_.end(), number,
                                      [](const auto& row, std::uint32_t n) { return row.first < n; });
  if (found == by_number_.end() || found->first != number) return {};
  const auto name = found->second;
  const bool nobody = name.empty() || name == "none" || name.starts_with("Reserved");
  return nobody ? std::string() : base::sanitize_utf8(name, 120);
}

std::string VendorNames::of_block(const std::string& block) const {
  const auto at = manuf_.find("\n" + block + "\t");
  if (at == manuf_.npos) return {};
  const auto line = manuf_.substr(at + 1, manuf_.find('\n', at + 1) - at - 1);
  const auto columns = base::split(line.substr(0, line.find("\t#")), '\t');
  return base::sanitize_utf8(base::trim(columns.back()), 120);
}

// The registry sells blocks of 24, 28 and 36 bits; the owner of a smaller block is who made the device.
std::string VendorNames::of_mac(std::string_view mac) const {
  constexpr std::size_t written = 17;  // 00:50:c2:00:00:00
  if (mac.size() < 8) return {};
  auto owner = of_block(base::to_upper(mac.substr(0, 8)));
  if (owner != "IEEE Registration Authority") return owner;
  if (mac.size() < written) return {};
  const auto digits = base::to_upper(mac);
  owner = of_block(digits.substr(0, 13) + "0:00/36");
  return owner.empty() ? of_block(digits.substr(0, 10) + "0:00:00/28") : owner;
}

}  // namespace censo::scanner
