#include "collector/jobs/event_keeper.h"

#include "base/log.h"
#include "collector/listen/intake.h"

#include <algorithm>
#include <utility>

namespace censo::collector::jobs {
namespace {

constexpr base::TimeMs counts_every_ms = 1'000, first_pause_ms = 1'000, longest_pause_ms = 30'000;

// Also when the time of day was set back.
bool is_over(base::TimeMs since, base::TimeMs pause, base::TimeMs now) {
  return now - since >= pause || now < since;
}

}  // namespace

EventKeeper::EventKeeper(Ways ways) : ways_(std::move(ways)) {}
EventKeeper::~EventKeeper() = default;

void EventKeeper::keep(listen::Intake& intake, base::TimeMs now, bool last) {
  if (held_) keep_held(now, last);
  if (held_) return;
  const bool has_counts = intake.has_counts() || loss_.messages > 0;
  if (!intake.has_events() && !(has_counts && (last || is_over(counted_at_, counts_every_ms, now)))) return;
  auto batch = intake.hand_over();
  counted_at_ = now;
  if (write(batch, now)) return;
  tries_ = 1;
  held_ = std::make_unique<listen::Batch>(std::move(batch));
  if (last) keep_held(now, last);
}

void EventKeeper::keep_held(base::TimeMs now, bool last) {
  const auto pause = std::min(first_pause_ms << (tries_ - 1), longest_pause_ms);
  if (!last && !is_over(tried_at_, pause, now)) return;
  ++tries_;
  const bool written = write(*held_, now);
  if (!written && !last && tries_ < most_tries) return;
  if (!written) lose(held_->messages(), now, why_);
  held_.reset();
}

bool EventKeeper::write(const listen::Batch& batch, base::TimeMs now) {
  tried_at_ = now;
  const auto done = ways_.write(batch, loss_);
  if (!done) {
    why_ = base::to_string(done.error());
    base::log(base::LogLevel::error, "events.not_kept", why_, {{"messages", batch.messages()}});
    return false;
  }
  loss_ = {};
  for (const auto& reply : batch.replies) ways_.answer(reply);
  return true;
}

void EventKeeper::lose(std::int64_t messages, base::TimeMs now, std::string_view why) {
  if (messages == 0) return;
  if (loss_.messages == 0 || loss_.why != why)
    base::log(base::LogLevel::error, "events.lost", why, {{"messages", messages}});
  loss_.messages += messages;
  loss_.at = now;
  loss_.why = why;
}

}  // namespace censo::collector::jobs
