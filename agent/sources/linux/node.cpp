// Node.js packages installed for the whole system (npm's global ones), by their package.json.
#include "agent/attributes.h"
#include "agent/json_document.h"
#include "agent/source.h"

#include <boost/json.hpp>

#include <array>

namespace censo::agent::sources {
namespace {

constexpr std::array<std::string_view, 2> folders{"/usr/lib/node_modules", "/usr/local/lib/node_modules"};

void add_package(const Host& host, const std::string& folder, SourceOutput& out) {
  const auto package = read_json(host, folder + "/package.json", 1024 * 1024);
  if (!package) {
    if (package.error().code != base::Errc::not_found) out.partial(package.error());
    return;
  }
  const auto name = text_of(*package, {"name"}), version = text_of(*package, {"version"});
  if (name.empty() || version.empty()) return;
  auto& attributes = out.add("software_package").attributes;
  set_text(attributes, "manager", "npm");
  set_text(attributes, "name", name);
  set_text(attributes, "version", version);
  set_text(attributes, "instance", folder.substr(0, folder.find("/node_modules")));
}

std::vector<std::string> names_in(const Host& host, const std::string& folder) {
  const auto names = host.list_folder(folder);
  return names ? *names : std::vector<std::string>();
}

}  // namespace

base::Result<void> node(const Host& host, SourceOutput& out) {
  for (const auto modules : folders) {
    const std::string folder(modules);
    for (const auto& name : names_in(host, folder)) {
      if (!name.starts_with('@')) {
        add_package(host, folder + "/" + name, out);
        continue;
      }
      for (const auto& inner : names_in(host, folder + "/" + name))  // "@vue/cli"
        add_package(host, folder + "/" + name + "/" + inner, out);
    }
  }
  return {};
}

}  // namespace censo::agent::sources
