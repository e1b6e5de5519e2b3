// The server is killed with all its processes in the middle of commits, again and again: what was acknowledged must be there, and the
// database goes on by itself when the server is back. CENSO_SERVER_CRASH_CYCLES sets how often (10 otherwise).
#include "cmdb/store/database.h"

#include "tests/cmdb/store/temporary_folder.h"
#include "tests/cmdb/store/test_location.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

namespace censo::store {
namespace {

int cycles() {
  const char* wanted = std::getenv("CENSO_SERVER_CRASH_CYCLES");
  return wanted ? std::atoi(wanted) : 10;
}

// A durable server of this test's own.
class Server {
 public:
  Server() { run("start"); }
  ~Server() { run("stop"); }
  std::string url() const { return "postgresql:///postgres?user=censo&host=" + (folder_ / ""); }
  void kill_and_start() {
    run("kill");
    run("start");
  }

 private:
  void run(const std::string& what) {
    const std::string command = "bash " CENSO_SOURCE_DIR "/tests/postgres.sh " + what + " " + (folder_ / "");
    if (std::system(command.c_str()) != 0) throw std::runtime_error(command + " failed");
  }
  test::TemporaryFolder folder_;
};

class Acknowledged {
 public:
  void add(std::int64_t id) {
    const std::lock_guard lock(mutex_);
    ids_.insert(id);
  }
  std::set<std::int64_t> ids() const {
    const std::lock_guard lock(mutex_);
    return ids_;
  }

 private:
  mutable std::mutex mutex_;
  std::set<std::int64_t> ids_;
};

// Numbers one after the other; a job that is not acknowledged is not asked about.
void write_until(const std::atomic<bool>& stop, Database& database, Acknowledged& acknowledged) {
  for (std::int64_t id = 1; !stop; ++id) {
    const Job job = [id](Transaction& tx) -> Outcome {
      tx.execute("insert into origin (id, kind, native_id) values ($1, 'agent', $2)", id, std::to_string(id));
      return {};
    };
    const Done done = [id, &acknowledged](const Outcome& outcome) {
      if (outcome) acknowledged.add(id);
    };
    if (!database.submit_write(job, done)) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

std::set<std::int64_t> rows_at(const std::string& url) {
  std::set<std::int64_t> ids;
  const auto connection = open_connection(url);
  for (const Row& row : Transaction(*connection).query("select id from origin")) ids.insert(row.integer(0));
  return ids;
}

TEST(ServerCrash, EveryAcknowledgedJobIsThereAfterEveryKill) {
  if (!test::on_postgres()) GTEST_SKIP() << "CENSO_TEST_POSTGRES names no server";
  Server server;
  Acknowledged acknowledged;
  std::atomic<bool> stop = false;
  std::optional<Database> database(std::in_place, DatabaseSettings{server.url()});
  std::jthread writer([&] { write_until(stop, *database, acknowledged); });
  bool in_every_cycle = true;
  std::size_t before = 0;
  for (int cycle = 0; cycle < cycles(); ++cycle) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100 + cycle * 37 % 200));
    server.kill_and_start();
    const auto now = acknowledged.ids().size();
    in_every_cycle = in_every_cycle && now > before;
    before = now;
  }
  stop = true;
  writer.join();
  EXPECT_EQ(database->failure(), "");
  database.reset();
  const auto acked = acknowledged.ids(), present = rows_at(server.url());
  EXPECT_TRUE(std::ranges::includes(present, acked));
  EXPECT_TRUE(in_every_cycle) << "a cycle without acknowledgements proves nothing";
}

}  // namespace
}  // namespace censo::store
