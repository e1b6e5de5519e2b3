// The agent's packages that this collector hands out, and the script that installs one: enrolment in one
// line.
#pragma once

#include "base/result.h"
#include "collector/route.h"

#include <string>
#include <string_view>
#include <vector>

namespace censo::collector {

// Immutable after opening; safe to use from any thread.
class AgentPackages {
 public:
  AgentPackages() = default;
  // The packages in `folder` with their digests, of each kind the last by name; none when there is no such
  // folder.
  // They must be root's or ours and writable by nobody else.
  static AgentPackages open(const std::string& folder);

  // The content of a package that the script may ask for, as it was when this was opened. Errc::not_found
  // for any other
  // name, Errc::conflict when the file was changed since.
  base::Result<std::string> content(std::string_view name) const;

  // For `curl ... | sudo sh -s -- URL TOKEN`. `pin` is the SHA-256 of the listener's public key in base64,
  // as curl takes
  // it. Nothing of a request is in it. Errc::not_found when there are no packages.
  base::Result<std::string> install_script(std::string_view pin) const;
  bool empty() const { return packages_.empty(); }

 private:
  struct Package {
    std::string name, machine, sha256;  // machine: "deb-x86_64"
  };
  std::string folder_;
  std::vector<Package> packages_;
};

// GET /enrol.sh and /agents/{file}, for everybody: nothing here is secret, and who may enrol is what the
// token says. `packages` outlive them.
Routes installation_routes(const AgentPackages& packages, const std::string& pin);

}  // namespace censo::collector
