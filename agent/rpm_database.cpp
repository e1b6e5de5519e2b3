#include "agent/rpm_database.h"

#include "base/text.h"

#include <sqlite3.h>

#include <array>
#include <utility>

namespace censo::agent {
namespace {

using base::Errc;

constexpr std::array<std::string_view, 2> folders{"/var/lib/rpm/", "/usr/lib/sysimage/rpm/"};
constexpr std::uint64_t max_database_bytes = 1024ULL * 1024 * 1024;
constexpr int max_header_bytes = 64 * 1024 * 1024;

base::Result<std::string> find_database(const Host& host) {
  for (const std::string_view folder : folders) {
    const std::string path = std::string(folder) + "rpmdb.sqlite";
    const auto status = host.status(path);
    if (!status) continue;
    if (status->kind != FileKind::regular)
      return base::fail(Errc::unsupported, "expected a regular file", path);
    if (status->size > max_database_bytes) {
      return base::fail(Errc::limit_exceeded, "an RPM database of " + std::to_string(status->size) + " bytes",
                        path);
    }
    return path;
  }
  return base::fail(Errc::not_found, "no RPM database");
}

// "immutable": no lock is taken and no -wal file is looked for or made, in a folder that we may not write to.
// What a running rpm has not yet written back is seen next time.
std::string immutable_uri(std::string_view path) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  std::string uri = "file:";
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '%' || c == '?' || c == '#') {
      uri += {'%', hex[byte >> 4], hex[byte & 0xf]};
    } else {
      uri += c;
    }
  }
  return uri + "?immutable=1";
}

}  // namespace

void RpmDatabase::Close::operator()(sqlite3* database) const {
  sqlite3_close(database);
}

base::Error RpmDatabase::failure() const {
  return base::fail(Errc::malformed, sqlite3_errmsg(database_.get()), path_);
}

base::Result<RpmDatabase> RpmDatabase::open(const Host& host) {
  auto path = find_database(host);
  if (!path) return path.error();
  sqlite3* handle = nullptr;
  const int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX;
  const int opened = sqlite3_open_v2(immutable_uri(host.local_path(*path)).c_str(), &handle, flags, nullptr);
  RpmDatabase database(std::unique_ptr<sqlite3, Close>(handle), std::move(*path));
  if (opened != SQLITE_OK) {
    return base::fail(Errc::io_failed, handle != nullptr ? sqlite3_errmsg(handle) : "no memory",
                      database.path_);
  }
  sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, max_header_bytes);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  return database;
}

base::Result<void> RpmDatabase::each_package(const Take& take) const {
  return each_row("select blob from Packages", nullptr, take);
}

base::Result<void> RpmDatabase::each_package_with(const std::string& file_name, const Take& take) const {
  return each_row("select blob from Packages where hnum in (select hnum from Basenames where key = ?1)",
                  &file_name, take);
}

base::Result<void> RpmDatabase::each_row(const char* sql, const std::string* parameter,
                                         const Take& take) const {
  sqlite3_stmt* prepared = nullptr;
  if (sqlite3_prepare_v2(database_.get(), sql, -1, &prepared, nullptr) != SQLITE_OK) return failure();
  const std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> statement(prepared, &sqlite3_finalize);
  if (parameter != nullptr) {
    sqlite3_bind_text(prepared, 1, parameter->data(), static_cast<int>(parameter->size()), SQLITE_STATIC);
  }
  int step = sqlite3_step(prepared);
  for (; step == SQLITE_ROW; step = sqlite3_step(prepared)) {
    const auto* bytes = static_cast<const std::uint8_t*>(sqlite3_column_blob(prepared, 0));
    take(RpmHeader::parse({bytes, static_cast<std::size_t>(sqlite3_column_bytes(prepared, 0))}));
  }
  if (step != SQLITE_DONE) return failure();
  return {};
}

}  // namespace censo::agent
