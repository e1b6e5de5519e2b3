#include "cmdb/store/database.h"

#include "base/clock.h"
#include "base/log.h"
#include "cmdb/store/driver/open.h"
#include "cmdb/store/location.h"
#include "cmdb/store/migrate.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <future>
#include <iterator>
#include <mutex>
#include <random>
#include <span>
#include <thread>
#include <utility>
#include <vector>

namespace censo::store {
namespace {

struct Waiting {
  Job job;
  Done done;
};

// Where the threads of the callers meet those of the database.
class Queue {
 public:
  explicit Queue(std::size_t limit) : limit_(limit) {}

  bool push(Waiting&& waiting) {
    const std::lock_guard lock(mutex_);
    if (closed_ || waiting_.size() >= limit_) return false;
    waiting_.push_back(std::move(waiting));
    arrived_.notify_one();
    return true;
  }

  // Waits for the first, then takes whatever is there up to `most`; nothing: stopped and drained.
  std::vector<Waiting> take(const std::stop_token& stop, std::size_t most) {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, stop, [this] { return !waiting_.empty(); });
    const auto count = static_cast<std::ptrdiff_t>(std::min(most, waiting_.size()));
    std::vector<Waiting> taken(std::make_move_iterator(waiting_.begin()),
                               std::make_move_iterator(waiting_.begin() + count));
    waiting_.erase(waiting_.begin(), waiting_.begin() + count);
    return taken;
  }

  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }

  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return waiting_.size();
  }

 private:
  const std::size_t limit_;
  mutable std::mutex mutex_;
  std::condition_variable_any arrived_;
  std::deque<Waiting> waiting_;
  bool closed_ = false;
};

// Reasons that stay inside: another writer was in the way, so the group is run again.
constexpr const char* conflict = "WRITE_CONFLICT";
constexpr const char* contested = "KEY_CONTESTED";
constexpr const char* unreachable = "DATABASE_UNREACHABLE";
// PostgreSQL keeps 64 savepoints of a transaction at hand; with more, every other session's reads get slower.
constexpr std::size_t server_group_limit = 60;
constexpr int group_tries = 4;  // then its jobs one by one
constexpr int job_tries = 12;
// Where one job fails more do: a client that is refused again and again does not make every group run twice.
constexpr int groups_apart_after_failure = 32;

bool collided(const Outcome& outcome) {
  return !outcome && (outcome.error().reason == conflict || outcome.error().reason == contested);
}

Outcome given_up(Outcome outcome) {
  if (outcome || outcome.error().reason != conflict) return outcome;
  return base::fail(base::Errc::unavailable,
                    "other writers were in the way " + std::to_string(job_tries) +
                        " times; try again later: " + outcome.error().message,
                    {}, "DATABASE_BUSY");
}

// So that two writers which met do not meet again: at most 5 ms, 10 ms, ... 320 ms.
void pause_before_try(int next_try) {
  thread_local std::minstd_rand random{std::random_device{}()};
  const int most_us = 5'000 << std::min(next_try - 2, 6);
  std::this_thread::sleep_for(std::chrono::microseconds(std::uniform_int_distribution(0, most_us)(random)));
}

base::Error error_of(const StoreError& thrown) {
  switch (thrown.kind()) {
    case StoreError::Kind::full: return base::fail(base::Errc::unavailable, thrown.what(), {}, "DISK_FULL");
    case StoreError::Kind::busy:
      return base::fail(base::Errc::unavailable, thrown.what(), {}, "DATABASE_BUSY");
    case StoreError::Kind::io:
    case StoreError::Kind::corrupt:
      return base::fail(base::Errc::unavailable, thrown.what(), {}, "DATABASE_BROKEN");
    case StoreError::Kind::unavailable:
      return base::fail(base::Errc::unavailable, thrown.what(), {}, unreachable);
    case StoreError::Kind::conflict: return base::fail(base::Errc::unavailable, thrown.what(), {}, conflict);
    case StoreError::Kind::contested: return base::fail(base::Errc::io_failed, thrown.what(), {}, contested);
    default: return base::fail(base::Errc::io_failed, thrown.what());
  }
}

// Runs a step of the database's work; what it throws becomes an Error and one line in the log.
template <class Step>
Outcome attempt(const Step& step) {
  try {
    return step();
  } catch (const StoreError& thrown) {
    // Collisions are run again, and a server that went away is told of once (note_server).
    using Kind = StoreError::Kind;
    const bool expected = thrown.kind() == Kind::conflict || thrown.kind() == Kind::contested ||
                          thrown.kind() == Kind::unavailable;
    base::log(expected ? base::LogLevel::debug : base::LogLevel::error, "database.failed", thrown.what());
    return error_of(thrown);
  } catch (const std::exception& thrown) {
    base::log(base::LogLevel::error, "database.failed", thrown.what());
    return base::fail(base::Errc::io_failed, thrown.what());
  }
}

constexpr const char* queue_full = "the database queue is full";

}  // namespace

