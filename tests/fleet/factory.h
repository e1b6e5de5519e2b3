// Makes assets as they leave the factory and their first installation.
#pragma once

#include "tests/fleet/random.h"
#include "tests/fleet/world.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace censo::fleet {

// The first three fields of a UUID with their bytes the other way round, as firmware before SMBIOS 2.6 tells
// them.
std::string uuid_in_other_byte_order(const std::string& uuid);

class Factory {
 public:
  explicit Factory(Random& random) : random_(random) {}

  // A physical machine or network device of the site.
  Asset make(AssetKind kind, std::size_t site);
  Asset make_guest(AssetKind kind, const Asset& host, std::size_t host_index);

  // A clean installation: everything new but the name.
  Install make_install(std::string host_name);
  std::string make_name(const Asset& asset);
  std::string make_address(std::size_t site);
  // A group number that no other assets have.
  std::size_t next_group() { return ++groups_; }

  // What repairs bring in.
  Disk make_disk(AssetKind kind);
  std::string make_board_serial() { return random_.serial(14); }
  std::string make_board_uuid() { return random_.uuid(); }
  // As makers give them: none twice.
  std::string make_mac(std::string_view oui);
  std::string make_guest_mac(bool vmware);

 private:
  void add_firmware(Asset& asset);
  std::string_view make_white_box(Asset& asset);  // its OUI
  void add_card(Asset& asset, std::string_view oui);
  void add_adapters(Asset& asset);
  void add_defects(Asset& asset);
  void add_image(Asset& asset);
  void make_network_device(Asset& asset);
  void register_asset(Asset& asset);
  void make_virtual_firmware(Asset& asset);

  // Machines that come together and share what should be their own.
  struct Batch {
    std::size_t group = 0, left = 0;
    std::string value;
  };
  Batch& next_of(Batch& batch);

  Random& random_;
  std::size_t groups_ = 0, named_ = 0, tagged_ = 0;
  std::uint32_t cards_ = 0;
  Batch uuids_;
  Batch images_;
  std::optional<Install> image_;
};

}  // namespace censo::fleet
