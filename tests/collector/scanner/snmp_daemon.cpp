#include "snmp_daemon.h"

#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <random>
#include <stdexcept>

namespace censo::scanner {
namespace {

constexpr const char* program = "/usr/sbin/snmpd";

sockaddr_in loopback(const std::string& address, std::uint16_t port) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  inet_pton(AF_INET, address.c_str(), &to.sin_addr);
  return to;
}

void write_settings(const std::filesystem::path& file, const std::string& address, std::uint16_t port) {
  std::ofstream out(file);
  out << "agentAddress udp:" << address << ":" << port << "\n"
      << "rocommunity public\n"
         "com2sec old default old\ngroup old v1 old\n"
         "view all included .1\naccess old \"\" v1 noauth exact all none none\n"
         "createUser private SHA-256 \"authentication-1\" AES \"privacy-phrase-1\"\n"
         "createUser signed SHA \"authentication-1\"\n"
         "createUser open\n"
         "createUser strong SHA-512 \"authentication-1\" AES-256 \"privacy-phrase-1\"\n"
         "rouser private priv\nrouser signed auth\nrouser open noauth\nrouser strong priv\n"
         "sysName lab-host.example\nsysLocation Rack 7\nsysContact people@example.org\n";
}

}  // namespace

// Below the range from which the kernel takes ports for clients: a client that got the very port would talk
// to itself.
std::uint16_t free_port() {
  std::random_device random;
  for (int i = 0; i < 1'000; ++i) {
    const auto port = static_cast<std::uint16_t>(std::uniform_int_distribution(15'000, 32'000)(random));
    const int probe = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const auto any = loopback("0.0.0.0", port);
    const bool bound = bind(probe, reinterpret_cast<const sockaddr*>(&any), sizeof any) == 0;
    close(probe);
    if (bound) return port;
  }
  throw std::runtime_error("no free UDP port");
}

bool SnmpDaemon::is_installed() {
  return access(program, X_OK) == 0;
}

SnmpDaemon::SnmpDaemon(std::uint16_t port, const std::string& address) : port_(port), address_(address) {
  std::string name = (std::filesystem::temp_directory_path() / "censo-snmpd-XXXXXX").string();
  if (!mkdtemp(name.data())) throw std::runtime_error("cannot make a folder for snmpd");
  folder_ = name;
  const auto settings = (folder_ / "snmpd.conf").string();
  write_settings(settings, address_, port_);
  const auto log = (folder_ / "log").string();
  const auto state = (folder_ / "state").string();
  process_ = fork();
  if (process_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);  // a test that crashes leaves no daemon behind
    setenv("SNMP_PERSISTENT_DIR", state.c_str(), 1);
    setenv("SNMPCONFPATH", folder_.c_str(), 1);
    setenv("MIBS", "", 1);
    execl(program, program, "-f", "-C", "-c", settings.c_str(), "-Lf", log.c_str(), "-I", "-smux",
          static_cast<char*>(nullptr));
    _exit(127);
  }
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!ready_ && std::chrono::steady_clock::now() < deadline) ready_ = answers();
}

SnmpDaemon::~SnmpDaemon() {
  if (process_ > 0) {
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
  }
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

// sysUpTime by hand, so that the daemon's being there does not depend on what is tested.
bool SnmpDaemon::answers() const {
  const std::string request(
      "\x30\x26\x02\x01\x01\x04\x06public\xa0\x19\x02\x01\x01\x02\x01\x00\x02\x01\x00"
      "\x30\x0e\x30\x0c\x06\x08\x2b\x06\x01\x02\x01\x01\x03\x00\x05\x00",
      40);
  const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const auto to = loopback(address_, port_);
  connect(socket, reinterpret_cast<const sockaddr*>(&to), sizeof to);
  [[maybe_unused]] const auto sent = send(socket, request.data(), request.size(), 0);
  pollfd waiting{socket, POLLIN, 0};
  char buffer[512];
  const bool answered = poll(&waiting, 1, 100) > 0 && recv(socket, buffer, sizeof buffer, 0) > 0;
  close(socket);
  return answered;
}

}  // namespace censo::scanner
