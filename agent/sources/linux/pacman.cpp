// Installed Arch packages: a folder each in /var/lib/pacman/local, its file "desc" with a value below each
// "%NAME%".
#include "agent/attributes.h"
#include "agent/source.h"

#include <map>

namespace censo::agent::sources {
namespace {

constexpr std::string_view database = "/var/lib/pacman/local";

using Fields = std::map<std::string, std::string, std::less<>>;

Fields fields_of(std::string_view text) {
  Fields fields;
  std::string heading;
  for (const auto line : base::split(text, '\n')) {
    if (line.size() > 2 && line.front() == '%' && line.back() == '%') {
      heading = line.substr(1, line.size() - 2);
    } else if (!heading.empty()) {
      fields.emplace(heading, line);  // the first line of a list
      heading.clear();
    }
  }
  return fields;
}

void add_package(Fields fields, SourceOutput& out) {
  if (fields["NAME"].empty() || fields["VERSION"].empty()) return;
  auto& attributes = out.add("software_package").attributes;
  set_text(attributes, "manager", "pacman");
  set_text(attributes, "name", fields["NAME"]);
  set_text(attributes, "version", fields["VERSION"]);
  set_text(attributes, "architecture", fields["ARCH"]);
  set_text(attributes, "source", fields["BASE"]);
  set_text(attributes, "maintainer", fields["PACKAGER"]);
  set_count(attributes, "installed_bytes", base::parse_integer(fields["SIZE"]));
  const auto seconds = base::parse_integer(fields["INSTALLDATE"]).value_or(0);
  if (seconds > 0 && seconds < 1LL << 38)
    set_text(attributes, "installed_at", base::to_iso8601(seconds * 1000));
}

}  // namespace

base::Result<void> pacman(const Host& host, SourceOutput& out) {
  const auto names = host.list_folder(database);
  if (!names) return names.error();
  for (const auto& name : *names) {
    const auto text = host.read_file(std::string(database) + "/" + name + "/desc");
    if (text) add_package(fields_of(*text), out);
    if (!text && text.error().code != base::Errc::not_found) out.partial(text.error());
  }
  return {};
}

}  // namespace censo::agent::sources
