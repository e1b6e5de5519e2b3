// What protects the machine: scanners against malware, packet filters, mandatory access control.
#include "agent/assignments.h"
#include "agent/attributes.h"
#include "agent/cgroup_folders.h"
#include "agent/source.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace censo::agent::sources {
namespace {

// Known by a file that only its installation has; running while its service has processes.
struct Scanner {
  std::string_view name, maker, file, service;
};
constexpr std::array<Scanner, 14> scanners{
    {{"ClamAV", "Cisco", "/usr/sbin/clamd", "clamav-daemon.service"},
     {"ClamAV", "Cisco", "/usr/sbin/clamd", "clamd@scan.service"},
     {"Microsoft Defender for Endpoint", "Microsoft", "/opt/microsoft/mdatp/sbin/wdavdaemon",
      "mdatp.service"},
     {"CrowdStrike Falcon", "CrowdStrike", "/opt/CrowdStrike/falcon-sensor", "falcon-sensor.service"},
     {"SentinelOne", "SentinelOne", "/opt/sentinelone/bin/sentinelctl", "sentinelone.service"},
     {"Sophos Protection for Linux", "Sophos", "/opt/sophos-spl/base/bin/sophos_watchdog",
      "sophos-spl.service"},
     {"ESET Server Security", "ESET", "/opt/eset/efs/sbin/startd", "efs.service"},
     {"ESET Endpoint Antivirus", "ESET", "/opt/eset/eea/sbin/startd", "eea.service"},
     {"Bitdefender Endpoint Security Tools", "Bitdefender", "/opt/bitdefender-security-tools/bin/bdsecd",
      "bdsec.service"},
     {"Trend Micro Deep Security Agent", "Trend Micro", "/opt/ds_agent/ds_agent", "ds_agent.service"},
     {"Kaspersky Endpoint Security", "Kaspersky", "/opt/kaspersky/kesl/libexec/kesl", "kesl.service"},
     {"Cortex XDR", "Palo Alto Networks", "/opt/traps/bin/pmd", "traps_pmd.service"},
     {"Trellix Endpoint Security", "Trellix", "/opt/McAfee/ens/tp/bin/mfetpd", "mfetpd.service"},
     {"Wazuh agent", "Wazuh", "/var/ossec/bin/wazuh-agentd", "wazuh-agent.service"}}};

bool has_processes(const Host& host, const std::string& cgroups, std::string_view service) {
  const std::string slice = cgroups + "/system.slice/";
  const auto at = service.find('@');
  if (host.status(slice + std::string(service))) return true;
  if (at == std::string_view::npos) return false;
  return host
      .status(slice + "system-" + std::string(service.substr(0, at)) + ".slice/" + std::string(service))
      .has_value();
}

// The head of ClamAV's signatures: "ClamAV-VDB:16 Nov 2026 08-25 +0000:27100:..." in its first 512 bytes.
void add_signatures(const Host& host, inventory::Attributes& attributes) {
  constexpr std::size_t largest =
      1024 * 1024;  // of whole signatures, which are larger, only the time is asked
  for (const auto* name : {"daily.cld", "daily.cvd"}) {
    const std::string path = std::string("/var/lib/clamav/") + name;
    const auto status = host.status(path);
    if (!status || status->kind != FileKind::regular) continue;
    if (status->size > largest) {
      set_text(attributes, "signatures_updated", base::to_iso8601(status->modified));
      return;
    }
    const auto head = host.read_file(path, largest);
    const auto parts =
        head ? base::split(std::string_view(*head).substr(0, 512), ':') : std::vector<std::string_view>();
    if (parts.size() > 2 && parts[0] == "ClamAV-VDB") set_text(attributes, "signatures_version", parts[2]);
    return;
  }
}

void add_scanners(const Host& host, const std::string& cgroups, SourceOutput& out) {
  std::string last;
  for (const auto& scanner : scanners) {
    const bool runs = !cgroups.empty() && has_processes(host, cgroups, scanner.service);
    if (scanner.name == last || (!runs && !host.status(scanner.file))) continue;
    // One product, two names of its service: the one that runs counts.
    const auto other = std::find_if(scanners.begin(), scanners.end(), [&](const Scanner& row) {
      return row.name == scanner.name && row.service != scanner.service;
    });
    const bool other_runs =
        other != scanners.end() && !cgroups.empty() && has_processes(host, cgroups, other->service);
    last = scanner.name;
    auto& attributes = out.add("protection").attributes;
    set_text(attributes, "name", scanner.name);
    set_text(attributes, "kind", "antivirus");
    set_text(attributes, "manufacturer", scanner.maker);
    attributes.set("enabled", runs || other_runs);
    if (scanner.name == "ClamAV") add_signatures(host, attributes);
  }
}

void add_firewall(std::string_view name, bool enabled, const std::string& profile, SourceOutput& out) {
  auto& attributes = out.add("protection").attributes;
  set_text(attributes, "name", name);
  set_text(attributes, "kind", "firewall");
  attributes.set("enabled", enabled);
  set_text(attributes, "profile", profile);
}

void add_firewalls(const Host& host, const std::string& cgroups, SourceOutput& out) {
  if (const auto ufw = host.read_file("/etc/ufw/ufw.conf")) {
    const auto enabled = base::to_lower(parse_assignments(*ufw)["ENABLED"]);
    add_firewall("ufw", enabled == "yes", {}, out);
  }
  if (const auto firewalld = host.read_file("/etc/firewalld/firewalld.conf")) {
    const bool runs = !cgroups.empty() && has_processes(host, cgroups, "firewalld.service");
    add_firewall("firewalld", runs, parse_assignments(*firewalld)["DefaultZone"], out);
  }
  if (host.status("/etc/nftables.conf") || host.status("/etc/sysconfig/nftables.conf")) {
    // Its service loads the rules and ends: what is enabled was loaded at the start.
    bool enabled = false;
    for (const auto* wants : {"sysinit.target.wants", "multi-user.target.wants"}) {
      enabled = enabled ||
                host.status(std::string("/etc/systemd/system/") + wants + "/nftables.service").has_value();
    }
    add_firewall("nftables", enabled, {}, out);
  }
}

void add_access_control(const Host& host, SourceOutput& out) {
  const auto selinux = host.read_file("/sys/fs/selinux/enforce", 4096);
  const auto apparmor = host.read_file("/sys/module/apparmor/parameters/enabled", 4096);
  const auto add = [&](std::string_view name, bool enabled, std::string_view profile) {
    auto& attributes = out.add("protection").attributes;
    set_text(attributes, "name", name);
    set_text(attributes, "kind", "access control");
    attributes.set("enabled", enabled);
    set_text(attributes, "profile", profile);
  };
  if (selinux) add("SELinux", true, base::trim(*selinux) == "1" ? "enforcing" : "permissive");
  if (apparmor) add("AppArmor", base::trim(*apparmor) == "Y", {});
}

}  // namespace

base::Result<void> protection(const Host& host, SourceOutput& out) {
  const auto cgroups = cgroup_mount_point(host);
  add_scanners(host, cgroups, out);
  add_firewalls(host, cgroups, out);
  add_access_control(host, out);
  return {};
}

}  // namespace censo::agent::sources
