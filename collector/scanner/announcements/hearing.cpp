#include "collector/scanner/announcements/hearing.h"

#include "base/digest.h"
#include "collector/scanner/announcements/local_network.h"
#include "collector/scanner/ports/tcp_talk.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

namespace censo::scanner {
namespace {

using SteadyClock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::array protocols{PortAsk::mdns, PortAsk::ssdp, PortAsk::wsd, PortAsk::netbios};
constexpr std::size_t most_heard = 100'000;          // addresses; each may say some kilobytes
constexpr std::size_t most_datagrams_in_turn = 256;  // of one socket, so that the questions go on

class Socket {
 public:
  explicit Socket(int number) : number_(number) {}
  Socket(Socket&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Socket& operator=(Socket&&) = delete;
  ~Socket() {
    if (number_ >= 0) close(number_);
  }
  int number() const { return number_; }
  bool set(int level, int option, const void* value, std::size_t size) const {
    return setsockopt(number_, level, option, value, static_cast<socklen_t>(size)) == 0;
  }
  bool set(int level, int option, int value) const { return set(level, option, &value, sizeof value); }

 private:
  int number_;
};

sockaddr_storage place_of(const Address& address, std::uint16_t port, socklen_t& size) {
  sockaddr_storage storage{};
  if (is_v4(address)) {
    auto& v4 = reinterpret_cast<sockaddr_in&>(storage);
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    std::memcpy(&v4.sin_addr, address.data() + 12, 4);
    size = sizeof v4;
  } else {
    auto& v6 = reinterpret_cast<sockaddr_in6&>(storage);
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    std::memcpy(&v6.sin6_addr, address.data(), 16);
    size = sizeof v6;
  }
  return storage;
}

Address address_of(const sockaddr_storage& storage) {
  auto address = v4_start;
  if (storage.ss_family == AF_INET)
    std::memcpy(address.data() + 12, &reinterpret_cast<const sockaddr_in&>(storage).sin_addr, 4);
  else
    std::memcpy(address.data(), &reinterpret_cast<const sockaddr_in6&>(storage).sin6_addr, 16);
  return address;
}

std::optional<Address> group_of(PortAsk protocol) {
  if (protocol == PortAsk::netbios) return std::nullopt;
  return parse_address(protocol == PortAsk::mdns ? "224.0.0.251" : "239.255.255.250");
}

std::string random_uuid() {
  std::array<std::uint8_t, 16> octets{};
  [[maybe_unused]] const auto got = getrandom(octets.data(), octets.size(), 0);
  std::string text = base::to_hex(octets);
  for (const std::size_t place : {8u, 13u, 18u, 23u}) text.insert(place, "-");
  return text;
}

std::string question_of(PortAsk protocol) {
  switch (protocol) {
    case PortAsk::mdns: return mdns_question();
    case PortAsk::ssdp: return ssdp_question();
    case PortAsk::wsd: return wsd_question(random_uuid());
    default: return netbios_question();
  }
}

Sayings sayings_of(PortAsk protocol, std::string_view datagram) {
  const std::span octets(reinterpret_cast<const std::uint8_t*>(datagram.data()), datagram.size());
  switch (protocol) {
    case PortAsk::mdns: return mdns_sayings(octets);
    case PortAsk::ssdp: return ssdp_sayings(datagram);
    case PortAsk::wsd: return wsd_sayings(datagram);
    default: return netbios_sayings(octets);
  }
}

class Ear {
 public:
  // Both in order.
  Ear(std::vector<Address> to_ask, std::vector<Address> all, const AnnouncementSettings& settings,
      Hearing& hearing)
      : to_ask_(std::move(to_ask)), all_(std::move(all)), settings_(settings), hearing_(hearing) {
    for (std::size_t i = 0; i < protocols.size(); ++i) questions_[i] = question_of(protocols[i]);
  }

