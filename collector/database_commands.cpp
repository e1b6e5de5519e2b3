#include "collector/database_commands.h"

#include "base/clock.h"
#include "base/file.h"
#include "cmdb/invariants.h"
#include "cmdb/store/check.h"
#include "cmdb/store/database.h"
#include "cmdb/store/location.h"
#include "cmdb/store/transfer.h"
#include "collector/folder_lock.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <map>
#include <utility>

namespace censo::collector {
namespace {

using base::Errc;
using base::fail;
using Files = std::map<std::string, std::string>;  // name in the state folder -> content

// What agents and stored credentials hang on. The listeners' certificate is made anew by every start.
constexpr std::array<const char*, 3> kept_keys{"ca/ca.key", "ca/ca.pem", "scanner.key"};

int failed(const base::Error& error) {
  fmt::print(stderr, "censo-collector: {}\n", base::to_string(error));
  return error.code == Errc::invalid_argument ? 2 : 1;
}

int done(const char* what, const store::TransferCount& count, const std::string& file) {
  fmt::print("{} {} tables, {} rows, {} key files: {}\n", what, count.tables, count.rows, count.files.size(),
             file);
  return std::fflush(stdout) == 0 ? 0 : 1;
}

bool is_there(const CollectorConfig& config) {
  return store::is_postgres(config.database) || std::filesystem::exists(config.database);
}

base::Error no_database(const CollectorConfig& config) {
  return fail(Errc::not_found, "there is no database yet; a collector's first start makes it",
              config.database);
}

base::Result<Files> keys_of(const CollectorConfig& config) {
  Files files;
  for (const char* name : kept_keys) {
    const std::string path = config.state_dir + "/" + name;
    if (!std::filesystem::exists(path)) continue;
    auto content = base::read_own_file(path);
    if (!content) return content.error();
    files[name] = std::move(*content);
  }
  return files;
}

// What a restore would write over: the database file and keys that differ from the backup's.
base::Result<std::vector<std::string>> in_the_way(const CollectorConfig& config, const Files& keys) {
  std::vector<std::string> paths;
  for (const char* end : {"", "-wal", "-shm"}) {
    const std::string path = config.database + end;
    if (!store::is_postgres(config.database) && std::filesystem::exists(path)) paths.push_back(path);
  }
  const auto present = keys_of(config);
  if (!present) return present.error();
  for (const auto& [name, content] : keys) {
    const auto same = present->find(name);
    if (same != present->end() && same->second != content) paths.push_back(config.state_dir + "/" + name);
  }
  return paths;
}

base::Result<void> move_aside(const std::vector<std::string>& paths) {
  const std::string end = ".before-restore-" + std::to_string(base::SystemClock().now());
  for (const std::string& path : paths) {
    std::error_code error;
    std::filesystem::rename(path, path + end, error);
    if (error) return fail(Errc::io_failed, "cannot move aside: " + error.message(), path);
    fmt::print("moved aside: {}{}\n", path, end);
  }
  return {};
}

base::Result<void> write_keys(const CollectorConfig& config, const Files& keys) {
  for (const auto& [name, content] : keys) {
    const std::string path = config.state_dir + "/" + name;
    const auto folder = base::make_private_folder(std::filesystem::path(path).parent_path().string());
    if (!folder) return folder.error();
    if (const auto written = base::write_own_file(path, content, 0600); !written) return written.error();
  }
  return {};
}

base::Result<void> check_keys(const Files& keys) {
  for (const auto& [name, content] : keys) {
    if (std::ranges::find(kept_keys, name) == kept_keys.end()) {
      return fail(Errc::malformed, "the file brings " + name + ", which no backup has");
    }
  }
  return {};
}

}  // namespace

int migrate_database(const CollectorConfig& config, bool dry_run) {
  store::SchemaVersions versions;
  if (is_there(config)) {
    versions = store::schema_versions(config.database);
  } else {
    versions.known = store::known_schema();
  }
  if (!dry_run) (void)store::open_connection(config.database);
  if (versions.found == versions.known) {
    fmt::print("schema {}: up to date\n", versions.found);
  } else {
    fmt::print("schema {}, {} {}\n", versions.found, dry_run ? "would become" : "is now", versions.known);
  }
  return std::fflush(stdout) == 0 ? 0 : 1;
}

int back_up(const CollectorConfig& config, const std::string& file, bool without_keys) {
  if (!is_there(config)) return failed(no_database(config));
  const auto keys = without_keys ? base::Result<Files>(Files{}) : keys_of(config);
  if (!keys) return failed(keys.error());
  const auto count = store::export_database(config.database, file, *keys);
  return count ? done("backed up", *count, file) : failed(count.error());
}

int restore(const CollectorConfig& config, const std::string& file, bool force) {
  const auto whole = store::verify_export(file);
  if (!whole) return failed(whole.error());
  if (const auto known = check_keys(whole->files); !known) return failed(known.error());
  if (const auto folder = base::make_private_folder(config.state_dir); !folder) return failed(folder.error());
  const auto lock = FolderLock::take(config.state_dir);
  if (!lock) return failed(lock.error());
  const auto obstacles = in_the_way(config, whole->files);
  if (!obstacles) return failed(obstacles.error());
  if (!obstacles->empty() && !force) {
    return failed(
        fail(Errc::conflict, "the state folder is not empty; --force moves it aside", obstacles->front()));
  }
  if (const auto moved = move_aside(*obstacles); !moved) return failed(moved.error());
  const auto count = store::import_database(config.database, file);
  if (!count) return failed(count.error());
  if (const auto written = write_keys(config, count->files); !written) return failed(written.error());
  return done("restored", *count, file);
}

int check_database(const CollectorConfig& config) {
  if (!is_there(config)) return failed(no_database(config));
  const auto findings = store::check_database(config.database, cmdb::broken_invariants);
  for (const std::string& finding : findings) fmt::print("{}\n", finding);
  if (findings.empty()) fmt::print("nothing found\n");
  return std::fflush(stdout) != 0 ? 1 : findings.empty() ? 0 : exit_findings;
}

int export_database(const CollectorConfig& config, const std::string& file) {
  return back_up(config, file, true);
}

int import_database(const CollectorConfig& config, const std::string& file) {
  const auto count = store::import_database(config.database, file);
  return count ? done("imported", *count, file) : failed(count.error());
}

}  // namespace censo::collector
