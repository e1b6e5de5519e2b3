#include "agent/reporter.h"

#include "agent/conveyance.h"
#include "base/log.h"
#include "base/text.h"
#include "inventory/report_codec.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace censo::agent {
namespace {

using base::Errc;
using base::LogLevel;

std::int64_t to_field(std::uint64_t number) {
  return static_cast<std::int64_t>(number);
}

void log_if_failed(std::string_view event, const base::Result<void>& outcome) {
  if (!outcome) base::log(LogLevel::error, event, base::to_string(outcome.error()));
}

// Sorted, each once.
std::vector<std::string> united(std::vector<std::string> texts, const std::vector<std::string>& more) {
  texts.insert(texts.end(), more.begin(), more.end());
  std::sort(texts.begin(), texts.end());
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
  return texts;
}

}  // namespace

DeliveryOutcome deliver(const Enrolment& enrolment, const SpooledReport& report, const TimeLimits& limits,
                        TlsSession* session) {
  DeliveryOutcome outcome;
  const auto url = parse_https_url(enrolment.report_url);
  if (!url) {
    outcome.error = url.error();
    return outcome;
  }
  HttpsPeer collector = peer_as_agent(enrolment, *url);
  collector.session = session;
  const auto answer = Conveyance(collector, report, limits).convey();
  if (answer) return judge_answer(*answer, report.sequence, report.digest);
  outcome.error = answer.error();
  return outcome;
}

Reporter::Reporter(const Surroundings& surroundings, const AgentConfig& config, const TimeLimits& limits,
                   Held held)
    : surroundings_(surroundings),
      config_(config),
      limits_(limits),
      held_(std::move(held)),
      central_(load_central_settings(config.state_folder)),
      session_(config.state_folder) {}

base::Result<Reporter> Reporter::open(const Surroundings& surroundings, const AgentConfig& config,
                                      const TimeLimits& limits) {
  auto enrolment = load_enrolment(config.state_folder);
  if (!enrolment) return enrolment.error();
  auto lock = StateLock::take(config.state_folder);
  if (!lock) return lock.error();
  auto spool = Spool::open(config.state_folder, config.spool);
  if (!spool) return spool.error();
  return Reporter(surroundings, config, limits, {std::move(*lock), std::move(*enrolment), std::move(*spool)});
}

// Sealed, but without its number.
inventory::Report Reporter::look_around() {
  CollectSettings settings;
  settings.privacy = config_.privacy;
  settings.excluded_sources = united(config_.excluded_sources, central_.exclude);
  settings.include_users = config_.include_users && central_.include_users.value_or(true);
  settings.tags = united(config_.tags, central_.tags);
  settings.agent_id = held_.enrolment.agent_id;
  settings.version = surroundings_.version;
  return collect_report(surroundings_.host, surroundings_.sources, settings);
}

base::Result<inventory::Report> Reporter::take_report(Look look) {
  // Before the report is taken: it shall tell of everything that was dropped.
  held_.spool.make_room();
  auto problems = held_.spool.problems();
  inventory::Report report = look_around();
  std::move(problems.begin(), problems.end(), std::back_inserter(report.problems));
  const std::string digest = inventory::content_digest(report);
  if (look == Look::after_change && digest == last_digest_) {
    base::log(LogLevel::debug, "report.same", "something happened, and the inventory is the same");
    return report;
  }
  if (auto spooled = spool(report); !spooled) {
    last_digest_.clear();
    return spooled.error();
  }
  last_digest_ = digest;
  return report;
}

namespace {

SpooledReport packed(const inventory::Report& report) {
  return {report.sequence, inventory::content_digest(report),
          inventory::compress(inventory::to_json(report))};
}

}  // namespace

base::Result<void> Reporter::spool(inventory::Report& report) {
  const auto sequence = next_sequence(config_.state_folder, surroundings_.clock);
  report.sequence = sequence ? *sequence : 0;
  const SpooledReport spooled = packed(report);
  const auto stored = sequence ? held_.spool.store(spooled) : base::Result<void>(sequence.error());
  if (!stored && stored.error().code == Errc::limit_exceeded) return stored.error();
  if (!stored) {
    keep_in_memory(report, stored.error());
    return {};
  }
  last_sequence_ = *sequence;
  unspooled_.reset();  // older than this one
  base::log(LogLevel::info, "report.taken", "a report was taken",
            {{"sequence", to_field(*sequence)},
             {"bytes", to_field(spooled.body.size())},
             {"problems", to_field(report.problems.size())}});
  return {};
}