class Database::Threads {
 public:
  explicit Threads(const DatabaseSettings& settings);
  ~Threads();

  bool submit(Queue& queue, Waiting&& waiting);
  Outcome wait_for(Queue& queue, const Job& job);
  Counters counters() const;
  std::string failure() const;

  Queue writes;
  Queue reads;

 private:
  void write_groups(const std::stop_token& stop);
  void answer_group(std::span<Waiting> group);
  void settle_group(std::span<Waiting> group, const Outcome& committed, std::vector<Outcome> outcomes);
  Outcome commit_group(std::span<const Waiting> group, std::vector<Outcome>& outcomes);
  Outcome run_group(std::span<const Waiting> group, std::vector<Outcome>& outcomes);
  Outcome run_each_apart(std::span<const Waiting> group, std::vector<Outcome>& outcomes);
  Outcome run(const Job& job);
  void answer_reads(const std::stop_token& stop, Connection& connection);
  void finish(Waiting& waiting, Outcome outcome) noexcept;
  void note_server(const Outcome& outcome);

  const std::size_t group_limit_;
  std::unique_ptr<Connection> writer_;
  std::vector<std::unique_ptr<Connection>> readers_;
  int groups_to_run_apart_ = 0;                      // writer's thread only
  std::vector<std::function<void()>> after_commit_;  // of the group at work; writer's thread only
  std::atomic<std::uint64_t> commits_{0}, jobs_{0}, failed_jobs_{0}, refused_jobs_{0}, collisions_{0};
  std::atomic<bool> server_away_{false};
  mutable std::mutex failure_mutex_;
  std::string failure_;
  std::vector<std::jthread> threads_;  // last: they use everything above
};

Database::Threads::Threads(const DatabaseSettings& settings)
    : writes(settings.queue_limit),
      reads(settings.queue_limit),
      group_limit_(is_postgres(settings.location) ? std::min(settings.group_limit, server_group_limit)
                                                  : settings.group_limit) {
  writer_ = open_connection(settings.location);
  for (std::size_t i = 0; i < std::max<std::size_t>(settings.readers, 1); ++i) {
    readers_.push_back(driver::open(settings.location, driver::Access::read));
  }
  threads_.emplace_back([this](const std::stop_token& stop) { write_groups(stop); });
  for (const auto& reader : readers_) {
    threads_.emplace_back([this, &reader](const std::stop_token& stop) { answer_reads(stop, *reader); });
  }
}

// No new jobs; then each thread is told to stop, drains its queue and ends.
Database::Threads::~Threads() {
  writes.close();
  reads.close();
}

bool Database::Threads::submit(Queue& queue, Waiting&& waiting) {
  if (queue.push(std::move(waiting))) return true;
  ++refused_jobs_;
  return false;
}

Outcome Database::Threads::wait_for(Queue& queue, const Job& job) {
  // Shared: set_value() may still be at work when the waiting thread has its answer and is gone.
  const auto promise = std::make_shared<std::promise<Outcome>>();
  auto answer = promise->get_future();
  const bool accepted =
      submit(queue, {[&job](Transaction& tx) { return job(tx); },
                     [promise](Outcome outcome) { promise->set_value(std::move(outcome)); }});
  if (!accepted) return base::fail(base::Errc::unavailable, queue_full, {}, "QUEUE_FULL");
  return answer.get();
}

void Database::Threads::write_groups(const std::stop_token& stop) {
  for (auto group = writes.take(stop, group_limit_); !group.empty();
       group = writes.take(stop, group_limit_)) {
    answer_group(group);
  }
}

// A group that met another writer is run again as a whole, which is cheap and mostly enough, then job by job:
// short transactions meet seldom, and a job that cannot succeed no longer holds the others up.
void Database::Threads::answer_group(std::span<Waiting> group) {
  const int tries = group.size() > 1 ? group_tries : job_tries;
  for (int this_try = 1;; ++this_try) {
    std::vector<Outcome> outcomes;
    const Outcome committed = commit_group(group, outcomes);
    if (!collided(committed)) return settle_group(group, committed, std::move(outcomes));
    ++collisions_;
    if (this_try == tries && group.size() == 1) return settle_group(group, given_up(committed), {});
    if (this_try == tries) break;
    pause_before_try(this_try + 1);
  }
  for (std::size_t i = 0; i < group.size(); ++i) answer_group(group.subspan(i, 1));
}

// Nobody is answered before the commit has returned, and when it fails everybody hears of it.
void Database::Threads::settle_group(std::span<Waiting> group, const Outcome& committed,
                                     std::vector<Outcome> outcomes) {
  const auto steps = std::exchange(after_commit_, {});
  if (committed) {
    for (const auto& step : steps) step();
  }
  for (std::size_t i = 0; i < group.size(); ++i) {
    const bool failed_itself = i < outcomes.size() && !outcomes[i];
    finish(group[i], committed || failed_itself ? std::move(outcomes[i]) : committed);
  }
}

