#include "agent/dpkg_status.h"

#include "base/text.h"

#include <algorithm>
#include <array>

namespace censo::agent {
namespace {

struct Stanza {
  DpkgPackage package;
  std::string_view status;
  std::size_t line = 0;  // of its first field; 0 when it has none
};

struct Field {
  std::string_view name;
  std::string_view DpkgPackage::*member;
};
constexpr std::array<Field, 7> fields{{{"Package", &DpkgPackage::name},
                                       {"Version", &DpkgPackage::version},
                                       {"Architecture", &DpkgPackage::architecture},
                                       {"Source", &DpkgPackage::source},
                                       {"Maintainer", &DpkgPackage::maintainer},
                                       {"Section", &DpkgPackage::section},
                                       {"Installed-Size", &DpkgPackage::installed_kib}}};

void read_field(std::string_view line, Stanza& stanza) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = base::trim(line.substr(colon + 1));
  for (const Field& field : fields) {
    if (name == field.name) stanza.package.*field.member = value;
  }
  if (name == "Status") stanza.status = value;
  if (name == "Multi-Arch") stanza.package.several_architectures = value == "same";
}

// "install ok installed": what is wanted, whether it is broken, what is. Packages that wait for triggers
// work.
bool is_installed(std::string_view status) {
  const std::string_view state = status.substr(status.rfind(' ') + 1);
  return state == "installed" || state == "triggers-awaited" || state == "triggers-pending";
}

void end_stanza(Stanza& stanza, DpkgStatus& result) {
  const DpkgPackage& package = stanza.package;
  const bool whole = !package.name.empty() && !stanza.status.empty();
  const bool installed = is_installed(stanza.status);
  if (whole && installed && !package.version.empty() && !package.architecture.empty()) {
    result.packages.push_back(package);
  } else if (stanza.line != 0 && (!whole || installed) && !result.fault) {
    result.fault =
        base::fail(base::Errc::malformed, "expected a package with name, status, version and architecture",
                   std::string(dpkg_status_path) + ":" + std::to_string(stanza.line));
  }
  stanza = {};
}

}  // namespace

DpkgStatus parse_dpkg_status(std::string_view text) {
  DpkgStatus result;
  Stanza stanza;
  std::size_t number = 0;
  // dpkg ends every stanza with an empty line; without it the writer did not come to its end.
  if (!text.empty() && !text.ends_with("\n\n")) {
    result.fault = base::fail(base::Errc::malformed, "expected an empty line at the end; the file is cut off",
                              std::string(dpkg_status_path));
  }
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (line.empty()) {
      end_stanza(stanza, result);
    } else if (line.front() != ' ' && line.front() != '\t') {  // else a field's further lines
      if (stanza.line == 0) stanza.line = number;
      read_field(line, stanza);
    }
  }
  end_stanza(stanza, result);
  return result;
}

std::string dpkg_list_path(const DpkgPackage& package) {
  std::string path = "/var/lib/dpkg/info/" + std::string(package.name);
  if (package.several_architectures) path.append(":").append(package.architecture);
  return path + ".list";
}

}  // namespace censo::agent
