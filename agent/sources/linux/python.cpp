// Python distributions in the system's folders: "requests-2.28.1.dist-info" names and dates them, no file is
// read. Virtual environments and people's own folders are not looked at.
#include "agent/attributes.h"
#include "agent/source.h"

#include <array>
#include <cctype>

namespace censo::agent::sources {
namespace {

constexpr std::array<std::string_view, 4> library_folders{"/usr/lib", "/usr/lib64", "/usr/local/lib",
                                                          "/usr/local/lib64"};

// PEP 503: runs of "-", "_" and "." are one "-", letters small.
std::string normal_name(std::string_view name) {
  std::string normal;
  for (const char c : name) {
    const bool joins = c == '-' || c == '_' || c == '.';
    if (joins && normal.ends_with('-')) continue;
    normal += joins ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return normal;
}

struct Distribution {
  std::string name, version;
};

// "zope.interface-5.5.2-py3.11.egg-info" has the interpreter's version behind.
std::optional<Distribution> distribution_of(std::string_view entry) {
  for (const std::string_view ending : {".dist-info", ".egg-info"}) {
    if (!entry.ends_with(ending)) continue;
    entry.remove_suffix(ending.size());
    const auto name_end = entry.find('-');
    if (name_end == std::string_view::npos || name_end == 0) return std::nullopt;
    auto version = entry.substr(name_end + 1);
    version = version.substr(0, version.find("-py"));
    if (version.empty() || std::isdigit(static_cast<unsigned char>(version[0])) == 0) return std::nullopt;
    return Distribution{normal_name(entry.substr(0, name_end)), std::string(version)};
  }
  return std::nullopt;
}

void add_distributions(const Host& host, const std::string& folder, SourceOutput& out) {
  const auto entries = host.list_folder(folder);
  for (const auto& entry : entries ? *entries : std::vector<std::string>()) {
    const auto distribution = distribution_of(entry);
    if (!distribution) continue;
    auto& attributes = out.add("software_package").attributes;
    set_text(attributes, "manager", "python");
    set_text(attributes, "name", distribution->name);
    set_text(attributes, "version", distribution->version);
    set_text(attributes, "instance", folder);  // each interpreter has its own
  }
}

}  // namespace

base::Result<void> python(const Host& host, SourceOutput& out) {
  for (const auto library : library_folders) {
    const std::string folder(library);
    if (host.read_link(folder)) continue;  // "/usr/lib64" of some is "/usr/lib"
    const auto names = host.list_folder(folder);
    for (const auto& name : names ? *names : std::vector<std::string>()) {
      if (!name.starts_with("python")) continue;
      for (const auto* packages : {"/dist-packages", "/site-packages"})
        add_distributions(host, folder + "/" + name + packages, out);
    }
  }
  return {};
}

}  // namespace censo::agent::sources
