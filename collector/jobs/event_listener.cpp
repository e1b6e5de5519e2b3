#include "collector/jobs/event_listener.h"

#include "base/log.h"
#include "cmdb/address_range.h"
#include "cmdb/class_catalog.h"
#include "cmdb/impact.h"
#include "collector/jobs/event_keeper.h"
#include "collector/jobs/scan_runner.h"
#include "collector/jobs/trap_trust.h"
#include "collector/listen/intake.h"
#include "collector/listen/sockets.h"
#include "collector/listen/syslog_rules.h"
#include "collector/listen/trap_rules.h"
#include "collector/scanner/trap.h"
#include "desk/detection_rules.h"
#include "desk/event_rules.h"
#include "desk/event_source.h"
#include "desk/ticket.h"
#include "desk/ticket_kind.h"

#include <poll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <exception>
#include <functional>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>

namespace censo::collector::jobs {
namespace {

constexpr std::size_t datagrams_a_round = 500;
constexpr int counts_pause_ms = 1'000, idle_pause_ms = 60'000;
constexpr base::TimeMs credentials_every_ms = 1'000;
constexpr base::TimeMs boots_since = 1'577'836'800'000;  // 2020: seconds since then fit for 68 years
constexpr std::string_view snmp = "snmp", syslog = "syslog";

struct Doors {
  std::optional<listen::DatagramDoor> traps, syslog;
  std::optional<listen::StreamDoor> stream;
  std::vector<cmdb::AddressRange> from;

  bool lets_in(const std::string& address) const {
    return from.empty() || std::ranges::any_of(from, [&](const cmdb::AddressRange& one) {
             return cmdb::holds(one, address);
           });
  }
};

struct Rules {
  desk::TicketKinds kinds = desk::TicketKinds::load(cmdb::built_in_schemas()).value();
  desk::DetectionRules detection = desk::DetectionRules::load(cmdb::built_in_schemas()).value();
  desk::EventRules events = desk::EventRules::load(cmdb::built_in_schemas()).value();
  listen::TrapRules traps = listen::TrapRules::load(cmdb::built_in_schemas()).value();
  listen::SyslogRules syslog = listen::SyslogRules::load(cmdb::built_in_schemas()).value();
};

// With port 0 both have the same one, which is free for UDP and may be taken for TCP.
base::Result<void> open_syslog(const EventListenerSettings& settings, Doors& doors) {
  const auto colon = settings.syslog.rfind(':');
  for (int tries = settings.syslog.substr(colon + 1) == "0" ? 10 : 1;; --tries) {
    auto door = listen::DatagramDoor::open(settings.syslog);
    if (!door) return door.error();
    std::optional<listen::TlsContext> tls;
    if (settings.identity != nullptr) tls.emplace(*settings.identity);
    auto stream = listen::StreamDoor::open(
        settings.syslog.substr(0, colon) + ":" + std::to_string(door->port()), std::move(tls));
    if (!stream && tries > 1) continue;
    if (!stream) return stream.error();
    doors.syslog = std::move(*door);
    doors.stream = std::move(*stream);
    return {};
  }
}

base::Result<Doors> open_doors(const EventListenerSettings& settings) {
  Doors doors;
  for (const auto& network : settings.from) {
    const auto range = cmdb::address_range(network);
    if (!range)
      return base::fail(base::Errc::invalid_argument, "expected a network, found \"" + network + "\"",
                        "events.from");
    doors.from.push_back(*range);
  }
  if (!settings.traps.empty()) {
    auto door = listen::DatagramDoor::open(settings.traps);
    if (!door) return door.error();
    doors.traps = std::move(*door);
  }
  if (settings.syslog.empty()) return doors;
  if (auto opened = open_syslog(settings, doors); !opened) return opened.error();
  return doors;
}

}  // namespace

class EventListener::Thread {
 public:
  Thread(Doors doors, const EventListenerSettings& settings, store::Database& database, ScanRunner& scans,
         const cmdb::ImpactSource& impact)
      : doors_(std::move(doors)),
        told_{{}, settings.traps, settings.syslog, settings.identity != nullptr ? settings.syslog : ""},
        database_(database),
        scans_(scans),
        impact_(impact),
        wake_(eventfd(0, EFD_CLOEXEC)) {}

