// Subscriptions and licences that a file of the system states: Ubuntu Pro, Red Hat, SUSE.
#include "agent/attributes.h"
#include "agent/certificate_facts.h"
#include "agent/json_document.h"
#include "agent/source.h"

#include <boost/json.hpp>

namespace censo::agent::sources {
namespace {

constexpr std::size_t max_file_bytes = 1024 * 1024;

void add_ubuntu_pro(const Host& host, SourceOutput& out) {
  const auto status = read_json(host, "/var/lib/ubuntu-advantage/status.json", max_file_bytes);
  if (!status) {
    if (status.error().code != base::Errc::not_found) out.partial(status.error());
    return;
  }
  if (!flag_of(*status, {"attached"})) return;
  auto& attributes = out.add("subscription").attributes;
  set_text(attributes, "name", "Ubuntu Pro");
  set_text(attributes, "subscription_id", text_of(*status, {"contract", "id"}));
  set_text(attributes, "account", text_of(*status, {"account", "name"}));
  const auto ends = base::parse_iso8601(text_of(*status, {"expires"}));
  if (ends && *ends > 0) set_text(attributes, "ends", base::to_iso8601(*ends));
}

// Entitlements are certificates: "/etc/pki/entitlement/<serial>.pem" beside "<serial>-key.pem".
void add_red_hat(const Host& host, SourceOutput& out) {
  constexpr std::string_view folder = "/etc/pki/entitlement";
  const auto names = host.list_folder(folder);
  for (const auto& name : names ? *names : std::vector<std::string>()) {
    if (!name.ends_with(".pem") || name.ends_with("-key.pem")) continue;
    const auto pem = host.read_file(std::string(folder) + "/" + name, max_file_bytes);
    const auto facts = pem ? read_certificate_facts(*pem) : base::Result<X509Facts>(pem.error());
    if (!facts) {
      out.partial(facts.error());
      continue;
    }
    auto& attributes = out.add("subscription").attributes;
    set_text(attributes, "name", "Red Hat subscription");
    set_text(attributes, "subscription_id", name.substr(0, name.size() - 4));
    set_text(attributes, "ends", base::to_iso8601(facts->not_after));
  }
}

// A registration's credentials are there as long as the machine is registered; the password is not taken.
void add_suse(const Host& host, SourceOutput& out) {
  const auto text = host.read_file("/etc/zypp/credentials.d/SCCcredentials", max_file_bytes);
  if (!text) return;
  auto& attributes = out.add("subscription").attributes;
  set_text(attributes, "name", "SUSE Customer Center registration");
  for (const auto line : base::split(*text, '\n')) {
    if (line.starts_with("username=")) set_text(attributes, "subscription_id", line.substr(9));
  }
}

}  // namespace

base::Result<void> subscriptions(const Host& host, SourceOutput& out) {
  add_ubuntu_pro(host, out);
  add_red_hat(host, out);
  add_suse(host, out);
  return {};
}

}  // namespace censo::agent::sources
