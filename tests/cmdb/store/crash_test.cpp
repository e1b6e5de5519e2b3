// A writer is killed in the middle of its work, again and again: what it acknowledged must be there, whole
// and in order. CENSO_CRASH_CYCLES sets how often (40 otherwise).
#include "cmdb/store/database.h"

#include "tests/cmdb/store/temporary_folder.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <thread>

namespace censo::store {
namespace {

enum class Ack { after_commit, before_commit };

int cycles() {
  const char* wanted = std::getenv("CENSO_CRASH_CYCLES");
  return wanted ? std::atoi(wanted) : 40;
}

void acknowledge(int pipe, std::int64_t id) {
  if (write(pipe, &id, sizeof id) != static_cast<ssize_t>(sizeof id)) _exit(1);
}

// The child: numbers one after the other, each its own job, until it is killed.
[[noreturn]] void write_for_ever(const std::string& path, std::int64_t first, int pipe, Ack ack) {
  Database database({path, 1, 256, 100});
  for (std::int64_t id = first;; ++id) {
    const Job job = [=](Transaction& tx) -> Outcome {
      tx.execute("insert into origin (id, kind, native_id) values ($1, 'agent', $2)", id, std::to_string(id));
      if (ack == Ack::before_commit) acknowledge(pipe, id);
      return {};
    };
    const Done done = [=](const Outcome& outcome) {
      if (outcome && ack == Ack::after_commit) acknowledge(pipe, id);
    };
    while (!database.submit_write(job, done)) std::this_thread::yield();
  }
}

struct Found {
  std::int64_t rows = 0, highest = 0;
  std::string integrity;
};

Found look_into(const std::string& path) {
  const auto connection = open_connection(path);
  Transaction tx(*connection);
  const auto row = tx.query_one("select count(*), coalesce(max(id), 0) from origin");
  return {row->integer(0), row->integer(1), tx.query_one("pragma integrity_check")->text(0)};
}

// Starts a writer, kills it after some acknowledgements, and returns the last one that came through.
std::int64_t kill_a_writer(const std::string& path, std::int64_t first, int acks, Ack ack) {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) throw std::runtime_error("no pipe");
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    write_for_ever(path, first, ends[1], ack);
  }
  close(ends[1]);
  std::int64_t id = 0, last = 0;
  for (int seen = 0; read(ends[0], &id, sizeof id) == static_cast<ssize_t>(sizeof id); last = id) {
    if (++seen == acks) kill(child, SIGKILL);
  }
  close(ends[0]);
  waitpid(child, nullptr, 0);
  return last;
}

TEST(Crash, EveryAcknowledgedJobIsThereAfterAKill) {
  const test::TemporaryFolder folder;
  const std::string path = folder / "censo.db";
  std::int64_t highest = look_into(path).highest;
  for (int cycle = 0; cycle < cycles(); ++cycle) {
    const std::int64_t acknowledged =
        kill_a_writer(path, highest + 1, 1 + cycle * 37 % 500, Ack::after_commit);
    const Found found = look_into(path);
    ASSERT_GE(found.highest, acknowledged) << "cycle " << cycle;
    ASSERT_EQ(found.rows, found.highest) << "a gap, cycle " << cycle;
    ASSERT_EQ(found.integrity, "ok") << "cycle " << cycle;
    highest = found.highest;
  }
}

// The check above can fail: a writer that acknowledges before the commit is caught.
TEST(Crash, AnAcknowledgementBeforeTheCommitIsCaught) {
  const test::TemporaryFolder folder;
  const std::string path = folder / "censo.db";
  std::int64_t highest = look_into(path).highest;
  bool caught = false;
  for (int cycle = 0; cycle < 100 && !caught; ++cycle) {
    const std::int64_t acknowledged =
        kill_a_writer(path, highest + 1, 1 + cycle * 37 % 500, Ack::before_commit);
    highest = look_into(path).highest;
    caught = highest < acknowledged;
  }
  EXPECT_TRUE(caught);
}

}  // namespace
}  // namespace censo::store
