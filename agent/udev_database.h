// What udev knows of a device (/run/udev/data): names and values of its properties, "ID_MODEL", "ID_FS_UUID".
#pragma once

#include "agent/host.h"

#include <map>
#include <string>
#include <string_view>

namespace censo::agent {

using UdevProperties = std::map<std::string, std::string, std::less<>>;

// Of the lines "E:NAME=value"; takes any text.
UdevProperties parse_udev_record(std::string_view text);

// `device_number` is "8:0". Empty where udev does not run.
UdevProperties udev_properties_of_block_device(const Host& host, std::string_view device_number);

// udev writes what could break a name as "\x20".
std::string udev_unescaped(std::string_view text);

}  // namespace censo::agent
