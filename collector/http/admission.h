// Which connections may stand, and how often a source may try. Thread-safe: io threads share these counts
// under short locks (docs/decisions/0050-admission.md). Outlives every connection.
#pragma once

#include "collector/http/limits.h"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace censo::collector::http {

// The network that an address belongs to, as a key; IPv4 inside IPv6 counts as IPv4. An address that is none
// is its own network.
std::string network_of(std::string_view address, unsigned bits_v4, unsigned bits_v6);

class Admission {
 public:
  explicit Admission(const Limits& limits) : limits_(limits) {}

  // One connection's share of the counts, given back when it dies.
  class Slot {
   public:
    Slot(Admission& admission, std::string source) : admission_(&admission), source_(std::move(source)) {}
    Slot(Slot&& other) noexcept
        : admission_(std::exchange(other.admission_, nullptr)),
          source_(std::move(other.source_)),
          in_handshake_(other.in_handshake_),
          unproven_(other.unproven_) {}
    Slot(const Slot&) = delete;
    Slot& operator=(Slot&&) = delete;
    ~Slot();
    void end_handshake();
    void prove();  // it has shown who it is

   private:
    Admission* admission_;
    std::string source_;
    bool in_handshake_ = true, unproven_ = true;
  };

  bool has_room() const;
  // Calls `wake` once, from any thread, when there is room (again).
  void when_room(std::function<void()> wake);
  void wake_nobody();  // forgets those who wait: their io_contexts are about to die
  // Nothing: the source holds as many unproven connections as it may. The caller has asked has_room().
  std::optional<Slot> enter(std::string_view address);

 private:
  bool room() const { return connections_ < limits_.connections && handshakes_ < limits_.handshakes; }
  void leave(const std::function<void()>& change);

  const Limits& limits_;
  mutable std::mutex mutex_;
  std::size_t connections_ = 0, handshakes_ = 0;
  std::unordered_map<std::string, std::size_t> unproven_;
  std::vector<std::function<void()>> waiting_;
};

// At most so many tries a minute from one source.
class RateLimit {
 public:
  explicit RateLimit(std::size_t per_minute) : per_minute_(per_minute) {}
  // Counts the try. Nothing: go on; else the seconds to wait.
  std::optional<int> exceeded(const std::string& source, std::chrono::steady_clock::time_point now);

 private:
  struct Window {
    std::chrono::steady_clock::time_point start;
    std::size_t tries = 0;
  };
  const std::size_t per_minute_;
  std::mutex mutex_;
  std::unordered_map<std::string, Window> windows_;
};

// Bytes in flight over all connections.
class ByteBudget {
 public:
  explicit ByteBudget(std::size_t bytes) : free_(static_cast<std::ptrdiff_t>(bytes)) {}

  // What one request holds of it, given back when it dies.
  class Share {
   public:
    explicit Share(ByteBudget& budget) : budget_(budget) {}
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;
    ~Share() { budget_.free_ += held_; }
    [[nodiscard]] bool take(std::size_t bytes);  // false: the budget is spent; nothing was taken

   private:
    ByteBudget& budget_;
    std::ptrdiff_t held_ = 0;
  };

 private:
  std::atomic<std::ptrdiff_t> free_;
};

}  // namespace censo::collector::http