// Its number is above all that this run used, and above all of a run before: more than a report a second is
// not taken.
void Reporter::keep_in_memory(inventory::Report& report, const base::Error& why) {
  base::log(LogLevel::error, "report.not_spooled", base::to_string(why));
  const auto seconds = static_cast<std::uint64_t>(surroundings_.clock.now() / 1000);
  last_sequence_ = std::max(last_sequence_ + 1, seconds);
  report.sequence = last_sequence_;
  report.problems.push_back({"spool", std::string(base::name_of(why.code)),
                             "the state folder cannot be written: " + base::sanitize_utf8(why.message),
                             config_.state_folder});
  unspooled_ = packed(report);
}

std::optional<Reporter::Sent> Reporter::send_oldest() {
  auto report = held_.spool.oldest();
  if (!report && !unspooled_) return std::nullopt;
  const bool in_memory = !report;
  const SpooledReport sending = in_memory ? *unspooled_ : std::move(*report);
  Sent sent{sending.sequence, deliver(held_.enrolment, sending, limits_, &session_)};
  settle(sending, sent.outcome);
  if (in_memory && sent.outcome.verdict != Verdict::try_again) unspooled_.reset();
  return sent;
}

void Reporter::settle(const SpooledReport& report, const DeliveryOutcome& outcome) {
  const auto sequence = to_field(report.sequence);
  switch (outcome.verdict) {
    case Verdict::accepted: return settle_accepted(report, outcome);
    case Verdict::refused:
      base::log(LogLevel::error, "report.refused", base::to_string(outcome.error),
                {{"sequence", sequence}, {"reason", outcome.error.reason}});
      return held_.spool.quarantine(report.sequence, "refused");
    case Verdict::out_of_step:
      base::log(LogLevel::warning, "report.out_of_step", base::to_string(outcome.error),
                {{"sequence", sequence}});
      log_if_failed("state.sequence", advance_sequence(config_.state_folder, surroundings_.clock));
      return held_.spool.remove(report.sequence);
    case Verdict::try_again:
      base::log(LogLevel::warning, "report.delayed", base::to_string(outcome.error),
                {{"sequence", sequence}});
  }
}

void Reporter::settle_accepted(const SpooledReport& report, const DeliveryOutcome& outcome) {
  base::log(LogLevel::info, "report.accepted", "the collector has the report",
            {{"sequence", to_field(report.sequence)}, {"outcome", outcome.outcome}, {"ci", outcome.ci}});
  if (outcome.settings) take_settings(*outcome.settings);
  held_.spool.remove(report.sequence);
  if (held_.spool.state().waiting == 0) held_.spool.forget_lost();
  log_if_failed("state.last_report",
                save_last_report(config_.state_folder,
                                 {report.sequence, outcome.outcome, outcome.ci, surroundings_.clock.now()}));
}

void Reporter::take_settings(const std::string& json) {
  auto settings = parse_central_settings(json);
  if (!settings) {
    return base::log(LogLevel::warning, "settings.refused", base::to_string(settings.error()));
  }
  if (*settings == central_) return;
  base::log(LogLevel::info, "settings.changed", "the collector's settings are in force",
            {{"settings", to_json(*settings)}});
  log_if_failed("settings.not_kept", save_central_settings(config_.state_folder, *settings));
  central_ = std::move(*settings);
}

base::TimeMs Reporter::renewal_due() const {
  const auto time = renewal_time(held_.enrolment);
  return time ? *time : surroundings_.clock.now();  // what cannot be read is renewed at once
}

base::Result<void> Reporter::renew_certificate() {
  if (!new_key_) new_key_ = make_key_pair();
  auto renewed = renew(held_.enrolment, *new_key_, limits_);
  if (!renewed) return renewed.error();
  if (auto saved = save_enrolment(config_.state_folder, *renewed); !saved) return saved.error();
  held_.enrolment = std::move(*renewed);
  new_key_.reset();
  return {};
}

}  // namespace censo::agent
