// Which collector the command talks to, and as whom: written by `censo login`, read by every other command.
#pragma once

#include "base/result.h"

#include <string>

namespace censo::cli {

struct Context {
  std::string url;    // "https://censo.example:8443"
  std::string token;  // API token; secret
  std::string ca;     // PEM of the collector's CA; empty: the system's certificates
};

// $CENSO_CLI_CONFIG, or censo/censo.json below $XDG_CONFIG_HOME or ~/.config.
std::string context_path();

// The file, overridden by $CENSO_URL, $CENSO_TOKEN and $CENSO_CA (a file). Errc::not_found says to log in.
base::Result<Context> load_context();
// Mode 0600. Errc::io_failed, Errc::permission_denied.
base::Result<void> save_context(const Context& context);
base::Result<void> forget_context();

}  // namespace censo::cli
