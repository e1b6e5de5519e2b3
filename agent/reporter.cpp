#include "agent/reporter.h"

#include "agent/conveyance.h"
#include "base/log.h"
#include "inventory/report_codec.h"

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

}  // namespace

DeliveryOutcome deliver(const Enrolment& enrolment, const SpooledReport& report, const TimeLimits& limits) {
  DeliveryOutcome outcome;
  const auto url = parse_https_url(enrolment.report_url);
  if (!url) {
    outcome.error = url.error();
    return outcome;
  }
  const HttpsPeer collector = peer_as_agent(enrolment, *url);
  const auto answer = Conveyance(collector, report, limits).convey();
  if (answer) return judge_answer(*answer, report.sequence, report.digest);
  outcome.error = answer.error();
  return outcome;
}

Reporter::Reporter(const Surroundings& surroundings, const AgentConfig& config, const TimeLimits& limits,
                   Held held)
    : surroundings_(surroundings), config_(config), limits_(limits), held_(std::move(held)) {}

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

base::Result<inventory::Report> Reporter::take_report() {
  const auto sequence = next_sequence(config_.state_folder, surroundings_.clock);
  if (!sequence) return sequence.error();
  CollectSettings settings;
  settings.excluded_sources = config_.excluded_sources;
  settings.privacy = config_.privacy;
  settings.include_users = config_.include_users;
  settings.agent_id = held_.enrolment.agent_id;
  settings.version = surroundings_.version;
  settings.sequence = *sequence;
  // Before the report is taken: it shall tell of everything that was dropped.
  held_.spool.make_room();
  inventory::Report report = collect_report(surroundings_.host, surroundings_.sources, settings);
  for (auto& problem : held_.spool.problems()) report.problems.push_back(std::move(problem));
  const SpooledReport spooled{*sequence, inventory::content_digest(report),
                              inventory::compress(inventory::to_json(report))};
  if (auto stored = held_.spool.store(spooled); !stored) return stored.error();
  base::log(LogLevel::info, "report.taken", "a report was taken",
            {{"sequence", to_field(*sequence)},
             {"bytes", to_field(spooled.body.size())},
             {"problems", to_field(report.problems.size())}});
  return report;
}

std::optional<Reporter::Sent> Reporter::send_oldest() {
  const auto report = held_.spool.oldest();
  if (!report) return std::nullopt;
  Sent sent{report->sequence, deliver(held_.enrolment, *report, limits_)};
  settle(*report, sent.outcome);
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
  held_.spool.remove(report.sequence);
  if (held_.spool.state().waiting == 0) held_.spool.forget_lost();
  log_if_failed("state.last_report",
                save_last_report(config_.state_folder,
                                 {report.sequence, outcome.outcome, outcome.ci, surroundings_.clock.now()}));
}

base::TimeMs Reporter::renewal_due() const {
  const auto time = renewal_time(held_.enrolment);
  return time ? *time : surroundings_.clock.now();  // what cannot be read is renewed at once
}

base::Result<void> Reporter::renew_certificate() {
  auto renewed = renew(held_.enrolment, limits_);
  if (!renewed) return renewed.error();
  if (auto saved = save_enrolment(config_.state_folder, *renewed); !saved) return saved.error();
  held_.enrolment = std::move(*renewed);
  return {};
}

}  // namespace censo::agent