  // One socket a family and protocol, so that what comes tells which it is. Errc::unavailable.
  base::Result<void> open(bool v4) {
    for (std::size_t i = 0; i < protocols.size(); ++i) {
      if (!v4 && protocols[i] == PortAsk::netbios) continue;
      Socket socket(::socket(v4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
      if (socket.number() < 0)
        return base::fail(base::Errc::unavailable,
                          "no socket to ask for announcements: " + std::generic_category().message(errno));
      asking_[v4 ? 0 : 1][i] = socket.number();
      add(std::move(socket), protocols[i]);
    }
    return {};
  }

  void ask(const Address& address) {
    for (std::size_t i = 0; i < protocols.size(); ++i) send(asking_[is_v4(address) ? 0 : 1][i], i, address);
  }

  // What cannot be joined or sent is not: asking by unicast is enough elsewhere.
  void use_groups() {
    for (const auto& network : local_networks()) {
      if (!has_any_of(network, all_)) continue;
      for (std::size_t i = 0; i < protocols.size(); ++i) {
        const auto group = group_of(protocols[i]);
        if (!group) continue;
        join(network, i, *group);
        if (!has_all_of(network, all_)) continue;
        const ip_mreqn by{{}, {}, network.interface};
        if (setsockopt(asking_[0][i], IPPROTO_IP, IP_MULTICAST_IF, &by, sizeof by) == 0)
          send(asking_[0][i], i, *group);
      }
    }
  }

  // Until `until`, but at most a tenth of a second.
  void listen(SteadyClock::time_point until) {
    const auto left = std::chrono::ceil<milliseconds>(until - SteadyClock::now());
    const auto wait = std::clamp<milliseconds>(left, milliseconds(0), milliseconds(100));
    if (poll(polled_.data(), polled_.size(), static_cast<int>(wait.count())) <= 0) return;
    for (std::size_t i = 0; i < polled_.size(); ++i)
      if (polled_[i].revents != 0) receive(i);
  }

 private:
  void add(Socket socket, PortAsk protocol) {
    polled_.push_back({socket.number(), POLLIN, 0});
    protocol_of_.push_back(protocol);
    sockets_.push_back(std::move(socket));
  }

  void send(int socket, std::size_t protocol, const Address& to) {
    if (socket < 0) return;
    socklen_t size = 0;
    const auto place = place_of(to, settings_.ports[protocol], size);
    const auto& question = questions_[protocol];
    sendto(socket, question.data(), question.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&place),
           size);
  }

  // One socket a protocol for all interfaces: others of this host may listen there too.
  void join(const LocalNetwork& network, std::size_t protocol, const Address& group) {
    if (!listening_[protocol]) {
      Socket socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
      socklen_t size = 0;
      const auto place = place_of(group, settings_.ports[protocol], size);  // the group's datagrams alone
      const bool is_bound = socket.number() >= 0 && socket.set(SOL_SOCKET, SO_REUSEADDR, 1) &&
                            socket.set(SOL_SOCKET, SO_REUSEPORT, 1) &&
                            bind(socket.number(), reinterpret_cast<const sockaddr*>(&place), size) == 0;
      if (!is_bound) return;
      listening_[protocol] = socket.number();
      add(std::move(socket), protocols[protocol]);
    }
    ip_mreqn membership{{}, {}, network.interface};
    std::memcpy(&membership.imr_multiaddr, group.data() + 12, 4);
    setsockopt(*listening_[protocol], IPPROTO_IP, IP_ADD_MEMBERSHIP, &membership, sizeof membership);
    joined_.push_back(network);
  }

  void receive(std::size_t place) {
    std::array<char, 9000> buffer;
    for (std::size_t i = 0; i < most_datagrams_in_turn; ++i) {
      sockaddr_storage from{};
      socklen_t size = sizeof from;
      const auto length = recvfrom(polled_[place].fd, buffer.data(), buffer.size(), 0,
                                   reinterpret_cast<sockaddr*>(&from), &size);
      if (length < 0 && errno != ECONNREFUSED) return;
      if (length > 0) take(place, address_of(from), {buffer.data(), static_cast<std::size_t>(length)});
    }
  }

  // What comes to a group comes from its segment, or its sender is made up.
  bool is_joined(const Address& from) const {
    return std::any_of(joined_.begin(), joined_.end(), [&from](const auto& network) {
      return has_any_of(network, {&from, 1});
    });
  }

  void take(std::size_t place, const Address& from, std::string_view datagram) {
    if (!std::binary_search(all_.begin(), all_.end(), from)) return;
    const auto protocol = protocol_of_[place];
    const int socket = polled_[place].fd;
    const bool is_to_group =
        std::any_of(listening_.begin(), listening_.end(), [socket](auto one) { return one == socket; });
    if (is_to_group && !is_joined(from)) return;
    const auto said = sayings_of(protocol, datagram);
    if (said.empty()) return;
    if (hearing_.heard.size() >= most_heard && !hearing_.heard.contains(from)) return;
    auto& heard = hearing_.heard[from];
    add_sayings(heard.by_protocol[protocol], said);
    // Only of who answers us: anybody may tell a group of a description, and have us ask for it.
    const bool answers = !is_to_group && std::binary_search(to_ask_.begin(), to_ask_.end(), from);
    if (answers && protocol == PortAsk::ssdp && heard.description.port == 0)
      heard.description = description_place(datagram, to_text(from));
  }

  const std::vector<Address> to_ask_, all_;
  const AnnouncementSettings& settings_;
  Hearing& hearing_;
  std::array<std::string, protocols.size()> questions_;
  std::array<std::array<int, protocols.size()>, 2> asking_{{{-1, -1, -1, -1}, {-1, -1, -1, -1}}};
  std::array<std::optional<int>, protocols.size()> listening_;
  std::vector<LocalNetwork> joined_;
  std::vector<Socket> sockets_;
  std::vector<pollfd> polled_;
  std::vector<PortAsk> protocol_of_;  // beside polled_
};

std::vector<Address> sorted_addresses(std::span<const ScanTarget> targets) {
  std::vector<Address> addresses;
  addresses.reserve(targets.size());
  for (const auto& target : targets)
    if (const auto address = parse_address(target.address)) addresses.push_back(*address);
  std::sort(addresses.begin(), addresses.end());
  addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
  return addresses;
}

}  // namespace

base::Result<Hearing> hear(std::span<const ScanTarget> asked, std::span<const ScanTarget> all,
                           const AnnouncementSettings& settings, const base::Clock& clock,
                           const std::stop_token& stop) {
  Hearing hearing;
  hearing.began = clock.now();
  const auto to_ask = sorted_addresses(asked);
  auto taken_from = sorted_addresses(all);
  const bool any_v4 = std::any_of(taken_from.begin(), taken_from.end(), is_v4);
  const bool any_v6 = !std::all_of(taken_from.begin(), taken_from.end(), is_v4);
  Ear ear(to_ask, std::move(taken_from), settings, hearing);
  for (const bool v4 : {true, false}) {
    if (!(v4 ? any_v4 : any_v6)) continue;
    if (auto opened = ear.open(v4); !opened) return opened.error();
  }
  if (settings.groups && any_v4) ear.use_groups();
  const auto start = SteadyClock::now();
  const auto interval = std::chrono::nanoseconds(std::chrono::seconds(1)) / std::max(settings.rate, 1u);
  for (std::size_t i = 0; i < to_ask.size() && !stop.stop_requested();) {
    const auto due = start + interval * static_cast<std::int64_t>(i);
    if (SteadyClock::now() >= due) {
      ear.ask(to_ask[i]);
      hearing.asked.insert(to_ask[i++]);
    } else {
      ear.listen(due);
    }
  }
  const auto end = SteadyClock::now() + settings.patience;
  while (SteadyClock::now() < end && !stop.stop_requested()) ear.listen(end);
  return hearing;
}

std::vector<PortFinding> findings_of(const Heard& heard, const Address& address,
                                     const AnnouncementSettings& settings, const std::stop_token& stop) {
  std::vector<PortFinding> findings;
  for (std::size_t i = 0; i < protocols.size(); ++i) {
    const auto said = heard.by_protocol.find(protocols[i]);
    if (said != heard.by_protocol.end())
      findings.push_back({{settings.ports[i], protocols[i]}, said->second});
  }
  if (heard.description.port == 0) return findings;
  const auto host = is_v4(address) ? to_text(address) : "[" + to_text(address) + "]";
  TalkWish wish;
  wish.say = "GET " + heard.description.path + " HTTP/1.0\r\nHost: " + host + ":" +
             std::to_string(heard.description.port) + "\r\nUser-Agent: Censo\r\nConnection: close\r\n\r\n";
  wish.enough = [](std::string_view received) { return received.find("</root>") != received.npos; };
  const auto said = talk(address, heard.description.port, wish, {}, stop);
  const auto body = said.received.find("\r\n\r\n");
  if (body == said.received.npos) return findings;
  for (auto& finding : findings)
    if (finding.port.ask == PortAsk::ssdp)
      add_sayings(finding.sayings, description_sayings(std::string_view(said.received).substr(body + 4)));
  return findings;
}

}  // namespace censo::scanner
