// RPM's package database in its SQLite form, read without librpm and without its lock.
#pragma once

#include "agent/host.h"
#include "agent/rpm_header.h"
#include "base/result.h"

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct sqlite3;

namespace censo::agent {

class RpmDatabase {
 public:
  // Errc::not_found when the host has none. For the other forms see rpm_ndb.h and rpm_berkeley.h.
  static base::Result<RpmDatabase> open(const Host& host);

  using Take = std::function<void(const base::Result<RpmHeader>& header)>;
  // Every package's header. A header that cannot be parsed is handed over as its error.
  base::Result<void> each_package(const Take& take) const;
  // Those that have a file of this last name, wherever it lies.
  base::Result<void> each_package_with(const std::string& file_name, const Take& take) const;

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  explicit RpmDatabase(std::unique_ptr<sqlite3, Close> database, std::string path)
      : database_(std::move(database)), path_(std::move(path)) {}
  base::Result<void> each_row(const char* sql, const std::string* parameter, const Take& take) const;
  base::Error failure() const;

  std::unique_ptr<sqlite3, Close> database_;
  std::string path_;
};

}  // namespace censo::agent
