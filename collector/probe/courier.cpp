#include "collector/probe/courier.h"

#include "base/digest.h"
#include "base/log.h"
#include "base/text.h"
#include "collector/jobs/probe_entry.h"
#include "collector/probe/agents_door.h"
#include "collector/probe/question_carrier.h"
#include "collector/probe/spool.h"

#include <boost/json.hpp>

#include <algorithm>

namespace censo::collector::probe {
namespace {

using base::Errc;
using std::chrono::milliseconds;

constexpr std::size_t delivery_bytes = 1'500'000;  // before base64
constexpr milliseconds shortest_pause{1'000}, longest_pause{30'000};
constexpr base::TimeMs renewal_pause_ms = 10 * 60'000;  // after one that failed

void complain(const store::Outcome& outcome) {
  if (!outcome) base::log(base::LogLevel::error, "probe.database", base::to_string(outcome.error()), {});
}

// The centre will never take this as it is. Who we are, and how it is, decide about all the others.
bool is_final(long status) {
  return status == 400 || status == 413 || status == 415 || status == 422;
}

// "/entries/3" -> 3; 0 when it says nothing of the kind.
std::size_t refused_index(const base::Error& why) {
  constexpr std::string_view prefix = "/entries/";
  if (!why.where.starts_with(prefix)) return 0;
  return static_cast<std::size_t>(base::parse_unsigned(why.where.substr(prefix.size())).value_or(0));
}

std::int64_t delivered_in(const std::string& body) {
  boost::json::error_code error;
  const auto value = boost::json::parse(body, error);
  const auto* number = !error && value.is_object() ? value.get_object().if_contains("delivered") : nullptr;
  return number != nullptr && number->is_int64() ? number->get_int64() : 0;
}

}  // namespace

Courier::Courier(const Parts& parts, Identity identity, const CourierSettings& settings)
    : parts_(parts), identity_(std::move(identity)), settings_(settings) {}

Courier::~Courier() {
  stop();
}

void Courier::start() {
  thread_ = std::jthread([this](std::stop_token stop) { loop(stop); });
}

void Courier::stop() {
  thread_.request_stop();
  wake();
  if (thread_.joinable()) thread_.join();
}

void Courier::wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  changed_.notify_all();
}

void Courier::loop(std::stop_token stop) {
  CentreClient centre(peer_of(identity_), stop);
  QuestionCarrier questions(parts_.questions,
                            {[&](const Question& asked) { return centre.post(asked.path, asked.body); },
                             [&] { return call(centre); }, [&](const auto& why) { note_failure(why); },
                             [this] { return parts_.clock.now(); }});
  // Nothing is begun with certificates that have been replaced.
  while (!stop.stop_requested() && !wants_restart_) {
    bool reached = call(centre);
    if (reached) questions.settle();
    reached = reached && questions.carry() && deliver(centre);
    if (stop.stop_requested()) break;
    failures_ = reached ? 0 : failures_ + 1;
    if (reached) last_failure_.clear();
    if (reached) renew_if_due(centre);
    // While the centre cannot be reached, new entries do not hasten the next try.
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, stop, pause(), [this, reached] { return reached && woken_; });
    woken_ = false;
  }
}

milliseconds Courier::pause() const {
  if (failures_ > 0) return std::min(longest_pause, shortest_pause * (1 << std::min(failures_ - 1, 5)));
  return scanning_ ? std::min(settings_.pause, shortest_pause) : settings_.pause;
}

// Each reason once, not with every try.
void Courier::note_failure(const base::Error& why) {
  if (why.code == Errc::cancelled) return;
  const auto text = base::to_string(why);
  if (text == last_failure_) return;
  last_failure_ = text;
  base::log(base::LogLevel::warning, "probe.centre", text, {{"centre", identity_.agents_url}});
}

