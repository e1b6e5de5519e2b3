// The operating system, as os-release(5) names it, and the point release where a distribution keeps it
// elsewhere.
#include "agent/assignments.h"
#include "agent/attributes.h"
#include "agent/source.h"

#include <array>

namespace censo::agent::sources {
namespace {

using base::Errc;

std::string first_line(const Host& host, std::string_view path) {
  const auto text = host.read_file(path);
  return text ? std::string(base::trim(base::split(*text, '\n').front())) : std::string();
}

// "CentOS Linux release 7.9.2009 (Core)"
struct RedHatRelease {
  std::string name;
  std::string version;
};

RedHatRelease red_hat_release(const Host& host) {
  constexpr std::string_view word = " release ";
  const auto line = first_line(host, "/etc/redhat-release");
  const auto at = line.find(word);
  if (at == std::string::npos) return {};
  const auto words = base::split_words(std::string_view(line).substr(at + word.size()));
  return {line.substr(0, at), words.empty() ? std::string() : std::string(words.front())};
}

bool is_point_release_of(std::string_view version, std::string_view candidate) {
  return candidate.size() > version.size() && candidate.starts_with(version) &&
         candidate[version.size()] == '.';
}

// os-release of Debian says "12" and of CentOS "7"; the files that their packages update say "12.5" and
// "7.9.2009".
std::string exact_version(const Host& host, const std::string& version) {
  for (const auto& candidate : {first_line(host, "/etc/debian_version"), red_hat_release(host).version}) {
    if (is_point_release_of(version, candidate)) return candidate;
  }
  return version;
}

base::Result<std::string> read_os_release(const Host& host) {
  auto text = host.read_file("/etc/os-release");
  if (!text && text.error().code == Errc::not_found) text = host.read_file("/usr/lib/os-release");
  return text;
}

// Before os-release, around 2012.
base::Result<void> read_older_files(const Host& host, inventory::Attributes& subject) {
  if (const auto release = red_hat_release(host); !release.name.empty()) {
    set_text(subject, "os_id", release.name.starts_with("CentOS") ? "centos" : "rhel");
    set_text(subject, "os_name", release.name);
    set_text(subject, "os_version", release.version);
    return {};
  }
  if (const auto version = first_line(host, "/etc/debian_version"); !version.empty()) {
    set_text(subject, "os_id", "debian");
    set_text(subject, "os_name", "Debian GNU/Linux");
    set_text(subject, "os_version", version);
    return {};
  }
  return base::fail(Errc::not_found, "no os-release, redhat-release or debian_version", "/etc");
}

}  // namespace

base::Result<void> os_release(const Host& host, SourceOutput& out) {
  auto& subject = out.section.attributes;
  const auto text = read_os_release(host);
  if (!text) return text.error().code == Errc::not_found ? read_older_files(host, subject) : text.error();
  auto values = parse_assignments(*text);
  const auto& id = values["ID"];
  set_text(subject, "os_id", id.empty() ? "linux" : id);
  set_text(subject, "os_name", values["NAME"].empty() ? "Linux" : values["NAME"]);
  set_text(subject, "os_version", exact_version(host, values["VERSION_ID"]));
  set_text(subject, "os_codename", values["VERSION_CODENAME"]);
  set_text(subject, "os_variant", values["VARIANT_ID"]);
  return {};
}

}  // namespace censo::agent::sources
