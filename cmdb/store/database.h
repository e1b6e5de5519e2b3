// The database with its threads: one writer that drains a bounded queue and commits what waits together, and
// readers with a connection each. Safe to call from any thread.
#pragma once

#include "base/result.h"
#include "cmdb/store/transaction.h"

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <string>

namespace censo::store {

struct DatabaseSettings {
  std::string location;  // a path: SQLite's file; postgresql://...: a server (cmdb/store/location.h)
  std::size_t readers = 2;
  std::size_t queue_limit = 1024;  // jobs waiting; more are Errc::unavailable
  std::size_t group_limit = 200;   // jobs in one commit
};

// What a job says of itself: ok, or an Error after which everything it wrote is taken back.
using Outcome = base::Result<void>;
// A job may be run several times, until a run is committed: when another job of its group failed, and on a
// server, where other collectors write too and one of two that are in each other's way begins anew. So a job
// changes nothing outside its transaction but what every run sets from the start; what may happen only once
// belongs in Transaction::after_commit or in `done`.
using Job = std::function<Outcome(Transaction&)>;
// Called on the writer's or reader's thread after the shared commit returned (or failed): exactly once, must
// not throw and must not block. A StoreError in the job or in the commit arrives as Errc::unavailable with
// the cause in the message (reason DISK_FULL, DATABASE_BROKEN, DATABASE_BUSY, or DATABASE_UNREACHABLE: the
// server went away, and whether the job was committed is not known), anything else thrown as Errc::io_failed.
using Done = std::function<void(Outcome)>;

class Database {
 public:
  // Opens or makes the database, brings the schema up to date (forward only), starts the threads.
  // Throws StoreError: corrupt, newer_schema, io, unavailable.
  explicit Database(const DatabaseSettings& settings);
  ~Database();  // finishes the jobs that were accepted, then stops

  // Blocks until the job's commit is durable. Errors of the job pass through; Errc::unavailable with reason
  // QUEUE_FULL when the queue is full. Not to be called from a job or a `done`: it would wait for itself.
  Outcome write(const Job& job);
  // Blocks until the job, run in one read transaction on a reader's connection, ended. A write in it fails.
  Outcome read(const Job& job);

  // The same without blocking. False: the queue is full, `done` is not called.
  [[nodiscard]] bool submit_write(Job job, Done done);
  [[nodiscard]] bool submit_read(Job job, Done done);

  struct Counters {
    std::uint64_t commits = 0;  // groups committed
    std::uint64_t jobs = 0;     // jobs that ended well, reads and writes
    std::uint64_t failed_jobs = 0, refused_jobs = 0;
    std::uint64_t collisions = 0;  // runs of groups that were undone for another writer's sake
    std::size_t waiting = 0;       // writes in the queue
    std::size_t waiting_reads = 0;
  };
  Counters counters() const;
  // Why no write is taken any more: after an I/O error in a commit nobody knows what is on the disk, so the
  // program has to end (exit status 75) and start anew. Empty as long as all is well, and with a server
  // always: a lost connection is made anew.
  std::string failure() const;

 private:
  class Threads;
  std::unique_ptr<Threads> threads_;
};

// One connection without threads, its schema up to date: for programs that do one thing, and for tests (path
// ":memory:"). Statements outside begin_write() and commit() commit by themselves. Throws as Database does.
std::unique_ptr<Connection> open_connection(const std::string& location);

}  // namespace censo::store
