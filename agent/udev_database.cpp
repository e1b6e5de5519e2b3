#include "agent/udev_database.h"

#include "base/text.h"

namespace censo::agent {

UdevProperties parse_udev_record(std::string_view text) {
  UdevProperties properties;
  for (const auto line : base::split(text, '\n')) {
    const auto equals = line.find('=');
    if (!line.starts_with("E:") || equals == std::string_view::npos) continue;
    properties.emplace(line.substr(2, equals - 2), line.substr(equals + 1));
  }
  return properties;
}

UdevProperties udev_properties_of_block_device(const Host& host, std::string_view device_number) {
  const auto text = host.read_file("/run/udev/data/b" + std::string(device_number));
  return text ? parse_udev_record(*text) : UdevProperties();
}

std::string udev_unescaped(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto code =
        text.substr(i).starts_with("\\x") ? base::parse_unsigned(text.substr(i + 2, 2), 16) : std::nullopt;
    plain += code ? static_cast<char>(*code) : text[i];
    if (code) i += 3;
  }
  return plain;
}

}  // namespace censo::agent
