// What identifies the running system: machine id, boot, names, kernel.
#include "agent/attributes.h"
#include "agent/source.h"

#include <algorithm>
#include <array>

namespace censo::agent::sources {
namespace {

using base::Errc;

// Trimmed; "" when there is no such file. Any other failure is a problem of the report.
std::string read_value(const Host& host, std::string_view path, SourceOutput& out) {
  const auto text = host.read_file(path);
  if (!text && text.error().code != Errc::not_found) out.partial(text.error());
  return text ? std::string(base::trim(*text)) : std::string();
}

// machine-id(5): 32 hexadecimal digits, or "uninitialized" in an image before its first boot.
std::string machine_id(const Host& host, SourceOutput& out) {
  for (const auto path : {"/etc/machine-id", "/var/lib/dbus/machine-id"}) {
    auto id = base::to_lower(read_value(host, path, out));
    const bool valid = id.size() == 32 && id.find_first_not_of("0123456789abcdef") == std::string::npos;
    if (valid && id.find_first_not_of('0') != std::string::npos) return id;
  }
  return {};
}

// The name with a domain, from the kernel or as hosts(5) gives it: "127.0.1.1 web1.example.org web1".
std::string full_domain_name(const std::string& hosts, std::string_view host_name) {
  if (host_name.find('.') != std::string_view::npos) return std::string(host_name);
  for (const auto line : base::split(hosts, '\n')) {
    const auto words = base::split_words(line.substr(0, line.find('#')));
    if (words.size() < 2 || std::find(words.begin() + 1, words.end(), host_name) == words.end()) continue;
    const auto full = std::find_if(words.begin() + 1, words.end(), [&](std::string_view word) {
      return word.starts_with(host_name) && word.substr(host_name.size()).starts_with('.');
    });
    if (full != words.end()) return std::string(*full);
  }
  return {};
}

struct Machine {
  std::uint16_t number;   // e_machine in <elf.h>
  std::string_view name;  // as uname(1) says
  std::string_view little_endian_name = name;
};

// The architecture of the shell, where the kernel (before 6.1) does not say its own.
std::string architecture_of_the_shell(const Host& host) {
  constexpr std::array machines{Machine{3, "i686"},         Machine{8, "mips", "mipsel"},
                                Machine{20, "ppc"},         Machine{21, "ppc64", "ppc64le"},
                                Machine{22, "s390x"},       Machine{40, "arm"},
                                Machine{43, "sparc64"},     Machine{62, "x86_64"},
                                Machine{183, "aarch64"},    Machine{243, "riscv64"},
                                Machine{258, "loongarch64"}};
  const auto file = host.read_file("/bin/sh", 16 * 1024 * 1024);
  if (!file ||
      !file->starts_with("\x7F"
                         "ELF") ||
      file->size() < 20)
    return {};
  const auto byte = [&](std::size_t at) {
    return static_cast<unsigned>(static_cast<unsigned char>((*file)[at]));
  };
  const bool little = byte(5) == 1;
  const auto number = little ? byte(18) | byte(19) << 8 : byte(19) | byte(18) << 8;
  for (const auto& machine : machines) {
    if (machine.number == number) return std::string(little ? machine.little_endian_name : machine.name);
  }
  return {};
}

std::string last_boot(const std::string& stat) {
  for (const auto line : base::split(stat, '\n')) {
    if (!line.starts_with("btime ")) continue;
    const auto seconds = base::parse_integer(base::trim(line.substr(6)));
    if (seconds && *seconds > 0 && *seconds < 100'000'000'000) return base::to_iso8601(*seconds * 1000);
  }
  return {};
}

// "/usr/share/zoneinfo/Europe/Madrid"
std::string time_zone(const Host& host) {
  constexpr std::string_view folder = "zoneinfo/";
  const auto target = host.read_link("/etc/localtime");
  if (target && target->find(folder) != std::string::npos)
    return target->substr(target->find(folder) + folder.size());
  const auto name = host.read_file("/etc/timezone", 4096);
  return name ? *name : std::string();
}

// The first of these that an installation leaves and nothing touches later.
std::string installed_at(const Host& host) {
  constexpr base::TimeMs year_2000 = 946'684'800'000;
  for (const auto* path : {"/var/log/installer/status", "/root/anaconda-ks.cfg", "/lost+found"}) {
    const auto status = host.status(path);
    if (status && status->modified > year_2000 && status->modified <= host.now())
      return base::to_iso8601(status->modified);
  }
  return {};
}

// "ssh-ed25519 AAAA…", without the comment behind it.
std::string ssh_host_key(const Host& host) {
  for (const auto* kind : {"ed25519", "ecdsa", "rsa"}) {
    const auto text = host.read_file("/etc/ssh/ssh_host_" + std::string(kind) + "_key.pub", 16 * 1024);
    const auto words = text ? base::split_words(*text) : std::vector<std::string_view>();
    if (words.size() >= 2) return std::string(words[0]) + " " + std::string(words[1]);
  }
  return {};
}

}  // namespace

base::Result<void> platform_ids(const Host& host, SourceOutput& out) {
  auto& subject = out.section.attributes;
  auto host_name = read_value(host, "/proc/sys/kernel/hostname", out);
  if (host_name.empty()) host_name = read_value(host, "/etc/hostname", out);
  auto architecture = read_value(host, "/proc/sys/kernel/arch", out);
  if (architecture.empty()) architecture = architecture_of_the_shell(host);
  set_text(subject, "machine_id", machine_id(host, out));
  set_text(subject, "boot_id", read_value(host, "/proc/sys/kernel/random/boot_id", out));
  set_text(subject, "host_name", host_name);
  set_text(subject, "fqdn", full_domain_name(read_value(host, "/etc/hosts", out), host_name));
  set_text(subject, "kernel_release", read_value(host, "/proc/sys/kernel/osrelease", out));
  set_text(subject, "architecture", architecture);
  set_text(subject, "time_zone", time_zone(host));
  set_text(subject, "os_installed_at", installed_at(host));
  set_text(subject, "ssh_host_key", ssh_host_key(host));
  set_text(subject, "last_boot", last_boot(read_value(host, "/proc/stat", out)));
  return {};
}

}  // namespace censo::agent::sources
