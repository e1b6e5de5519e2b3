#include "agent/status.h"

#include "agent/central_settings.h"
#include "agent/certificate.h"
#include "agent/enrolment.h"
#include "agent/state_folder.h"
#include "agent/visible_text.h"

#include <fmt/format.h>
#include <boost/json.hpp>

#include <optional>

namespace censo::agent {
namespace {

struct Status {
  Enrolment enrolment;
  CertificateFacts certificate;
  std::optional<LastReport> last_report;
  Spool::State spool;
};

base::Result<Status> read_status(const AgentConfig& config) {
  auto enrolment = load_enrolment(config.state_folder);
  if (!enrolment) return enrolment.error();
  auto certificate = read_certificate(enrolment->certificate_pem);
  if (!certificate) return certificate.error();
  auto spool = Spool::open(config.state_folder, config.spool);
  if (!spool) return spool.error();
  return Status{std::move(*enrolment), std::move(*certificate), load_last_report(config.state_folder),
                spool->state()};
}

std::string days_left(base::TimeMs until, base::TimeMs now) {
  constexpr base::TimeMs day_ms = 24LL * 3600 * 1000;
  return until <= now ? "expired: enrol again" : fmt::format("{} days left", (until - now) / day_ms);
}

}  // namespace

base::Result<std::string> status_text(const AgentConfig& config, base::TimeMs now) {
  const auto status = read_status(config);
  if (!status) return status.error();
  const Enrolment& enrolment = status->enrolment;
  std::string text = fmt::format("enrolled     {} as {} since {}\n", enrolment.server_url, enrolment.agent_id,
                                 base::to_iso8601(enrolment.enrolled_at));
  text += fmt::format("reports to   {}\n", enrolment.report_url);
  text += fmt::format("certificate  until {} ({})\n", base::to_iso8601(status->certificate.not_after),
                      days_left(status->certificate.not_after, now));
  if (const auto& last = status->last_report) {
    text += fmt::format("last report  {} at {}: {}, configuration item {}\n", last->sequence,
                        base::to_iso8601(last->at), last->outcome, last->ci);
  } else {
    text += "last report  none yet\n";
  }
  text += fmt::format("spool        {} reports wait ({} bytes), {} in quarantine, {} lost\n",
                      status->spool.waiting, status->spool.waiting_bytes, status->spool.quarantined.size(),
                      status->spool.lost);
  text += fmt::format("settings     from the collector: {}\n",
                      visible(to_json(load_central_settings(config.state_folder))));
  for (const auto& file : status->spool.quarantined) text += fmt::format("quarantine   {}\n", visible(file));
  return text;
}

base::Result<std::string> status_json(const AgentConfig& config) {
  const auto status = read_status(config);
  if (!status) return status.error();
  boost::json::object object{
      {"agent_id", status->enrolment.agent_id},
      {"server_url", status->enrolment.server_url},
      {"report_url", status->enrolment.report_url},
      {"enrolled_at", base::to_iso8601(status->enrolment.enrolled_at)},
      {"certificate_expires_at", base::to_iso8601(status->certificate.not_after)},
      {"waiting", status->spool.waiting},
      {"waiting_bytes", status->spool.waiting_bytes},
      {"quarantined", boost::json::value_from(status->spool.quarantined)},
      {"lost", status->spool.lost},
      {"settings", boost::json::parse(to_json(load_central_settings(config.state_folder)))}};
  if (const auto& last = status->last_report) {
    object["last_report"] = {{"sequence", last->sequence},
                             {"at", base::to_iso8601(last->at)},
                             {"outcome", last->outcome},
                             {"ci", last->ci}};
  }
  return boost::json::serialize(object);
}

}  // namespace censo::agent
