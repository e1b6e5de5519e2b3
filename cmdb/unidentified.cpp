#include "cmdb/unidentified.h"

#include "base/text.h"
#include "cmdb/id_page.h"
#include "cmdb/reporting_source.h"
#include "inventory/report_codec.h"

#include <limits>
#include <optional>
#include <stdexcept>

namespace censo::cmdb {
namespace {

using base::Errc;

constexpr std::string_view columns =
    "select id, origin_kind, origin_id, subject_class, subject_name, problem, state, times, first_at, "
    "last_at,"
    " decided_at, ci_id, decided_by, reason from unidentified_report where ";

UnidentifiedReport kept_from(const store::Row& row) {
  UnidentifiedReport kept;
  kept.id = UnidentifiedId(row.integer(0));
  kept.origin = row.text(1) + " " + row.text(2);
  kept.subject_class = row.text(3);
  kept.subject_name = row.text(4);
  kept.problem = row.text(5);
  kept.state = row.text(6);
  kept.times = row.integer(7);
  kept.first_at = row.integer(8);
  kept.last_at = row.integer(9);
  kept.decided_at = row.maybe_integer(10).value_or(0);
  kept.ci = CiId(row.maybe_integer(11).value_or(0));
  kept.decided_by = row.maybe_text(12).value_or("");
  kept.reason = row.maybe_text(13).value_or("");
  return kept;
}

}  // namespace

CiId keep_unidentified(store::Transaction& tx, const base::Clock& clock, const inventory::Report& report,
                       std::string_view problem, base::TimeMs now) {
  const std::string body = inventory::compress(inventory::to_json(report));
  const auto row = tx.query_one(
      "insert into unidentified_report (id, origin_kind, origin_id, digest, subject_class, subject_name, "
      "problem,"
      " first_at, last_at, times, body, state) values ($1, $2, $3, $4, $5, $6, $7, $8, $8, 1, $9, 'open')"
      " on conflict (origin_kind, origin_id, digest) do update set last_at = excluded.last_at,"
      " times = unidentified_report.times + 1 returning ci_id",
      base::next_id(clock), name_of(report.origin.kind), report.origin.id, inventory::content_digest(report),
      report.subject_class, report.subject_name, problem, now, base::Bytes(body.begin(), body.end()));
  return CiId(row->maybe_integer(0).value_or(0));
}

base::Result<Page<UnidentifiedReport>> list_unidentified(store::Transaction& tx, std::string_view state,
                                                         const PageRequest& request) {
  const auto before = position_of(request, std::numeric_limits<std::int64_t>::max());
  if (!before) return before.error();
  static const std::string of_state =
      std::string(columns) + "state = $3 and id < $1 order by id desc limit $2";
  static const std::string all = std::string(columns) + "id < $1 order by id desc limit $2";
  const auto limit = static_cast<std::int64_t>(request.limit) + 1;
  const auto rows = state == "all" ? tx.query(all, *before, limit)
                                   : tx.query(of_state, *before, limit, state.empty() ? "open" : state);
  Page<UnidentifiedReport> page;
  for (const store::Row& row : rows) page.rows.push_back(kept_from(row));
  cut(page, request);
  return page;
}

base::Result<UnidentifiedReport> find_unidentified(store::Transaction& tx, std::string_view id) {
  static const std::string sql = std::string(columns) + "id = $1";
  const auto number = base::id_from_text(id);
  const auto row = number ? tx.query_one(sql, *number) : std::nullopt;
  if (!row)
    return base::fail(Errc::not_found,
                      "no unidentified report has the id \"" + base::sanitize_utf8(id, 40) + "\"");
  return kept_from(*row);
}

inventory::Report report_of(store::Transaction& tx, const UnidentifiedReport& kept) {
  const auto row = tx.query_one("select body from unidentified_report where id = $1", kept.id.value);
  const auto& body = row->bytes(0);
  const auto json = inventory::decompress({reinterpret_cast<const char*>(body.data()), body.size()});
  if (!json) throw std::runtime_error("a kept report is damaged: " + base::to_string(json.error()));
  auto report = inventory::parse_report(*json);
  if (!report) throw std::runtime_error("a kept report is damaged: " + base::to_string(report.error()));
  return std::move(*report);
}

base::Result<void> decide_unidentified(store::Transaction& tx, const UnidentifiedReport& kept,
                                       const UnidentifiedDecision& decision) {
  if (kept.state != "open") return base::fail(Errc::conflict, "the report is " + kept.state + " already");
  tx.execute(
      "update unidentified_report set state = $2, ci_id = $3, decided_by = $4, decided_at = $5, reason = $6"
      " where id = $1",
      kept.id.value, decision.ci ? "assigned" : "discarded",
      decision.ci ? std::optional(decision.ci.value) : std::optional<std::int64_t>(), decision.actor,
      decision.now, decision.reason);
  return {};
}

}  // namespace censo::cmdb
