// The types of devices, in words that people use, and the class of configuration item each becomes.
#pragma once

#include <string>
#include <string_view>

namespace censo::scanner {

bool is_device_type(std::string_view type);
// "" for "network": what a device bridges and routes tells whether it is a switch or a router.
std::string_view class_of_type(std::string_view type);
std::string_view type_of_class(std::string_view class_name);  // "network" for switches and routers
// The wider word: "power" for "ups" and "pdu".
std::string_view family_of_type(std::string_view type);

}  // namespace censo::scanner
