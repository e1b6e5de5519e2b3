// The n-th write or sync of a database file fails, for every n in turn: what was acknowledged must be there
// afterwards, and what was refused is told.
#include "cmdb/store/database.h"

#include "tests/cmdb/store/temporary_folder.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <set>

namespace censo::store {
namespace {

// Counts down at each write and sync; fails at zero, once or from then on. Negative: never.
std::atomic<int> calls_left{-1};
std::atomic<bool> sticky{false};
std::atomic<int> error_code{SQLITE_IOERR};
// Of database files, and of the others (journals, write-ahead logs), which have methods of their own.
std::array<sqlite3_io_methods, 2> real_methods, faulty_methods;
sqlite3_vfs* real_vfs = nullptr;
sqlite3_vfs faulty_vfs;

const sqlite3_io_methods& real_methods_of(const sqlite3_file* file) {
  return file->pMethods == &faulty_methods[0] ? real_methods[0] : real_methods[1];
}

bool fails_now() {
  if (calls_left < 0) return false;
  if (calls_left > 0) --calls_left;
  if (calls_left > 0) return false;
  if (!sticky) calls_left = -1;
  return true;
}

int faulty_write(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 offset) {
  if (!fails_now()) return real_methods_of(file).xWrite(file, bytes, count, offset);
  real_methods_of(file).xWrite(file, bytes, count / 2, offset);  // half of it is there
  return error_code == SQLITE_FULL ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

int faulty_sync(sqlite3_file* file, int flags) {
  if (!fails_now()) return real_methods_of(file).xSync(file, flags);
  return error_code == SQLITE_FULL ? SQLITE_FULL : SQLITE_IOERR_FSYNC;
}

int faulty_open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  const int code = real_vfs->xOpen(real_vfs, name, file, flags, out_flags);
  if (code != SQLITE_OK || !file->pMethods) return code;
  const std::size_t kind = (flags & SQLITE_OPEN_MAIN_DB) != 0 ? 0 : 1;
  if (!real_methods[kind].xWrite) {
    real_methods[kind] = faulty_methods[kind] = *file->pMethods;
    faulty_methods[kind].xWrite = faulty_write;
    faulty_methods[kind].xSync = faulty_sync;
  }
  file->pMethods = &faulty_methods[kind];
  return code;
}

class IoFault : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    real_vfs = sqlite3_vfs_find(nullptr);
    faulty_vfs = *real_vfs;
    faulty_vfs.zName = "faulty";
    faulty_vfs.xOpen = faulty_open;
    sqlite3_vfs_register(&faulty_vfs, 1);
  }
  static void TearDownTestSuite() { sqlite3_vfs_unregister(&faulty_vfs); }
  void TearDown() override { calls_left = -1; }

  static void fail_at(int call, int code, bool for_ever) {
    error_code = code;
    sticky = for_ever;
    calls_left = call;
  }
  static Job insert(std::int64_t id) {
    return [id](Transaction& tx) -> Outcome {
      tx.execute("insert into origin (id, kind, native_id) values ($1, 'agent', $2)", id,
                 std::string(3'000, 'x') + std::to_string(id));
      return {};
    };
  }
  static std::set<std::int64_t> stored(const std::string& path) {
    const auto connection = open_connection(path);
    std::set<std::int64_t> ids;
    Transaction tx(*connection);
    for (const Row& row : tx.query("select id from origin")) ids.insert(row.integer(0));
    EXPECT_EQ(tx.query_one("pragma integrity_check")->text(0), "ok");
    return ids;
  }
  // Six commits with a fault at the given call; the ids that were acknowledged.
  static std::set<std::int64_t> acknowledged(const std::string& path, int call, int code, bool for_ever) {
    std::set<std::int64_t> ids;
    Database database({path, 1, 64, 10});
    fail_at(call, code, for_ever);
    for (std::int64_t id = 1; id <= 6; ++id) {
      if (database.write(insert(id))) ids.insert(id);
    }
    calls_left = -1;
    return ids;
  }
  static void check_all_points(int code, bool for_ever) {
    for (int call = 1; call <= 40; ++call) {
      const test::TemporaryFolder folder;
      const auto ids = acknowledged(folder / "censo.db", call, code, for_ever);
      const auto found = stored(folder / "censo.db");
      EXPECT_TRUE(std::ranges::includes(found, ids)) << "call " << call;
      EXPECT_TRUE(call > 1 || ids.size() < 6) << "no fault was met";
    }
  }

  test::TemporaryFolder folder;
};

TEST_F(IoFault, AcknowledgedJobsSurviveAnErrorAtEveryCall) {
  check_all_points(SQLITE_IOERR, false);
}

TEST_F(IoFault, AcknowledgedJobsSurviveADiskThatStaysBroken) {
  check_all_points(SQLITE_IOERR, true);
}

TEST_F(IoFault, AcknowledgedJobsSurviveAFullDisk) {
  check_all_points(SQLITE_FULL, false);
}

TEST_F(IoFault, AfterAFailedCommitNoJobIsTakenAnyMore) {
  Database database({folder / "censo.db", 1, 64, 10});
  fail_at(1, SQLITE_IOERR, false);
  const auto refused = database.write(insert(1));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, base::Errc::unavailable);
  EXPECT_EQ(refused.error().reason, "DATABASE_BROKEN");
  EXPECT_NE(database.failure(), "");
  EXPECT_FALSE(database.write(insert(2)));
}

TEST_F(IoFault, ReadsGoOnAfterAFailedCommit) {
  Database database({folder / "censo.db", 1, 64, 10});
  fail_at(1, SQLITE_IOERR, false);
  EXPECT_FALSE(database.write(insert(1)));
  EXPECT_TRUE(database.read([](Transaction& tx) -> Outcome {
    EXPECT_EQ(tx.query_one("select count(*) from origin")->integer(0), 0);
    return {};
  }));
}

TEST_F(IoFault, AFullDiskIsToldAndWorkGoesOnWhenThereIsRoomAgain) {
  Database database({folder / "censo.db", 1, 64, 10});
  fail_at(1, SQLITE_FULL, true);
  EXPECT_EQ(database.write(insert(1)).error().reason, "DISK_FULL");
  calls_left = -1;
  EXPECT_EQ(database.failure(), "");
  EXPECT_TRUE(database.write(insert(1)));
}

}  // namespace
}  // namespace censo::store
