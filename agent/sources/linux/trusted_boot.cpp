// What a security audit asks first of a machine: how it started, secure boot, its TPM.
#include "agent/attributes.h"
#include "agent/source.h"
#include "agent/sysfs_folder.h"

namespace censo::agent::sources {
namespace {

constexpr std::string_view efi_folder = "/sys/firmware/efi";

// An EFI variable's file: four bytes of attributes, then its value.
std::optional<bool> efi_flag(const Host& host, std::string_view name) {
  const auto bytes = host.read_file(
      std::string(efi_folder) + "/efivars/" + std::string(name) + "-8be4df61-93ca-11d2-aa0d-00e098032b8c",
      4096);
  if (!bytes || bytes->size() != 5) return std::nullopt;
  return (*bytes)[4] == 1;
}

void add_secure_boot(const Host& host, inventory::Attributes& subject) {
  const bool efi = host.status(efi_folder).has_value();
  set_text(subject, "boot_mode", efi ? "uefi" : "bios");
  const auto secure = efi_flag(host, "SecureBoot");
  const bool setup_mode = efi_flag(host, "SetupMode").value_or(false);
  if (!efi) {
    set_text(subject, "secure_boot", "unsupported");
  } else if (secure) {
    set_text(subject, "secure_boot", *secure && !setup_mode ? "enabled" : "disabled");
  }
}

void add_tpm(const Host& host, inventory::Attributes& subject) {
  const SysfsFolder tpm(host, "/sys/class/tpm/tpm0");
  if (!host.status(tpm.path())) return;
  const auto major = tpm.text("tpm_version_major");
  // 1.2 has a file of its own folder, where newer kernels tell no version.
  if (major == "2") set_text(subject, "tpm_version", "2.0");
  if (major == "1" || (major.empty() && tpm.has("device/caps"))) set_text(subject, "tpm_version", "1.2");
}

// "integrity" of "none [integrity] confidentiality"
void add_lockdown(const Host& host, inventory::Attributes& subject) {
  const auto text = host.read_file("/sys/kernel/security/lockdown", 4096);
  if (!text) return;
  const auto open = text->find('['), close = text->find(']');
  if (open != std::string::npos && close != std::string::npos && open < close)
    set_text(subject, "kernel_lockdown", text->substr(open + 1, close - open - 1));
}

}  // namespace

base::Result<void> trusted_boot(const Host& host, SourceOutput& out) {
  const bool has_firmware = host.status(efi_folder) || host.status("/sys/firmware/dmi") ||
                            host.status("/sys/class/dmi/id") || host.status("/sys/class/tpm/tpm0");
  if (!has_firmware) return base::fail(base::Errc::not_found, "no firmware is visible");
  add_secure_boot(host, out.section.attributes);
  add_tpm(host, out.section.attributes);
  add_lockdown(host, out.section.attributes);
  return {};
}

}  // namespace censo::agent::sources
