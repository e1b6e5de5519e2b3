#include "collector/scanner/sweep.h"

#include "base/digest.h"
#include "collector/scanner/sweep/answer.h"
#include "collector/scanner/sweep/batch_socket.h"
#include "collector/scanner/sweep/echo.h"
#include "collector/scanner/sweep/pace.h"
#include "collector/scanner/sweep/probe.h"
#include "collector/scanner/sweep/roster.h"

#include <cstring>
#include <deque>
#include <optional>
#include <utility>

namespace censo::scanner {
namespace {

using SteadyClock = std::chrono::steady_clock;
using Time = SteadyClock::time_point;
using Slot = Roster::Slot;

constexpr auto between_progress = std::chrono::milliseconds(200);
constexpr auto longest_wait = std::chrono::milliseconds(200);
constexpr std::size_t most_details = 4096;
constexpr int most_receptions = 8;  // in a row: who floods us with answers does not hold up the rest

// One family's part of a sweep.
class Sweep {
 public:
  struct Surroundings {
    std::span<const Probe> probes;
    const SweepSettings& settings;
    const std::stop_token& stop;
    const std::function<void(const SweepCounts&)>& on_progress;
    SweepResult& result;
    Time start;
  };

  // `ping`: none when the process may not.
  Sweep(const Surroundings& around, Roster roster, BatchSocket socket, std::optional<BatchSocket> ping)
      : around_(around),
        probes_(around.probes.begin(), around.probes.end()),
        roster_(std::move(roster)),
        socket_(std::move(socket)),
        ping_(std::move(ping)),
        pace_(around.settings.rate, around.settings.subnet_rate, roster_.subnets(), SteadyClock::now()),
        states_(roster_.size()),
        open_(roster_.size()) {
    const auto random = base::random_bytes(4 * roster_.size() + 8);
    for (Slot slot = 0; slot < states_.size(); ++slot)
      std::memcpy(&states_[slot].id, random.data() + 4 * slot, 4);
    std::uint64_t seed = 0;
    std::memcpy(&seed, random.data() + random.size() - 8, 8);
    order_ = roster_.spread_order(seed);
  }

  void run() {
    while (open_ > 0 && !around_.stop.stop_requested()) {
      const auto received = receive();
      if (ping_) receive_echoes();
      take_refusals();
      wake_ = SteadyClock::now() + longest_wait;
      const bool sent = send_batch();
      show_progress();
      if (!received && !sent && open_ > 0) socket_.wait(wake_, around_.stop);
    }
  }

 private:
  struct State {
    std::uint32_t id = 0;  // random; see first_id()
    std::uint32_t asked_ms = 0;
    std::uint8_t sent = 0;  // probes
    bool is_open = true;
    bool is_suspect = false;  // something came, but no answer
    bool is_pinged = false;
    bool is_present = false;  // it answered the ping
  };
  struct Waiting {
    Slot slot;
    Time until;
  };

  // A positive number of 31 bits and four octets in BER, with room for the number of a probe in its last
  // four bits.
  std::uint32_t first_id(Slot slot) const { return 0x40000000u | (states_[slot].id & 0x3ffffff0u); }
  static_assert(most_tries == 16);

  Found& found(Slot slot) { return around_.result.found[roster_[slot].target]; }
  SweepCounts& counts() { return around_.result.counts; }

  void conclude(Slot slot, Presence presence, std::uint8_t credential = 0) {
    auto& state = states_[slot];
    if (!state.is_open) return;
    state.is_open = false;
    --open_;
    ++counts().swept;
    if (presence == Presence::answered) ++counts().responding;
    if (presence == Presence::present) ++counts().present;
    found(slot) = {presence, credential, state.is_pinged, state.asked_ms, ms_since_start()};
  }

  std::uint32_t ms_since_start() const {
    return static_cast<std::uint32_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(SteadyClock::now() - around_.start).count());
  }

  void note(Slot slot, std::string detail) {
    auto& details = around_.result.details;
    if (details.size() < most_details) details.emplace(roster_[slot].target, std::move(detail));
  }

  bool receive() {
    for (int i = 0; i < most_receptions; ++i) {
      const auto received = socket_.receive();
      for (const auto& datagram : received) take(datagram);
      if (received.size() < BatchSocket::batch) return i > 0 || !received.empty();
    }
    return true;
  }

  void take(const BatchSocket::Received& datagram) {
    const auto slot = roster_.find(datagram.from, datagram.port);
    if (!slot || states_[*slot].sent == 0) {
      ++counts().foreign;
      return;
    }
    const auto answer =
        read_answer(datagram.octets, std::span(probes_).first(states_[*slot].sent), first_id(*slot));
    switch (answer.kind) {
      case SweepAnswer::Kind::answer:
        if (states_[*slot].is_open) {
          conclude(*slot, Presence::answered, probes_[answer.probe].credential);
        } else {
          ++counts().duplicates;
        }
        return;
      case SweepAnswer::Kind::unmatched: ++counts().unmatched; break;
      case SweepAnswer::Kind::malformed: ++counts().malformed; break;
    }
    if (std::exchange(states_[*slot].is_suspect, true)) return;
    note(*slot, datagram.is_cut ? "an answer of more than " + std::to_string(BatchSocket::longest) + " octets"
                                : answer.detail);
  }

