#include "base/csv.h"
#include "base/id.h"
#include "base/text.h"
#include "cmdb/identification_record.h"
#include "cmdb/ingest.h"
#include "cmdb/register_table.h"
#include "collector/edit_request.h"
#include "collector/json_body.h"
#include "collector/route.h"
#include "collector/services.h"

#include <boost/json.hpp>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace censo::collector::api {
namespace {

namespace json = boost::json;
using base::Errc;
using store::Transaction;

// What one row did; "linked": the register names an item that was known without it.
std::string outcome_of(const cmdb::IngestReceipt& receipt) {
  if (receipt.outcome == cmdb::IngestOutcome::unidentified) return "unidentified";
  if (receipt.decision == "linked" || receipt.decision == "review") return receipt.decision;
  if (receipt.outcome == cmdb::IngestOutcome::created) return "created";
  return receipt.outcome == cmdb::IngestOutcome::updated ? "changed" : "unchanged";
}

class RegisterImport {
 public:
  RegisterImport(const Services& services, Transaction& tx) : services_(services), tx_(tx) {}

  base::Result<void> take(const cmdb::RegisterRow& row) {
    const std::int64_t first_id = base::next_id(services_.clock);
    const auto receipt =
        cmdb::ingest(tx_, {services_.catalog, services_.clock, nullptr}, row.report, services_.clock.now());
    if (!receipt) return in_row(receipt.error(), row.line);
    const std::string outcome = outcome_of(*receipt);
    ++counts_[outcome];
    json::object told{{"line", row.line}, {"outcome", outcome}, {"ci", nullptr}};
    if (const auto item = cmdb::find_ci(tx_, receipt->ci); receipt->ci && item)
      told["ci"] = json_ci(item->id, item->class_name, item->name);
    if (outcome == "linked" || outcome == "review") told["why"] = reason_since(receipt->ci, first_id);
    if (!receipt->conflict.empty()) told["conflict"] = receipt->conflict;
    if (outcome != "created") told["changes"] = changes_since(receipt->ci, first_id);
    rows_.push_back(std::move(told));
    return {};
  }

  json::object answer() && {
    json::object counts;
    for (const auto& [outcome, count] : counts_) counts[outcome] = count;
    return {{"counts", std::move(counts)}, {"items", std::move(rows_)}};
  }

 private:
  static base::Error in_row(base::Error error, std::size_t line) {
    error.message += error.where.empty() ? "" : " (" + error.where + ")";
    error.where = base::csv_place(line, 0);
    return error;
  }

  std::string reason_since(cmdb::CiId ci, std::int64_t first_id) {
    const auto decisions = cmdb::identifications_of(tx_, ci);
    const bool is_new = !decisions.empty() && decisions.front().id > first_id;
    return is_new ? decisions.front().explanation.text : "";
  }

  json::array changes_since(cmdb::CiId ci, std::int64_t first_id) {
    json::array changes;
    for (const store::Row& row :
         tx_.query("select what, subject, old_value, new_value from history where ci_id = $1 and id > $2"
                   " order by id",
                   ci.value, first_id)) {
      changes.push_back(
          {{"what", row.text(0)}, {"subject", row.text(1)}, {"old", row.text(2)}, {"new", row.text(3)}});
    }
    return changes;
  }

  const Services& services_;
  Transaction& tx_;
  std::map<std::string, std::int64_t> counts_;
  json::array rows_;
};

base::Result<cmdb::RegisterSettings> settings_of(const Services& services, const Request& request) {
  cmdb::RegisterSettings settings;
  settings.source = request.query_or("source", "");
  settings.class_name = request.query_or("class", "");
  settings.now = services.clock.now();
  if (settings.source.empty() || settings.source != base::sanitize_utf8(settings.source, 100))
    return base::fail(Errc::invalid_argument, "expected the register's name, of 1 to 100 bytes", "source");
  const auto line = base::parse_unsigned(request.query_or("line", "2"));
  if (!line || *line < 1 || *line > 1'000'000'000)
    return base::fail(Errc::invalid_argument, "expected the line of the first row", "line");
  settings.first_line = static_cast<std::size_t>(*line);
  return settings;
}

// All or nothing: the first fault, and how many more there are.
base::Error refusal_of(const std::vector<cmdb::RegisterFault>& faults) {
  const auto& first = faults.front();
  const std::size_t others = faults.size() - 1;
  const std::string more =
      others == 0 ? "" : " (and " + std::to_string(others) + " more; dry_run=true lists them)";
  return base::fail(Errc::malformed, first.message + more, base::csv_place(first.line, first.column),
                    "BAD_ROW");
}

base::Result<Response> import_register(const Services& services, Transaction& tx, const Request& request) {
  const auto dry_run = dry_run_of(request);
  if (!dry_run) return dry_run.error();
  const auto settings = settings_of(services, request);
  if (!settings) return settings.error();
  const auto media_type = base::trim(base::split(request.content_type, ';').front());
  if (!base::equal_ignoring_case(media_type, "text/csv") || !request.content_encoding.empty())
    return base::fail(Errc::unsupported, "expected Content-Type: text/csv, not compressed", "Content-Type");
  const auto table = cmdb::read_register(services.catalog, request.body, *settings);
  if (!table.faults.empty() && !*dry_run) return refusal_of(table.faults);
  RegisterImport taking(services, tx);
  for (const auto& row : table.rows) {
    if (const auto taken = taking.take(row); !taken) return taken.error();
  }
  json::array errors;
  for (const auto& fault : table.faults)
    errors.push_back({{"line", fault.line}, {"column", fault.column}, {"message", fault.message}});
  json::object answer = std::move(taking).answer();
  answer["errors"] = std::move(errors);
  answer["dry_run"] = *dry_run;
  Response response = Response::ok(json::serialize(answer));
  response.dry_run = *dry_run;
  return response;
}

}  // namespace

Routes imports(const Services& services) {
  return {{"POST",
           "/api/v1/imports/register",
           Role::technician,
           Access::write,
           "Takes rows of an asset register as CSV; with dry_run=true says what they would create, change "
           "and link",
           {"source", "class", "line", "dry_run"},
           [&services](Transaction& tx, const Request& request) {
             return import_register(services, tx, request);
           }}};
}

}  // namespace censo::collector::api
