#include "base/id.h"
#include "base/text.h"
#include "cmdb/identification_record.h"
#include "cmdb/ingest.h"
#include "cmdb/item_text_walk.h"
#include "cmdb/report_offer.h"
#include "cmdb/review.h"
#include "collector/access/agent_groups.h"
#include "collector/agent_report.h"
#include "collector/edit_request.h"
#include "collector/explanation_json.h"
#include "collector/json_body.h"
#include "collector/metrics.h"
#include "collector/route.h"
#include "collector/services.h"
#include "inventory/report_codec.h"

#include <boost/json.hpp>

#include <limits>
#include <memory>

namespace censo::collector::api {
namespace {

using base::Errc;
using base::fail;

constexpr std::size_t largest_import = 2 * 1024 * 1024;  // as it comes, compressed or not

base::Result<std::string> report_json(const Request& request) {
  const auto media_type = base::trim(base::split(request.content_type, ';').front());
  if (!base::equal_ignoring_case(media_type, "application/json")) {
    return fail(Errc::unsupported, "expected Content-Type: application/json", "Content-Type");
  }
  if (base::equal_ignoring_case(request.content_encoding, "zstd")) return inventory::decompress(request.body);
  if (request.content_encoding.empty()) return request.body;
  return fail(Errc::unsupported, "expected Content-Encoding: zstd", "Content-Encoding",
              "ENCODING_UNSUPPORTED");
}

// The certificate says who reports; the body must say the same.
base::Result<void> check_origin(const inventory::Origin& origin, const std::string& agent_id) {
  if (origin.kind != inventory::OriginKind::agent) {
    return fail(Errc::permission_denied, "expected a report of an agent", "/origin/kind",
                "AGENT_ID_MISMATCH");
  }
  if (origin.id != agent_id) {
    return fail(Errc::permission_denied, "the report names another agent than the certificate", "/origin/id",
                "AGENT_ID_MISMATCH");
  }
  return {};
}

base::Result<inventory::ReceivedReport> read_report(const Services& services, const Request& request) {
  auto json = report_json(request);
  if (!json) return json.error();
  auto received = inventory::read_report(
      std::move(*json),
      [&services](std::string_view class_name) { return cmdb::stays_text(services.catalog, class_name); },
      inventory::DigestsOfTexts::believed);
  if (!received) return received.error();
  const auto checked = check_origin(received->report.origin, request.caller.agent_id);
  if (!checked) return checked.error();
  return received;
}

struct Accepted {
  std::string_view agent_id;
  std::uint64_t sequence = 0;
  std::string digest;
};

// With the settings of the agent's group, which it fetches this way.
std::string receipt_json(store::Transaction& tx, const cmdb::IngestReceipt& receipt, const Accepted& report) {
  return boost::json::serialize(
      boost::json::object{{"outcome", name_of(receipt.outcome)},
                          {"ci", base::to_text(receipt.ci)},
                          {"sequence", report.sequence},
                          {"digest", report.digest},
                          {"settings", boost::json::parse(access::settings_of_agent(tx, report.agent_id))}});
}

base::Result<Response> take(const Services& services, store::Transaction& tx,
                            const inventory::ReceivedReport& received) {
  const auto receipt = take_agent_report(tx, {services.catalog, services.clock, services.rows}, received);
  if (!receipt) {
    services.metrics.count_report("refused");
    return receipt.error();
  }
  const auto outcome = name_of(receipt->outcome);
  const bool news =
      receipt->outcome == cmdb::IngestOutcome::created || receipt->outcome == cmdb::IngestOutcome::updated;
  const auto& report = received.report;
  auto response = Response::created(
      receipt_json(tx, *receipt, {report.origin.id, report.sequence, inventory::content_digest(received)}));
  if (!news) response.status = 200;
  response.after_commit = [&metrics = services.metrics, outcome] { metrics.count_report(outcome); };
  return response;
}

base::Result<Handler> prepare_report(const Services& services, const Request& request) {
  auto report = read_report(services, request);
  if (!report) {
    services.metrics.count_report("refused");
    return report.error();
  }
  // Shared because a Handler is copied; never changed from here on.
  const auto shared = std::make_shared<const inventory::ReceivedReport>(std::move(*report));
  return Handler(
      [&services, shared](store::Transaction& tx, const Request&) { return take(services, tx, *shared); });
}

// What to send instead of the whole report.
std::string wanted_json(const cmdb::OfferAnswer& answer, std::uint64_t sequence) {
  boost::json::object left_out;
  for (const auto& section : answer.left_out) left_out[section.name] = section.digest;
  return boost::json::serialize(boost::json::object{
      {"outcome", "wanted"}, {"sequence", sequence}, {"unless_changed", std::move(left_out)}});
}

base::Result<Response> take_offer(const Services& services, store::Transaction& tx, const Request& request) {
  constexpr std::size_t digest_bytes = 64;
  JsonBody body(request, {"sequence", "digest", "boot_id", "version", "problems"});
  cmdb::ReportOffer offer;
  offer.agent_id = request.caller.agent_id;
  offer.sequence =
      static_cast<std::uint64_t>(body.integer_or("sequence", 1, std::numeric_limits<std::int64_t>::max(), 0));
  offer.digest = body.text("digest", digest_bytes);
  offer.boot_id = body.text_or("boot_id", 1024, "");
  offer.version = body.text_or("version", 1024, "");
  offer.problems_digest = body.text_or("problems", digest_bytes, "");
  if (offer.sequence == 0) body.refuse("sequence", "expected the report's sequence", "MISSING_FIELD");
  if (const auto fault = body.fault()) return *fault;
  const auto answer = cmdb::take_offer(tx, offer, services.clock.now());
  if (!answer) return answer.error();
  if (!answer->receipt) return Response::ok(wanted_json(*answer, offer.sequence));
  auto response = Response::ok(
      receipt_json(tx, *answer->receipt, {request.caller.agent_id, offer.sequence, offer.digest}));
  response.after_commit = [&metrics = services.metrics, outcome = name_of(answer->receipt->outcome)] {
    metrics.count_report(outcome);
  };
  return response;
}

// What people send: an import, or with ?dry_run=true any report, to see what it would do.
base::Result<Response> take_from_person(const Services& services, store::Transaction& tx,
                                        const inventory::Report& report, bool dry_run) {
  const RecordedEdit edit(tx, services);
  const std::int64_t first_id = base::next_id(services.clock);
  const auto receipt = cmdb::ingest(tx, services.catalog, report, services.clock.now(), services.clock);
  if (!receipt) return receipt.error();
  namespace json = boost::json;
  json::object answer{{"outcome", name_of(receipt->outcome)},
                      {"decision", receipt->decision},
                      {"conflict", receipt->conflict}};
  const auto item = receipt->ci ? cmdb::find_ci(tx, receipt->ci)
                                : base::Result<cmdb::ConfigurationItem>(fail(Errc::not_found, ""));
  answer["ci"] = item ? json::value(json_ci(item->id, item->class_name, item->name)) : json::value(nullptr);
  const auto decisions =
      receipt->ci ? cmdb::identifications_of(tx, receipt->ci) : std::vector<cmdb::IdentificationRecord>();
  if (!decisions.empty() && decisions.front().id > first_id)
    answer["explanation"] = json_explanation(decisions.front().explanation);
  json::array created, reviews;
  std::vector<cmdb::CiId> items{receipt->ci};
  for (const store::Row& row :
       tx.query("select id, class, name from ci where id > $1 order by id", first_id)) {
    created.push_back(json_ci(cmdb::CiId(row.integer(0)), row.text(1), row.text(2)));
    items.emplace_back(row.integer(0));
  }
  for (const store::Row& row : tx.query("select id from review where id > $1 order by id", first_id)) {
    if (const auto review = cmdb::find_review(tx, base::id_to_text(row.integer(0))))
      reviews.push_back(to_json(*review));
  }
  answer["created"] = std::move(created);
  answer["reviews"] = std::move(reviews);
  return edit.respond(201, std::move(answer), std::move(items), dry_run);
}

base::Result<Handler> prepare_import(const Services& services, const Request& request) {
  const auto dry_run = dry_run_of(request);
  if (!dry_run) return dry_run.error();
  const auto json = report_json(request);
  if (!json) return json.error();
  auto report = inventory::parse_report(*json);
  if (!report) return report.error();
  if (!*dry_run && report->origin.kind != inventory::OriginKind::import) {
    return fail(Errc::permission_denied, "expected a report of kind import; others with ?dry_run=true only",
                "/origin/kind");
  }
  // Shared because a Handler is copied; never changed from here on.
  const auto shared = std::make_shared<const inventory::Report>(std::move(*report));
  return Handler([&services, shared, dry = *dry_run](store::Transaction& tx, const Request&) {
    return take_from_person(services, tx, *shared, dry);
  });
}

}  // namespace

Routes reports(const Services& services) {
  const auto with_services = [&services](auto answer) {
    return [&services, answer](store::Transaction& tx, const Request& request) {
      return answer(services, tx, request);
    };
  };
  const auto prepare = [&services](const Request& request) { return prepare_report(services, request); };
  return {{"POST", "/api/v1/reports", Role::agent, Access::write, "Takes an agent's report", {}, {}, prepare},
          {"POST",
           "/api/v1/reports/offer",
           Role::agent,
           Access::write,
           "Takes an agent's report by its digest, if it says nothing new",
           {},
           with_services(take_offer)},
          {"POST",
           "/api/v1/imports",
           Role::technician,
           Access::write,
           "Takes an import; with dry_run=true says what any report would do",
           {"dry_run"},
           {},
           [&services](const Request& request) { return prepare_import(services, request); },
           largest_import}};
}

}  // namespace censo::collector::api
