// The events of an asset's life: each changes one asset, or makes one from another.
#pragma once

#include "tests/fleet/factory.h"
#include "tests/fleet/random.h"
#include "tests/fleet/world.h"

#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace censo::fleet {

class Life {
 public:
  explicit Life(std::uint64_t seed) : random(seed), factory(random) {}

  // Adds the asset and counts what is odd about it.
  std::size_t add(Asset asset);
  // It happened to the asset; `group` as in Happenings.
  void note(Asset& asset, Happening happening, std::size_t group = 0);

  void rename(Asset& asset, Happening happening);
  void reimage(Asset& asset);
  void swap_board(Asset& asset);
  void swap_nic(Asset& asset);
  void swap_disk(Asset& asset);
  void rename_in_hypervisor(Asset& asset);
  // The machine goes, and another of its kind comes in its place.
  std::size_t replace(std::size_t asset);
  // A copy with the agent's state.
  std::size_t clone(std::size_t original);
  // A server or virtual machine of the site, for a guest; none: the site has no server.
  std::size_t host_at(std::size_t site);

  Random random;
  Factory factory;
  std::vector<Asset> assets;
  std::array<std::size_t, happening_count> counts{};

 private:
  std::vector<std::vector<std::size_t>> servers_of_site_;
};

}  // namespace censo::fleet
