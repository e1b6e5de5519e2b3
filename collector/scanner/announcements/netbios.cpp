#include "collector/scanner/announcements/sayings.h"

#include "collector/scanner/ports/greetings.h"
#include "collector/scanner/varbind.h"

#include <arpa/nameser.h>

namespace censo::scanner {
namespace {

constexpr int node_status = 0x21;
constexpr std::size_t row_size = 18, name_size = 15, mac_size = 6;

// One row: the name filled with spaces, what it is for, flags.
struct Row {
  std::string name;
  unsigned suffix = 0;
  bool is_group = false;
};
Row row_at(std::string_view octets) {
  return {clean_saying(octets.substr(0, name_size)), static_cast<unsigned char>(octets[name_size]),
          (octets[name_size + 1] & 0x80) != 0};
}

void add(Sayings& sayings, const Row& row) {
  constexpr unsigned workstation = 0x00, file_server = 0x20, domain_controllers = 0x1c;
  if (row.name.find("__MSBROWSE__") != std::string::npos) return;
  if (row.suffix == workstation)
    add_sayings(sayings, {{row.is_group ? "netbios_group" : "netbios_name", row.name}});
  // Only controllers have the group's name of this kind in their own tables.
  if (row.suffix == domain_controllers && row.is_group) sayings["netbios_kind"] = "domain controller";
  if (row.suffix == file_server && !row.is_group) add_sayings(sayings, {{"netbios_kind", "file server"}});
}

Sayings sayings_in(std::string_view rdata) {
  Sayings sayings;
  if (rdata.empty()) return sayings;
  const std::size_t rows = static_cast<unsigned char>(rdata[0]);
  if (rdata.size() < 1 + rows * row_size) return sayings;
  for (std::size_t i = 0; i < rows; ++i) add(sayings, row_at(rdata.substr(1 + i * row_size, row_size)));
  const auto mac = mac_of_octets(std::string(rdata.substr(1 + rows * row_size, mac_size)));
  if (!mac.empty()) sayings["netbios_mac"] = mac;
  return sayings;
}

}  // namespace

// For all names: "*", each half of an octet a letter from A on.
std::string netbios_question() {
  std::string question("\x43\x4e\0\0\0\x01\0\0\0\0\0\0\x20", 13);
  question += "CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
  return question + std::string("\0\0\x21\0\x01", 5);
}

Sayings netbios_sayings(std::span<const std::uint8_t> datagram) {
  ns_msg message;
  if (datagram.size() > 4096 ||
      ns_initparse(datagram.data(), static_cast<int>(datagram.size()), &message) < 0)
    return {};
  if (ns_msg_getflag(message, ns_f_qr) == 0) return {};  // a question
  for (int i = 0; i < ns_msg_count(message, ns_s_an) && i < 4; ++i) {
    ns_rr rr;
    if (ns_parserr(&message, ns_s_an, i, &rr) < 0) break;
    if (static_cast<int>(ns_rr_type(rr)) == node_status)
      return sayings_in(
          {reinterpret_cast<const char*>(ns_rr_rdata(rr)), static_cast<std::size_t>(ns_rr_rdlen(rr))});
  }
  return {};
}

}  // namespace censo::scanner
