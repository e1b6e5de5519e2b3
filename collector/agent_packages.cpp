#include "collector/agent_packages.h"

#include "base/digest.h"
#include "base/file.h"
#include "base/log.h"

#include <algorithm>
#include <array>
#include <filesystem>

namespace censo::collector {
namespace {

namespace fs = std::filesystem;
using base::Errc;
using base::fail;

constexpr std::size_t max_package_bytes = 32 * 1024 * 1024;

struct Kind {
  std::string_view ending, machine;
};
constexpr std::array<Kind, 4> kinds{{{"_amd64.deb", "deb-x86_64"},
                                     {"_arm64.deb", "deb-aarch64"},
                                     {".x86_64.rpm", "rpm-x86_64"},
                                     {".aarch64.rpm", "rpm-aarch64"}}};

// A name stands in a script and in a path.
bool is_plain(std::string_view name) {
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._+~").find(c) != std::string_view::npos;
  });
}

std::string_view machine_of(std::string_view name) {
  if (!name.starts_with("censo-agent") || !is_plain(name)) return {};
  for (const Kind& kind : kinds) {
    if (name.ends_with(kind.ending)) return kind.machine;
  }
  return {};
}

std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
    names.push_back(entry->path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

std::string hex_digest(const std::string& content) {
  return base::to_hex(base::sha256(content));
}

constexpr std::string_view script_head = R"sh(#!/bin/sh
# Installs the Censo agent from this collector and enrols this machine: sh -s -- URL TOKEN
set -eu

die() { echo "censo: $*" >&2; exit 1; }

# KIND-MACHINE: the file and its SHA-256.
choose() {
  case $1 in
)sh";

constexpr std::string_view script_tail = R"sh(    *) die "the collector has no package of the agent for $1" ;;
  esac
}

install_package() {
  case $kind in
    deb) if command -v apt-get >/dev/null; then apt-get install -y -q "$1"; else dpkg -i "$1"; fi ;;
    rpm) if command -v dnf >/dev/null; then dnf install -y -q "$1"; else rpm -U --replacepkgs "$1"; fi ;;
  esac
}

# All of it is read before anything is done: a script that is cut short does nothing.
main() {
  url=${1:-${CENSO_SERVER_URL:-}} token=${2:-${CENSO_TOKEN:-}}
  [ -n "$url" ] && [ -n "$token" ] || die "usage: sh -s -- URL TOKEN"
  [ "$(id -u)" = 0 ] || die "needs root: curl ... | sudo sh -s -- URL TOKEN"
  if command -v dpkg >/dev/null; then kind=deb; elif command -v rpm >/dev/null; then kind=rpm
  else die "this machine has neither dpkg nor rpm"; fi
  choose "$kind-$(uname -m)"
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  chmod 755 "$folder"
  curl -fsS --proto =https -k --pinnedpubkey "sha256//$pin" -o "$folder/$file" "$url/agents/$file"
  echo "$sha256  $folder/$file" | sha256sum -c - >/dev/null || die "$file is not what the collector said"
  (unset CENSO_TOKEN CENSO_SERVER_URL; install_package "$folder/$file") || die "$file was not installed"
  printf '%s\n' "$token" | censo-agent enroll "$url" - || die "installed, but not enrolled"
  if [ -d /run/systemd/system ]; then systemctl enable --now censo-agent; else censo-agent run --once; fi
}

main "$@"
)sh";

base::Result<Response> with_type(base::Result<std::string> content, const char* type) {
  if (!content) return content.error();
  Response response = Response::ok(std::move(*content));
  response.content_type = type;
  return response;
}

}  // namespace

AgentPackages AgentPackages::open(const std::string& folder) {
  AgentPackages packages;
  packages.folder_ = folder;
  for (const std::string& name : names_in(folder)) {
    const auto machine = machine_of(name);
    if (machine.empty()) continue;
    const auto content = base::read_own_file(folder + "/" + name, max_package_bytes);
    if (!content) {
      base::log(base::LogLevel::warning, "agent_package.unusable", base::to_string(content.error()));
      continue;
    }
    std::erase_if(packages.packages_, [&](const Package& other) { return other.machine == machine; });
    packages.packages_.push_back({name, std::string(machine), hex_digest(*content)});
  }
  return packages;
}

base::Result<std::string> AgentPackages::content(std::string_view name) const {
  const auto package = std::find_if(packages_.begin(), packages_.end(),
                                    [name](const Package& one) { return one.name == name; });
  if (package == packages_.end()) return fail(Errc::not_found, "no such package of the agent");
  auto content = base::read_own_file(folder_ + "/" + package->name, max_package_bytes);
  if (!content) return content.error();
  if (hex_digest(*content) != package->sha256)
    return fail(Errc::conflict, "the package was changed; start the collector anew");
  return content;
}

base::Result<std::string> AgentPackages::install_script(std::string_view pin) const {
  if (packages_.empty()) {
    return fail(Errc::not_found, "no packages of the agent in " + folder_ +
                                     "; put them there and start the collector anew, or install one by hand");
  }
  std::string script(script_head);
  for (const Package& one : packages_)
    script += "    " + one.machine + ") file=" + one.name + " sha256=" + one.sha256 + " ;;\n";
  script += script_tail;
  constexpr std::string_view place = "set -eu\n";
  script.insert(script.find(place) + place.size(), "pin='" + std::string(pin) + "'\n");
  return script;
}

Routes installation_routes(const AgentPackages& packages, const std::string& pin) {
  const auto script = [&packages, pin](store::Transaction&, const Request&) {
    return with_type(packages.install_script(pin), "text/x-shellscript");
  };
  const auto package = [&packages](store::Transaction&, const Request& request) {
    return with_type(packages.content(request.parameter("file")), "application/octet-stream");
  };
  return {{"GET",
           "/enrol.sh",
           Role::none,
           Access::read,
           "The script that installs an agent and enrols it",
           {},
           script},
          {"GET", "/agents/{file}", Role::none, Access::read, "A package of the agent", {}, package}};
}

}  // namespace censo::collector
