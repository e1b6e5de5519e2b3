#include "tests/collector/jobs/running_dovecot.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>

extern char** environ;

namespace censo::collector {
namespace {

namespace fs = std::filesystem;
constexpr const char* program = "/usr/sbin/dovecot";

sockaddr_in at_loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

std::uint16_t free_port() {
  const int file = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto address = at_loopback(0);
  socklen_t size = sizeof address;
  auto* plain = reinterpret_cast<sockaddr*>(&address);
  if (::bind(file, plain, size) != 0 || ::getsockname(file, plain, &size) != 0)
    throw std::runtime_error("no port");
  ::close(file);
  return ntohs(address.sin_port);
}

bool answers(std::uint16_t port) {
  const int file = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto address = at_loopback(port);
  const bool connected = ::connect(file, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(file);
  return connected;
}

void write_file(const std::string& path, const std::string& text) {
  std::ofstream(path) << text;
}

// Whose mail it is: Dovecot keeps none for root.
std::string owner() {
  return ::geteuid() == 0 ? "nobody" : ::getpwuid(::geteuid())->pw_name;
}

std::string settings(const std::string& folder, std::uint16_t port) {
  const auto us = ::geteuid() == 0
                      ? std::string()
                      : "default_internal_user = " + owner() + "\ndefault_login_user = " + owner() +
                            "\nservice imap-login {\n  chroot =\n}\nservice anvil {\n  chroot =\n}\n";
  return us + "base_dir = " + folder + "/run\nstate_dir = " + folder + "/state\nlog_path = " + folder +
         "/log\nprotocols = imap\nlisten = 127.0.0.1\nssl = required\nssl_cert = <" + folder +
         "/cert.pem\nssl_key = <" + folder + "/key.pem\nmail_location = maildir:" + folder +
         "/mail\nfirst_valid_uid = 1\nfirst_valid_gid = 1\nmail_uid = " + owner() +
         "\nservice imap-login {\n  inet_listener imap {\n    port = 0\n  }\n  inet_listener imaps {\n"
         "    address = 127.0.0.1\n    port = " +
         std::to_string(port) +
         "\n    ssl = yes\n  }\n}\n"
         "passdb {\n  driver = static\n  args = password=hush\n}\n"
         "userdb {\n  driver = static\n  args = uid=" +
         owner() + " gid=" + std::to_string(::getpwnam(owner().c_str())->pw_gid) + " home=" + folder +
         "/home\n}\n";
}

void give_to_owner(const std::string& path) {
  const auto* user = ::getpwnam(owner().c_str());
  (void)!::chown(path.c_str(), user->pw_uid, user->pw_gid);
}

}  // namespace

bool RunningDovecot::is_installed() {
  return ::access(program, X_OK) == 0;
}

RunningDovecot::RunningDovecot(const access::CertificateAuthority& authority) : port_(free_port()) {
  auto pattern = (fs::temp_directory_path() / "censo-dovecot-XXXXXX").string();
  if (!mkdtemp(pattern.data())) throw std::runtime_error("no folder");
  folder_ = pattern;
  fs::permissions(folder_, fs::perms(0755));
  for (const auto* name : {"run", "state", "home", "mail", "mail/new", "mail/cur", "mail/tmp"})
    fs::create_directory(folder_ + "/" + name);
  for (const auto* name : {"home", "mail", "mail/new", "mail/cur", "mail/tmp"})
    give_to_owner(folder_ + "/" + name);
  const auto identity =
      authority
          .server_identity({"127.0.0.1"}, std::chrono::duration_cast<std::chrono::milliseconds>(
                                              std::chrono::system_clock::now().time_since_epoch())
                                              .count())
          .value();
  write_file(folder_ + "/cert.pem", identity.certificate_pem);
  write_file(folder_ + "/key.pem", identity.key_pem);
  write_file(folder_ + "/conf", settings(folder_, port_));
  const auto conf = folder_ + "/conf", out = folder_ + "/out";
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, out.c_str(), O_WRONLY | O_CREAT, 0600);
  posix_spawn_file_actions_adddup2(&actions, 1, 2);
  const char* arguments[] = {program, "-F", "-c", conf.c_str(), nullptr};
  const int failed = ::posix_spawn(&pid_, program, &actions, nullptr, const_cast<char**>(arguments), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) throw std::runtime_error("dovecot does not start");
  for (int i = 0; i < 300 && !answers(port_); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
}

RunningDovecot::~RunningDovecot() {
  ::kill(pid_, SIGTERM);
  ::waitpid(pid_, nullptr, 0);
  fs::remove_all(folder_);
}

void RunningDovecot::deliver(const std::string& message) {
  const auto name = std::to_string(++count_) + ".message";
  write_file(folder_ + "/mail/tmp/" + name, message);
  give_to_owner(folder_ + "/mail/tmp/" + name);
  fs::rename(folder_ + "/mail/tmp/" + name, folder_ + "/mail/new/" + name);
}

void RunningDovecot::forget_numbers() {
  for (const auto* name : {"dovecot-uidlist", "dovecot.index.log", "dovecot.index", "dovecot.index.cache",
                           "dovecot-uidvalidity"})
    fs::remove(folder_ + "/mail/" + name);
}

std::string RunningDovecot::log() const {
  std::ifstream in(folder_ + "/log");
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace censo::collector
