#include "agent/rpm_berkeley.h"

#include <array>
#include <string_view>

namespace censo::agent {
namespace {

using base::Errc;

constexpr std::array<std::string_view, 2> folders{"/var/lib/rpm/", "/usr/lib/sysimage/rpm/"};
constexpr std::size_t number_bytes = 4;
constexpr std::size_t place_bytes = 8;  // of a file: its package's number, and which of its files
constexpr std::size_t most_places =
    64;  // of one name: "README" is in every package, a server's program in one

void hand_over(const base::Result<std::string>& blob, const RpmDatabase::Take& take) {
  if (!blob) return take(blob.error());
  take(RpmHeader::parse({reinterpret_cast<const std::uint8_t*>(blob->data()), blob->size()}));
}

}  // namespace

base::Result<RpmBerkeley> RpmBerkeley::open(const Host& host) {
  for (const auto folder : folders) {
    auto packages = BerkeleyHash::open(host, std::string(folder) + "Packages");
    if (!packages && packages.error().code == Errc::not_found) continue;
    if (!packages) return packages.error();
    RpmBerkeley database(std::move(*packages));
    if (auto names = BerkeleyHash::open(host, std::string(folder) + "Basenames"))
      database.file_names_ = std::move(*names);
    return database;
  }
  return base::fail(Errc::not_found, "no Berkeley database of RPM");
}

// Keys are numbers; that of number 0 is no package, but the next number.
base::Result<void> RpmBerkeley::each_package(const RpmDatabase::Take& take) const {
  return packages_.each([&](std::string_view key, const base::Result<std::string>& blob) {
    if (key.size() == number_bytes && packages_.number_at(key, 0) != 0) hand_over(blob, take);
  });
}

base::Result<void> RpmBerkeley::each_package_with(const std::string& file_name,
                                                  const RpmDatabase::Take& take) const {
  if (!file_names_) return base::fail(Errc::unsupported, "RPM's database has no index of files");
  const auto places = file_names_->find(file_name);
  if (!places) return places.error();
  for (std::size_t i = 0; i < most_places && (i + 1) * place_bytes <= places->size(); ++i) {
    const auto package = file_names_->number_at(*places, i * place_bytes);
    hand_over(packages_.find(packages_.bytes_of(package)), take);
  }
  return {};
}

}  // namespace censo::agent
