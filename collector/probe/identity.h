// Who a probe is to its centre: key, certificates and where to call, in one file of its state folder.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "collector/probe/centre_client.h"

#include <string>

namespace censo::collector::probe {

struct Identity {
  std::string name;
  std::string centre_url;  // where it enrolled
  std::string agents_url;  // where it calls and delivers
  std::string key_pem, certificate_pem, ca_pem;
  std::string server_certificate_pem;  // for the same key, shown to agents; empty: it takes none
};

// Makes a key and shows the token at `centre_url`; nothing is stored. Errors of pinned_root() and of the
// centre; Errc::malformed for a token that is none, and for an answer that does not fit.
base::Result<Identity> enrol(const std::string& centre_url, std::string_view token,
                             std::string_view host_name);

// Errc::not_found: not enrolled.
base::Result<Identity> load_identity(const std::string& state_folder);
base::Result<void> save_identity(const std::string& state_folder, const Identity& identity);

CentrePeer peer_of(const Identity& identity);
// Ten days before its certificate's end a probe renews it once nothing is scanned, three days before it does
// so at once. Errc::malformed.
enum class Renewal { not_due, between_scans, at_once };
base::Result<Renewal> renewal(const Identity& identity, base::TimeMs now);
// A new key with new certificates; nothing is stored.
base::Result<Identity> renew(const Identity& identity, CentreClient& centre);

}  // namespace censo::collector::probe