bool Courier::call(CentreClient& centre) {
  jobs::ProbeCall call;
  call.version = settings_.version;
  call.api_port = settings_.installation.api_port;
  call.server_pin = settings_.installation.pin;
  call.agents_digest = agents_digest_;
  call.runs = parts_.scans.runs();
  parts_.unwritten.settle(parts_.database);
  const auto read = parts_.database.read([&](store::Transaction& tx) -> store::Outcome {
    const auto spool = spool_state(tx);
    call.waiting = spool.entries;
    call.waiting_bytes = spool.bytes;
    call.lost = spool.lost + parts_.unwritten.entries();
    return {};
  });
  complain(read);
  scanning_ = std::any_of(call.runs.begin(), call.runs.end(),
                          [](const jobs::StoredRun& run) { return run.state == "running"; });
  const auto answer = centre.post("/api/v1/probe/call", jobs::to_json(call));
  if (!answer || answer->status != 200) {
    note_failure(answer ? error_of(*answer) : answer.error());
    return false;
  }
  auto told = jobs::parse_answer(answer->body);
  if (!told) {
    note_failure(told.error());
    return false;
  }
  take_answer(std::move(*told));
  return true;
}

void Courier::take_answer(jobs::ProbeAnswer answer) {
  const auto stored = parts_.database.write([&](store::Transaction& tx) -> store::Outcome {
    forget_delivered(tx, answer.delivered);
    for (const auto& handed : answer.runs) begin_run(tx, handed.run);
    return answer.agents ? store_agents(tx, *answer.agents) : store::Outcome();
  });
  complain(stored);
  if (!stored) return;
  agents_digest_ = answer.agents_digest;
  for (const auto run : answer.stop) parts_.scans.stop(run);
  scanning_ = scanning_ || !answer.runs.empty();
  for (auto& handed : answer.runs) parts_.scans.start(std::move(handed));
}

bool Courier::deliver(CentreClient& centre) {
  std::size_t most = jobs::most_entries;
  const auto began = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - began < settings_.pause) {
    std::vector<jobs::ProbeEntry> entries;
    complain(parts_.database.read([&](store::Transaction& tx) -> store::Outcome {
      entries = oldest_entries(tx, delivery_bytes);
      return {};
    }));
    if (entries.empty()) return true;
    if (entries.size() > most) entries.resize(most);
    most = jobs::most_entries;
    const auto answer = centre.post("/api/v1/probe/deliveries", jobs::to_json(entries));
    if (answer && answer->status == 200) {
      complain(parts_.database.write([&](store::Transaction& tx) -> store::Outcome {
        forget_delivered(tx, delivered_in(answer->body));
        return {};
      }));
      continue;
    }
    const auto why = answer ? error_of(*answer) : answer.error();
    if (!answer || !is_final(answer->status)) {
      note_failure(why);
      return false;
    }
    const auto index = std::min(refused_index(why), entries.size() - 1);
    const bool named = why.where.starts_with("/entries/");
    most = named ? std::max<std::size_t>(index, 1) : 1;
    if (index == 0 && (named || entries.size() == 1)) {
      base::log(base::LogLevel::warning, "probe.entry_refused", base::to_string(why),
                {{"kind", entries.front().kind}});
      complain(parts_.database.write([&](store::Transaction& tx) -> store::Outcome {
        give_up(tx, entries.front(), why);
        return {};
      }));
      most = jobs::most_entries;
    }
  }
  wake();  // there is more, after a call
  return true;
}

void Courier::renew_if_due(CentreClient& centre) {
  const auto now = parts_.clock.now();
  const bool just_tried = now - renewal_tried_at_ < renewal_pause_ms && now >= renewal_tried_at_;
  if (wants_restart_ || just_tried) return;
  const auto due = renewal(identity_, now);
  if (!due) return note_failure(due.error());
  if (*due == Renewal::not_due || (*due == Renewal::between_scans && scanning_)) return;
  renewal_tried_at_ = now;
  const auto renewed = renew(identity_, centre);
  if (!renewed) return note_failure(renewed.error());
  const auto saved = save_identity(settings_.state_folder, *renewed);
  if (!saved) return note_failure(saved.error());
  base::log(base::LogLevel::info, "probe.renewed", "the probe has new certificates", {});
  wants_restart_ = true;
}

}  // namespace censo::collector::probe
