// Installed Alpine packages: /lib/apk/db/installed, stanzas of "P:name" lines.
#include "agent/attributes.h"
#include "agent/source.h"

#include <array>
#include <map>

namespace censo::agent::sources {
namespace {

constexpr std::array<std::string_view, 2> databases{"/lib/apk/db/installed", "/usr/lib/apk/db/installed"};
constexpr std::size_t max_database_bytes = 64 * 1024 * 1024;

using Fields = std::map<char, std::string_view>;

void add_package(Fields& fields, SourceOutput& out) {
  if (fields['P'].empty() || fields['V'].empty()) return;
  auto& attributes = out.add("software_package").attributes;
  set_text(attributes, "manager", "apk");
  set_text(attributes, "name", fields['P']);
  set_text(attributes, "version", fields['V']);
  set_text(attributes, "architecture", fields['A']);
  set_text(attributes, "source", fields['o']);
  set_text(attributes, "maintainer", fields['m']);
  set_count(attributes, "installed_bytes", base::parse_integer(fields['I']));
}

}  // namespace

base::Result<void> apk(const Host& host, SourceOutput& out) {
  auto text = host.read_file(databases[0], max_database_bytes);
  if (!text && text.error().code == base::Errc::not_found)
    text = host.read_file(databases[1], max_database_bytes);
  if (!text) return text.error();
  Fields fields;
  std::string_view rest = *text;
  while (!rest.empty()) {
    const auto end = std::min(rest.find('\n'), rest.size());
    const auto line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.size() > 2 && line[1] == ':') {
      fields.emplace(line[0], line.substr(2));  // the first counts: lists of files follow
    } else if (line.empty()) {
      add_package(fields, out);
      fields.clear();
    }
  }
  add_package(fields, out);
  return {};
}

}  // namespace censo::agent::sources