  void receive_echoes() {
    for (int i = 0; i < most_receptions; ++i) {
      const auto received = ping_->receive();
      for (const auto& datagram : received) take_echo(datagram);
      if (received.size() < BatchSocket::batch) return;
    }
  }

  void take_echo(const BatchSocket::Received& datagram) {
    const auto slot = roster_.find(datagram.from);
    if (!slot || states_[*slot].sent < probes_.size()) return;
    const bool v4 = is_v4(datagram.from);
    if (echoed_id(v4, datagram.octets) == first_id(*slot)) states_[*slot].is_present = true;
  }

  void take_refusals() {
    for (auto refused = socket_.refusals(); !refused.empty(); refused = socket_.refusals())
      for (const auto& one : refused)
        if (const auto slot = roster_.find(one.by, one.port); slot && states_[*slot].sent > 0)
          conclude(*slot, Presence::refused);
  }

  bool send_batch() {
    const auto now = SteadyClock::now();
    slots_.clear();
    while (slots_.size() < BatchSocket::batch) {
      const auto slot = next_slot(now);
      if (!slot) break;
      auto& state = states_[*slot];
      auto& probe = probes_[state.sent];
      probe.set_id(first_id(*slot) + state.sent);
      if (state.sent++ == 0) state.asked_ms = ms_since_start();
      const auto& member = roster_[*slot];
      socket_.add(member.address, member.port, probe.octets);
      pace_.spend(member.subnet, now);
      waiting_.push_back({*slot, now + around_.settings.patience});
      slots_.push_back(*slot);
      if (ping_ && state.sent == probes_.size()) add_ping(*slot, now);
    }
    if (slots_.empty()) return false;
    counts().sent += slots_.size();
    for (const auto& unsent : socket_.send(around_.stop)) {
      note(slots_[unsent.place], std::string("cannot be reached: ") + std::strerror(unsent.error_number));
      conclude(slots_[unsent.place], Presence::silent);
      --counts().sent;
    }
    if (ping_ && ping_->added() > 0) (void)ping_->send(around_.stop);  // a ping that fails says nothing
    return true;
  }

  void add_ping(Slot slot, Time now) {
    const auto& member = roster_[slot];
    ping_->add(member.address, 0, echo_request(is_v4(member.address), first_id(slot)));
    pace_.spend(member.subnet, now);
    states_[slot].is_pinged = true;
    ++counts().pings;
  }

  // What is known of an address that did not answer.
  static Presence unanswered(const State& state) {
    if (state.is_suspect) return Presence::malformed;
    return state.is_present ? Presence::present : Presence::silent;
  }

  // Whoever has been silent long enough, else one who was not asked yet; nothing: wake_ says when to look
  // again.
  std::optional<Slot> next_slot(Time now) {
    for (; !waiting_.empty(); waiting_.pop_front()) {
      const auto [slot, until] = waiting_.front();
      auto& state = states_[slot];
      if (!state.is_open) continue;
      if (until > now) {
        wake_ = std::min(wake_, until);
        break;
      }
      if (state.sent == probes_.size()) {
        conclude(slot, unanswered(state));
        continue;
      }
      if (!may_send(slot, now)) break;
      waiting_.pop_front();
      return slot;
    }
    if (next_ == order_.size() || !may_send(order_[next_], now)) return std::nullopt;
    return order_[next_++];
  }

  bool may_send(Slot slot, Time now) {
    const auto ready = pace_.ready_at(roster_[slot].subnet, now);
    if (ready > now) wake_ = std::min(wake_, ready);
    return ready <= now;
  }

  void show_progress() {
    const auto now = SteadyClock::now();
    if (open_ > 0 && now - shown_ < between_progress) return;
    shown_ = now;
    around_.on_progress(counts());
  }

  Surroundings around_;
  std::vector<Probe> probes_;
  Roster roster_;
  BatchSocket socket_;
  std::optional<BatchSocket> ping_;
  Pace pace_;
  std::vector<State> states_;  // by slot
  std::size_t open_;
  std::vector<Slot> order_;
  std::size_t next_ = 0;         // in order_
  std::deque<Waiting> waiting_;  // who was asked, oldest first
  std::vector<Slot> slots_;      // of the batch being sent
  Time wake_{}, shown_{};
};

}  // namespace

base::Result<SweepResult> sweep(std::span<const ScanTarget> targets,
                                std::span<const SnmpCredential> credentials, const SweepSettings& settings,
                                std::stop_token stop,
                                const std::function<void(const SweepCounts&)>& on_progress) {
  SweepResult result;
  result.found.resize(targets.size());
  const auto probes = probes_for(credentials, settings.retries);
  if (probes.empty())
    return base::fail(base::Errc::malformed, "expected at least one credential, found none");
  const auto start = SteadyClock::now();
  for (const bool v4 : {true, false}) {
    auto roster = Roster::of(targets, v4);
    if (!roster) return roster.error();
    if (roster->size() == 0) continue;
    auto socket = BatchSocket::open(v4);
    if (!socket) return socket.error();
    std::optional<BatchSocket> ping;
    if (settings.ping)
      if (auto allowed = BatchSocket::open_ping(v4)) ping.emplace(std::move(*allowed));
    const Sweep::Surroundings around{probes, settings, stop, on_progress, result, start};
    Sweep(around, std::move(*roster), std::move(*socket), std::move(ping)).run();
  }
  return result;
}

}  // namespace censo::scanner