// After an I/O error in a commit the pages in memory and on the disk may differ for good: no later commit can
// be trusted.
Outcome Database::Threads::commit_group(std::span<const Waiting> group, std::vector<Outcome>& outcomes) {
  after_commit_.clear();
  if (const std::string broken = failure(); !broken.empty()) {
    return base::fail(base::Errc::unavailable, broken, {}, "DATABASE_BROKEN");
  }
  Outcome committed = attempt([&] { return run_group(group, outcomes); });
  if (committed) {
    committed = attempt([this]() -> Outcome {
      writer_->commit();
      ++commits_;
      return {};
    });
    // A server looks after its disk itself, and says so as "unavailable".
    if (!committed && committed.error().reason == "DATABASE_BROKEN") {
      const std::lock_guard lock(failure_mutex_);
      failure_ = committed.error().message;
    }
  }
  if (!committed) writer_->rollback();
  note_server(committed);
  return committed;
}

// One line when it goes and one when it is back, not one a job.
void Database::Threads::note_server(const Outcome& outcome) {
  const bool away = !outcome && outcome.error().reason == unreachable;
  if (server_away_.exchange(away) == away) return;
  base::log(away ? base::LogLevel::error : base::LogLevel::info, away ? "database.away" : "database.back",
            away ? outcome.error().message : "the database server answers again");
}

// A savepoint costs a copy of every page that a job changes, and few jobs fail: the group runs without any,
// and again with them once a job failed. A full disk or an I/O error may end the whole transaction: then the
// group is lost with the job that met it.
Outcome Database::Threads::run_group(std::span<const Waiting> group, std::vector<Outcome>& outcomes) {
  if (groups_to_run_apart_ > 0) {
    --groups_to_run_apart_;
    return run_each_apart(group, outcomes);
  }
  writer_->begin_write();
  for (const Waiting& waiting : group) {
    outcomes.push_back(run(waiting.job));
    if (outcomes.back()) continue;
    if (!writer_->in_transaction() || collided(outcomes.back())) return outcomes.back();
    writer_->rollback();
    if (group.size() == 1) {
      writer_->begin_write();  // nothing is left to commit
      return {};
    }
    outcomes.clear();
    after_commit_.clear();
    groups_to_run_apart_ = groups_apart_after_failure;
    return run_each_apart(group, outcomes);
  }
  return {};
}

Outcome Database::Threads::run_each_apart(std::span<const Waiting> group, std::vector<Outcome>& outcomes) {
  writer_->begin_write();
  for (const Waiting& waiting : group) {
    writer_->savepoint();
    outcomes.push_back(run(waiting.job));
    if (outcomes.back()) {
      writer_->release_savepoint();
      continue;
    }
    if (writer_->in_transaction()) writer_->rollback_to_savepoint();
    if (!writer_->in_transaction() || collided(outcomes.back())) return outcomes.back();
  }
  return {};
}

Outcome Database::Threads::run(const Job& job) {
  std::vector<std::function<void()>> steps;
  Outcome outcome = attempt([&] {
    Transaction tx(*writer_);
    Outcome done = job(tx);
    steps = tx.take_after_commit();
    return done;
  });
  if (outcome) std::ranges::move(steps, std::back_inserter(after_commit_));
  return outcome;
}

void Database::Threads::answer_reads(const std::stop_token& stop, Connection& connection) {
  for (auto taken = reads.take(stop, 1); !taken.empty(); taken = reads.take(stop, 1)) {
    const Outcome outcome = attempt([&] {
      connection.begin_read();
      Transaction tx(connection);
      return taken.front().job(tx);
    });
    connection.rollback();
    note_server(outcome);
    finish(taken.front(), outcome);
  }
}

void Database::Threads::finish(Waiting& waiting, Outcome outcome) noexcept {
  ++(outcome ? jobs_ : failed_jobs_);
  waiting.done(std::move(outcome));
}

Database::Counters Database::Threads::counters() const {
  return {commits_, jobs_, failed_jobs_, refused_jobs_, collisions_, writes.size(), reads.size()};
}

std::string Database::Threads::failure() const {
  const std::lock_guard lock(failure_mutex_);
  return failure_;
}

Database::Database(const DatabaseSettings& settings) : threads_(std::make_unique<Threads>(settings)) {}

Database::~Database() = default;

Outcome Database::write(const Job& job) {
  return threads_->wait_for(threads_->writes, job);
}

Outcome Database::read(const Job& job) {
  return threads_->wait_for(threads_->reads, job);
}

bool Database::submit_write(Job job, Done done) {
  return threads_->submit(threads_->writes, {std::move(job), std::move(done)});
}

bool Database::submit_read(Job job, Done done) {
  return threads_->submit(threads_->reads, {std::move(job), std::move(done)});
}

Database::Counters Database::counters() const {
  return threads_->counters();
}

std::string Database::failure() const {
  return threads_->failure();
}

std::unique_ptr<Connection> open_connection(const std::string& location) {
  auto connection = driver::open(location, driver::Access::write);
  migrate(*connection, embedded_migrations(), base::SystemClock().now());
  return connection;
}

}  // namespace censo::store
