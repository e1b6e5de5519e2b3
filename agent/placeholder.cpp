#include "agent/placeholder.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace censo::agent {
namespace {

// Lower case, without spaces.
constexpr std::array<std::string_view, 60> placeholders{
    "(nullstring)", "0x00000000", "<badindex>", "<outofspec>", "<outofspec><outofspec>", "allseries",
    "assettag", "assettagnumber", "baseboardassettag", "baseboardmanufacturer", "baseboardproductname",
    "baseboardserialnumber", "baseboardversion", "chassisassettag", "chassismanufacture",
    "chassismanufacturer", "chassisserialnumber", "chassisversion", "default", "defaultstring", "empty",
    "eval", "iatpass", "invalid", "n/a", "na", "noassetinformation", "noassettag", "nodimm", "none",
    "notapplicable", "notavailable", "notdefined", "notinstalled", "notpresent", "notspecified", "null",
    "o.e.m.", "oem", "oem_serial", "productname", "serialnumberxxxxxx", "systemmanufacturer", "systemmodel",
    "systemname", "systemproductname", "systemserialnumb", "systemserialnumber", "systemsku",
    "systemversion", "tobefilledbyo.e.m", "tobefilledbyo.e.m.", "tobefilledbyoem", "tulipcomputers",
    "undefined", "unknow", "unknown", "[empty]", "filledbyoem", "xxxxxxxxxxx"};

constexpr std::array<std::string_view, 19> serial_placeholders{
    "0123456789", "012345678901234567", "12345", "123456", "1234567", "12345678", "123456789", "1234567890",
    "123456789000", "12345678901234567", "mb-1234567890", "nnnnnnn", "sn-12345", "sn-123456",
    "sn-1234567890", "sn-123456fvgv3i0b8o5n6n7k", "sys-1234567890", "sys-9876543210", "0123456789abcdef"};

constexpr std::array<std::string_view, 8> uuid_placeholders{
    "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff",
    "03000200-0400-0500-0006-000700080009", "00020003-0004-0005-0006-000700080009",
    "03020100-0504-0706-0809-0a0b0c0d0e0f", "10000000-0000-8000-0040-000000000000",
    "6ab5b300-538d-1014-9fb5-b0684d007b53", "01010101-0101-0101-0101-010101010101"};

std::string folded(std::string_view text) {
  std::string folded = base::to_lower(text);
  std::erase_if(folded, [](unsigned char c) { return std::isspace(c) != 0; });
  return folded;
}

template <class List>
bool has(const List& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

bool consists_of(std::string_view text, std::string_view characters) {
  return text.find_first_not_of(characters) == std::string_view::npos;
}

// "1.0", "1.2.3": a version in the serial's place.
bool is_version(std::string_view text) {
  return text.size() <= 5 && consists_of(text, "0123456789.") && text.find('.') != std::string_view::npos;
}

}  // namespace

std::string without_placeholder(std::string_view text) {
  std::string clean = base::sanitize_utf8(base::trim(text));
  const bool says_something = std::any_of(clean.begin(), clean.end(),
                                          [](unsigned char c) { return std::isalnum(c) != 0 || c >= 0x80; });
  if (!says_something || has(placeholders, folded(clean))) clean.clear();
  return clean;
}

std::string serial_without_placeholder(std::string_view text) {
  std::string clean = without_placeholder(text);
  const auto plain = folded(clean);
  const bool one_character = consists_of(plain, std::string_view(plain).substr(0, 1));
  if (one_character || consists_of(plain, "01") || is_version(plain) || has(serial_placeholders, plain))
    clean.clear();
  return clean;
}

std::string uuid_without_placeholder(std::string_view text) {
  auto uuid = base::canonical_uuid(base::trim(text));
  if (!uuid || has(uuid_placeholders, *uuid)) return {};
  return *uuid;
}

}  // namespace censo::agent