  const Doors& doors() const { return doors_; }
  void start(const base::Clock& clock) {
    clock_ = &clock;
    told_.collector = scans_.collector();
    told_.started_at = clock.now();
    const auto kept = database_.write([&](store::Transaction& tx) -> store::Outcome {
      desk::keep_event_doors(tx, told_);
      return {};
    });
    if (!kept) base::log(base::LogLevel::error, "events.not_kept", base::to_string(kept.error()));
    if (doors_.traps || doors_.syslog)
      thread_ = std::jthread([this](const std::stop_token& stop) { loop(stop); });
  }
  void stop() {
    thread_.request_stop();
    if (wake_.number() >= 0) [[maybe_unused]]
      const auto written = eventfd_write(wake_.number(), 1);
    if (thread_.joinable()) thread_.join();
  }

 private:
  void loop(const std::stop_token& stop) {
    while (!stop.stop_requested()) work([this] { take_what_is_there(); });
    work([this] { keeper_.keep(intake_, clock_->now(), true); });
  }

  void work(const std::function<void()>& step) {
    try {
      step();
    } catch (const std::exception& failure) {
      base::log(base::LogLevel::error, "events.failed", failure.what());
      keeper_.lose(intake_.hand_over().messages(), clock_->now(), failure.what());
    }
  }

  void take_what_is_there() {
    wait();
    const auto now = clock_->now();
    if (doors_.traps) read_traps(now);
    if (doors_.syslog) read_datagrams(now);
    if (doors_.stream) read_streams(now);
    keeper_.keep(intake_, now, false);
  }

  void wait() {
    std::vector<pollfd> sockets{{wake_.number(), POLLIN, 0}};
    if (doors_.traps) sockets.push_back({doors_.traps->descriptor(), POLLIN, 0});
    if (doors_.syslog) sockets.push_back({doors_.syslog->descriptor(), POLLIN, 0});
    if (doors_.stream && !intake_.is_full()) {
      sockets.push_back({doors_.stream->descriptor(), POLLIN, 0});
      for (const int one : doors_.stream->connections()) sockets.push_back({one, POLLIN, 0});
    }
    const bool waits = intake_.has_counts() || intake_.has_events() || keeper_.is_waiting();
    const int pause = waits ? counts_pause_ms : idle_pause_ms;
    [[maybe_unused]] const auto ready = poll(sockets.data(), sockets.size(), pause);
  }

  // While nothing can be written, senders of datagrams cannot be told to wait.
  bool has_room(base::TimeMs now) {
    if (!intake_.is_full()) return true;
    keeper_.lose(1, now, "the database takes nothing, and the memory for what waits is full");
    return false;
  }

  bool admit(std::string_view way, const std::string& address, base::TimeMs now) {
    if (!intake_.admit(way, address, now)) return false;
    if (doors_.lets_in(address)) return true;
    intake_.refuse(way, address, "from a network that is not let in");
    return false;
  }

  void read_traps(base::TimeMs now) {
    auto datagrams = doors_.traps->receive(datagrams_a_round);
    if (datagrams.empty()) return;
    trust(now);
    std::erase_if(datagrams, [&](const listen::Datagram& one) {
      return !has_room(now) || !admit(snmp, one.address, now);
    });
    std::vector<std::string> bytes;
    for (const auto& one : datagrams) bytes.push_back(one.bytes);
    auto read = scans_.scanner().read_traps(std::move(bytes));
    for (std::size_t i = 0; i < read.size(); ++i) take_trap(datagrams[i], read[i]);
  }

  void take_trap(listen::Datagram& datagram, scanner::ReadTrap& read) {
    const auto address = datagram.address;
    listen::Reply reply{std::move(datagram), std::move(read.replies)};
    if (read.fault == scanner::TrapFault::none) {
      if (auto message = rules_.traps.message_of(read.trap, address)) {
        intake_.take(snmp, address, std::move(*message));
        if (!reply.bytes.empty()) intake_.answer_later(std::move(reply));
        return;
      }
      intake_.pass(snmp, address);
    } else if (read.fault == scanner::TrapFault::question) {
      intake_.pass(snmp, address);
    } else {
      intake_.refuse(snmp, address, std::string(name_of(read.fault)) + ": " + read.detail);
    }
    answer(reply);  // nothing of it is kept
  }

  void read_datagrams(base::TimeMs now) {
    for (const auto& one : doors_.syslog->receive(datagrams_a_round))
      if (has_room(now)) take_syslog(one.address, one.bytes, now);
  }

  void read_streams(base::TimeMs now) {
    auto& stream = *doors_.stream;
    const auto lets_in = [this](const std::string& address) { return doors_.lets_in(address); };
    for (const auto& stranger : stream.accept_all(now, lets_in)) admit(syslog, stranger, now);
    for (const int connection : stream.connections()) {
      if (intake_.is_full()) break;  // the rest waits at the senders
      for (const auto& one : stream.receive(connection, now)) take_streamed(one, now);
    }
    stream.let_go(now);
  }

