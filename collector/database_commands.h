// What an operator does with the whole database: `censo-collector migrate, backup, restore, check, export,
// import`. Each prints what it did, or what is wrong, and returns the program's exit status. Throw
// store::StoreError.
#pragma once

#include "collector/collector_config.h"

#include <string>

namespace censo::collector {

constexpr int exit_findings = 8;  // `check` found something

int migrate_database(const CollectorConfig& config, bool dry_run);
// The database and, unless told otherwise, the keys of the state folder that cannot be made anew.
int back_up(const CollectorConfig& config, const std::string& file, bool without_keys);
// Into an empty state folder. `force` moves what is there aside, which nothing deletes.
int restore(const CollectorConfig& config, const std::string& file, bool force);
int check_database(const CollectorConfig& config);
int export_database(const CollectorConfig& config, const std::string& file);
int import_database(const CollectorConfig& config, const std::string& file);

}  // namespace censo::collector
