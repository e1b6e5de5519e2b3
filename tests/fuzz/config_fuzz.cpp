// A settings file: every value that is accepted can be got as its kind.
#include "base/config.h"

#include <unistd.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>

namespace {

using censo::base::Config;
using censo::base::Setting;
using censo::base::SettingKind;

constexpr std::array<Setting, 6> table{{
    {"server.listen", "", SettingKind::text, "127.0.0.1:1", ""},
    {"server.workers", "", SettingKind::integer, "2", ""},
    {"server.tls", "", SettingKind::boolean, "true", ""},
    {"interval", "", SettingKind::duration, "1h", ""},
    {"spool.size", "", SettingKind::size, "64MiB", ""},
    {"server.names", "", SettingKind::text_list, "a,b", ""},
}};

// One file of this process, removed at its end.
struct SettingsFile {
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("censo-config-fuzz-" + std::to_string(::getpid()) + ".yaml");
  ~SettingsFile() {
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static const SettingsFile file;
  std::ofstream(file.path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes), static_cast<long>(size));
  std::filesystem::permissions(file.path, std::filesystem::perms(0600));
  Config::Sources sources;
  sources.main_file = file.path.string();
  const auto config = Config::load(table, sources);
  if (!config) return 0;
  (void)config->text("server.listen");
  (void)config->integer("server.workers");
  (void)config->boolean("server.tls");
  (void)config->duration_ms("interval");
  (void)config->size_bytes("spool.size");
  (void)config->text_list("server.names");
  (void)config->shown();
  return 0;
}