  void take_streamed(const listen::StreamMessage& one, base::TimeMs now) {
    if (one.fault.empty()) return take_syslog(one.address, one.text, now);
    if (admit(syslog, one.address, now)) intake_.refuse(syslog, one.address, one.fault);
  }

  void take_syslog(const std::string& address, const std::string& text, base::TimeMs now) {
    if (!admit(syslog, address, now)) return;
    const auto told = listen::parse_syslog(text);
    if (!told) return intake_.refuse(syslog, address, "malformed: " + told.error().message);
    auto message = rules_.syslog.message_of(*told, address);
    message ? intake_.take(syslog, address, std::move(*message)) : intake_.pass(syslog, address);
  }

  // Credentials as they are now, at most a second old.
  void trust(base::TimeMs now) {
    const bool first = trusted_at_ == 0;
    if (!first && now - trusted_at_ < credentials_every_ms && now >= trusted_at_) return;
    std::vector<SealedCredential> sealed;
    const auto looked = database_.read([&](store::Transaction& tx) -> store::Outcome {
      sealed = sealed_trap_credentials(tx);
      return {};
    });
    if (!looked) return;
    trusted_at_ = now;
    if (!first && sealed == sealed_) return;
    scanner::TrapTrust trust;
    for (const auto& one : sealed) {
      auto credential = scans_.credential_box().unseal(one.sealed, one.name);
      if (credential) trust.credentials.push_back(std::move(*credential));
      if (!credential)
        base::log(base::LogLevel::warning, "events.credential", credential.error().message,
                  {{"name", one.name}});
    }
    if (boots_ == 0)
      boots_ = static_cast<std::uint32_t>(std::max<base::TimeMs>((now - boots_since) / 1'000, 1));
    trust.engine_seed = scans_.collector();
    trust.boots = boots_;
    scans_.scanner().trust_traps(trust);
    sealed_ = std::move(sealed);
  }

  base::Result<void> write(const listen::Batch& batch, const desk::EventLoss& loss) {
    return database_.write([&](store::Transaction& tx) -> store::Outcome {
      for (const auto& [sender, messages] : batch.events) {
        const desk::Act act{sender, "event", *clock_, {"rule"}};
        desk::take_events({tx, rules_.kinds, act, &impact_, &rules_.detection}, rules_.events, messages);
      }
      desk::count_event_sources(tx, batch.counts);
      if (loss.messages > 0) desk::count_event_loss(tx, told_, loss);
      return {};
    });
  }

  void answer(const listen::Reply& reply) const {
    for (const auto& bytes : reply.bytes) doors_.traps->answer(reply.to, bytes);
  }

  Doors doors_;
  desk::EventDoors told_;
  store::Database& database_;
  ScanRunner& scans_;
  const cmdb::ImpactSource impact_;
  const Rules rules_;
  listen::Descriptor wake_;
  const base::Clock* clock_ = nullptr;
  listen::Intake intake_{rules_.events.messages_a_minute};
  EventKeeper keeper_{{[this](const auto& batch, const auto& loss) { return write(batch, loss); },
                       [this](const auto& reply) { answer(reply); }}};
  std::vector<SealedCredential> sealed_;
  base::TimeMs trusted_at_ = 0;
  std::uint32_t boots_ = 0;
  std::jthread thread_;
};

EventListener::EventListener(std::unique_ptr<Thread> thread) : thread_(std::move(thread)) {}
EventListener::~EventListener() {
  stop();
}

base::Result<std::unique_ptr<EventListener>> EventListener::open(const EventListenerSettings& settings,
                                                                 store::Database& database, ScanRunner& scans,
                                                                 cmdb::ImpactGraph& graph,
                                                                 const cmdb::ClassCatalog& catalog) {
  auto doors = open_doors(settings);
  if (!doors) return doors.error();
  return std::unique_ptr<EventListener>(new EventListener(std::make_unique<Thread>(
      std::move(*doors), settings, database, scans, cmdb::ImpactSource{graph, catalog})));
}

std::uint16_t EventListener::trap_port() const {
  return thread_->doors().traps ? thread_->doors().traps->port() : 0;
}
std::uint16_t EventListener::syslog_port() const {
  return thread_->doors().syslog ? thread_->doors().syslog->port() : 0;
}
void EventListener::start(const base::Clock& clock) {
  thread_->start(clock);
}
void EventListener::stop() {
  thread_->stop();
}

}  // namespace censo::collector::jobs
