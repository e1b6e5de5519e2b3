// Programs for taking a machine over from afar, and the number under which it is reached.
#include "agent/attributes.h"
#include "agent/source.h"

#include <array>

namespace censo::agent::sources {
namespace {

struct Tool {
  std::string_view name, file, key;
};
constexpr std::array<Tool, 4> tools{
    {{"AnyDesk", "/etc/anydesk/system.conf", "ad.anynet.id"},
     {"AnyDesk", "/etc/anydesk/service.conf", "ad.anynet.id"},
     {"TeamViewer", "/etc/teamviewer/global.conf", "[int32] ClientID"},
     {"MeshCentral", "/usr/local/mesh_services/meshagent/meshagent.msh", "MeshID"}}};

std::string value_of(std::string_view text, std::string_view key) {
  for (const auto line : base::split(text, '\n')) {
    const auto equals = line.find('=');
    if (equals != std::string_view::npos && base::trim(line.substr(0, equals)) == key)
      return std::string(base::trim(line.substr(equals + 1)));
  }
  return {};
}

}  // namespace

base::Result<void> remote_access(const Host& host, SourceOutput& out) {
  std::string_view last;
  for (const auto& tool : tools) {
    const auto text = tool.name == last ? base::Result<std::string>(base::fail(base::Errc::not_found, ""))
                                        : host.read_file(tool.file, 256 * 1024);
    const auto number = text ? value_of(*text, tool.key) : std::string();
    if (number.empty()) continue;
    last = tool.name;
    auto& attributes = out.add("remote_access_tool").attributes;
    set_text(attributes, "name", tool.name);
    set_text(attributes, "number", number);
  }
  return {};
}

}  // namespace censo::agent::sources
