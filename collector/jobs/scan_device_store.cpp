// The part of scan_store.h about the devices of runs.
#include "collector/jobs/scan_store.h"

#include "base/text.h"
#include "collector/scanner/address.h"

#include <boost/json.hpp>

#include <algorithm>

namespace censo::collector::jobs {
namespace {

using base::Errc;
using base::fail;

constexpr std::size_t longest_text = 300;

std::string text_of(const std::vector<scanner::Attempt>& attempts) {
  boost::json::array list;
  for (const auto& attempt : attempts) {
    if (list.size() == most_attempts) break;
    list.push_back(boost::json::object{{"at", attempt.at},
                                       {"what", base::sanitize_utf8(attempt.what, longest_text)},
                                       {"credential", attempt.credential},
                                       {"version", attempt.version},
                                       {"verdict", scanner::name_of(attempt.verdict)},
                                       {"detail", base::sanitize_utf8(attempt.detail, longest_text)},
                                       {"ms", attempt.duration_ms}});
  }
  return boost::json::serialize(list);
}

// Of what text_of() wrote.
std::vector<scanner::Attempt> attempts_from(const std::string& text) {
  std::vector<scanner::Attempt> attempts;
  const auto list = boost::json::parse(text);
  for (const auto& value : list.as_array()) {
    const auto& object = value.as_object();
    const auto word = [&object](std::string_view name) { return std::string(object.at(name).as_string()); };
    attempts.push_back({object.at("at").as_int64(), word("what"), word("credential"), word("version"),
                        scanner::verdict_of(word("verdict")), word("detail"), object.at("ms").as_int64()});
  }
  return attempts;
}

constexpr std::string_view device_columns =
    "select d.address, d.port, d.verdict, d.detail, d.credential, d.ci_id, d.outcome, d.duration_ms, "
    "c.class, c.name, d.sequence, d.attempts from scan_device d left join ci c on c.id = d.ci_id where ";

StoredDevice device_of(const store::Row& row) {
  StoredDevice device;
  device.target = {row.text(0), static_cast<std::uint16_t>(row.integer(1))};
  device.verdict = row.text(2);
  device.detail = row.text(3);
  device.credential = row.text(4);
  device.ci = cmdb::CiId(row.maybe_integer(5).value_or(0));
  device.outcome = row.text(6);
  device.duration_ms = row.integer(7);
  device.ci_class = row.maybe_text(8).value_or("");
  device.ci_name = row.maybe_text(9).value_or("");
  device.sequence = row.integer(10);
  return device;
}

}  // namespace

void save_device(store::Transaction& tx, RunId run, const StoredDevice& device) {
  const std::optional<std::int64_t> ci = device.ci ? std::optional(device.ci.value) : std::nullopt;
  tx.execute(
      "insert into scan_device (run_id, address, port, verdict, detail, credential, ci_id, outcome, "
      "duration_ms, sequence, attempts) "
      "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (run_id, address, port) do update "
      "set verdict = excluded.verdict, detail = excluded.detail, credential = excluded.credential, "
      "ci_id = excluded.ci_id, outcome = excluded.outcome, duration_ms = excluded.duration_ms, "
      "sequence = excluded.sequence, attempts = excluded.attempts",
      run.value, device.target.address, std::int64_t{device.target.port}, device.verdict, device.detail,
      device.credential, ci, device.outcome, device.duration_ms, device.sequence, text_of(device.attempts));
}

base::Result<cmdb::Page<StoredDevice>> devices_of(store::Transaction& tx, RunId run, std::string_view verdict,
                                                  const cmdb::PageRequest& page) {
  static const std::string sql = std::string(device_columns) +
                                 "d.run_id = $1 and d.address > $2 and ($3 = '' or d.verdict = $3) "
                                 "order by d.address limit $4";
  cmdb::Page<StoredDevice> answer;
  for (const auto& row :
       tx.query(sql, run.value, page.after, verdict, static_cast<std::int64_t>(page.limit + 1))) {
    if (answer.rows.size() == page.limit) {
      answer.next = answer.rows.back().target.address;
      break;
    }
    answer.rows.push_back(device_of(row));
  }
  return answer;
}

base::Result<StoredDevice> device_of(store::Transaction& tx, const StoredRun& run, std::string_view address) {
  static const std::string sql = std::string(device_columns) + "d.run_id = $1 and d.address = $2";
  const auto wanted = scanner::parse_address(address);
  if (!wanted)
    return fail(Errc::malformed,
                "expected an IP address, found \"" + base::sanitize_utf8(address, 100) + "\"", "address");
  if (const auto row = tx.query_one(sql, run.id.value, scanner::to_text(*wanted))) {
    auto device = device_of(*row);
    device.attempts = attempts_from(row->text(11));
    return device;
  }
  return fail(Errc::not_found, "run " + to_text(run.id) + " keeps nothing of " + scanner::to_text(*wanted) +
                                   ": it was not asked yet, is not in the job's ranges, or nobody was there "
                                   "in a run too big to list silence");
}

std::vector<StoredDevice> devices_since(store::Transaction& tx, RunId run, std::int64_t sequence,
                                        std::size_t limit) {
  static const std::string sql =
      std::string(device_columns) + "d.run_id = $1 and d.sequence > $2 order by d.sequence limit $3";
  std::vector<StoredDevice> devices;
  for (const auto& row : tx.query(sql, run.value, sequence, static_cast<std::int64_t>(limit)))
    devices.push_back(device_of(row));
  return devices;
}

}  // namespace censo::collector::jobs
