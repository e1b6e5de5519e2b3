#include "collector/jobs/scan_store.h"

#include "base/text.h"
#include "collector/jobs/scan_windows.h"
#include "collector/jobs/schedule.h"

#include <boost/json.hpp>

namespace censo::collector::jobs {
namespace {

using base::Errc;
using base::fail;

std::string to_list(const std::vector<std::string>& texts) {
  boost::json::array list;
  for (const auto& text : texts) list.emplace_back(text);
  return boost::json::serialize(list);
}

std::vector<std::string> from_list(const std::string& text) {
  std::vector<std::string> texts;
  const auto list = boost::json::parse(text);
  for (const auto& value : list.as_array()) texts.emplace_back(value.as_string());
  return texts;
}

constexpr std::string_view job_columns =
    "select id, name, ranges, exclusions, credentials, port, schedule, created_at, last_started_at, sweep, "
    "sweep_rate, subnet_rate, probe_ports, probe, announcements, once, windows from scan_job";

constexpr std::size_t least_swept = 17;  // fewer addresses are soon tried, with more patience

StoredJob job_of(const store::Row& row) {
  StoredJob job;
  job.id = JobId(row.integer(0));
  job.name = row.text(1);
  job.ranges = from_list(row.text(2));
  job.exclusions = from_list(row.text(3));
  job.credentials = from_list(row.text(4));
  job.port = static_cast<std::uint16_t>(row.integer(5));
  job.schedule = row.text(6);
  job.created_at = row.integer(7);
  job.last_started_at = row.integer(8);
  job.sweep = row.integer(9) != 0;
  job.sweep_rate = static_cast<std::uint32_t>(row.integer(10));
  job.subnet_rate = static_cast<std::uint32_t>(row.integer(11));
  job.probe_ports = row.integer(12) != 0;
  job.probe = row.text(13);
  job.announcements = row.integer(14) != 0;
  job.once = row.integer(15) != 0;
  job.windows = from_list(row.text(16));
  return job;
}

// How many addresses.
base::Result<std::size_t> check_ranges(const StoredJob& job) {
  scanner::ScanJob probe;
  probe.ranges = job.ranges;
  probe.exclusions = job.exclusions;
  probe.port = job.port;
  const auto targets = scanner::expand_targets(probe);
  if (!targets) return fail(targets.error().code, targets.error().message, "/ranges");
  if (targets->empty())
    return fail(Errc::malformed, "the ranges less the exclusions hold no address", "/ranges");
  return targets->size();
}

bool is_rate(std::uint32_t rate) {
  return rate >= 1 && rate <= most_sweep_rate;
}

base::Result<void> check_job(store::Transaction& tx, const StoredJob& job) {
  if (job.name.empty() || job.name.size() > 64)
    return fail(Errc::malformed, "expected a name of 1 to 64 characters", "/name");
  if (job.port == 0) return fail(Errc::malformed, "expected a port of 1 to 65535", "/port");
  if (!is_rate(job.sweep_rate) || !is_rate(job.subnet_rate))
    return fail(Errc::malformed, "expected 1 to 1000000 probes a second",
                is_rate(job.sweep_rate) ? "/subnet_rate" : "/sweep_rate");
  if (const auto schedule = parse_schedule(job.schedule); !schedule)
    return fail(Errc::malformed, schedule.error().message, "/schedule");
  if (job.credentials.empty() || job.credentials.size() > 3)
    return fail(Errc::malformed, "expected the names of one to three credentials", "/credentials");
  for (const auto& name : job.credentials)
    if (!tx.query_one("select 1 from snmp_credential where name = $1", name))
      return fail(Errc::malformed, "no credential is named \"" + name + "\"", "/credentials");
  if (!job.probe.empty() &&
      !tx.query_one("select 1 from probe where name = $1 and state <> 'revoked'", job.probe))
    return fail(Errc::malformed, "no probe is called \"" + job.probe + "\", or it was revoked", "/probe");
  if (tx.query_one("select 1 from scan_job where name = $1", job.name))
    return fail(Errc::conflict, "a scan job named \"" + job.name + "\" exists already", "/name");
  return {};
}

}  // namespace

base::Result<StoredJob> add_job(store::Transaction& tx, StoredJob job, const base::Clock& clock) {
  const auto addresses = check_ranges(job);
  if (!addresses) return addresses.error();
  if (auto checked = check_job(tx, job); !checked) return checked.error();
  if (const auto windows = parse_scan_windows(job.windows, clock.now()); !windows) return windows.error();
  if (!job.sweep) job.sweep = *addresses >= least_swept;
  job.id = JobId(base::next_id(clock));
  job.created_at = clock.now();
  job.last_started_at = 0;
  tx.execute(
      "insert into scan_job (id, name, ranges, exclusions, credentials, port, schedule, created_at, "
      "last_started_at, sweep, sweep_rate, subnet_rate, probe_ports, probe, announcements, once, "
      "windows) "
      "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
      job.id.value, job.name, to_list(job.ranges), to_list(job.exclusions), to_list(job.credentials),
      std::int64_t{job.port}, job.schedule, job.created_at, job.last_started_at,
      std::int64_t{*job.sweep ? 1 : 0}, std::int64_t{job.sweep_rate}, std::int64_t{job.subnet_rate},
      std::int64_t{job.probe_ports ? 1 : 0}, job.probe, std::int64_t{job.announcements ? 1 : 0},
      std::int64_t{job.once ? 1 : 0}, to_list(job.windows));
  return job;
}

scanner::ScanJob scan_of(const StoredJob& stored) {
  scanner::ScanJob job;
  job.id = to_text(stored.id);
  job.ranges = stored.ranges;
  job.exclusions = stored.exclusions;
  job.port = stored.port;
  if (stored.sweep.value_or(true)) {
    job.sweep.emplace();
    job.sweep->rate = stored.sweep_rate;
    job.sweep->subnet_rate = stored.subnet_rate;
  }
  if (stored.probe_ports) job.ports.emplace();
  if (stored.announcements) job.announcements.emplace();
  return job;
}

std::map<std::string, std::string> learnt_credentials(store::Transaction& tx, JobId job) {
  std::map<std::string, std::string> learnt;
  for (const store::Row& row :
       tx.query("select address, credential from scan_device where credential <> '' and run_id ="
                " (select max(id) from scan_run where job_id = $1 and state = 'done')",
                job.value))
    learnt.emplace(row.text(0), row.text(1));
  return learnt;
}

base::Result<StoredJob> find_job(store::Transaction& tx, std::string_view id_or_name) {
  static const std::string by_name = std::string(job_columns) + " where name = $1";
  static const std::string by_id = std::string(job_columns) + " where id = $1";
  if (const auto row = tx.query_one(by_name, id_or_name)) return job_of(*row);
  if (const auto id = base::id_from_text(id_or_name))
    if (const auto row = tx.query_one(by_id, *id)) return job_of(*row);
  return fail(Errc::not_found, "no scan job is named \"" + std::string(id_or_name) + "\"");
}

std::vector<StoredJob> all_jobs(store::Transaction& tx) {
  static const std::string sql = std::string(job_columns) + " order by name";
  std::vector<StoredJob> jobs;
  for (const auto& row : tx.query(sql)) jobs.push_back(job_of(row));
  return jobs;
}

base::Result<StoredJob> set_windows(store::Transaction& tx, StoredJob job, std::vector<std::string> windows,
                                    const base::Clock& clock) {
  if (const auto parsed = parse_scan_windows(windows, clock.now()); !parsed) return parsed.error();
  job.windows = std::move(windows);
  tx.execute("update scan_job set windows = $2 where id = $1", job.id.value, to_list(job.windows));
  return job;
}

void remove_job(store::Transaction& tx, JobId id) {
  tx.execute("delete from scan_job where id = $1", id.value);
}

void save_credential(store::Transaction& tx, const StoredCredential& credential, const base::Bytes& sealed) {
  tx.execute(
      "insert into snmp_credential (name, version, user_name, sealed, updated_at) values ($1, $2, $3, $4, "
      "$5) "
      "on conflict (name) do update set version = excluded.version, user_name = excluded.user_name, "
      "sealed = excluded.sealed, updated_at = excluded.updated_at",
      credential.name, credential.version, credential.user, sealed, credential.updated_at);
}

std::vector<StoredCredential> all_credentials(store::Transaction& tx) {
  std::vector<StoredCredential> list;
  for (const auto& row :
       tx.query("select name, version, user_name, updated_at from snmp_credential order by name"))
    list.push_back({row.text(0), row.text(1), row.text(2), row.integer(3)});
  return list;
}

base::Result<base::Bytes> sealed_credential(store::Transaction& tx, std::string_view name) {
  const auto row = tx.query_one("select sealed from snmp_credential where name = $1", name);
  if (!row) return fail(Errc::not_found, "no credential is named \"" + std::string(name) + "\"");
  return row->bytes(0);
}

base::Result<void> remove_credential(store::Transaction& tx, std::string_view name) {
  std::vector<std::string> users;
  for (const auto& job : all_jobs(tx))
    for (const auto& used : job.credentials)
      if (used == name) users.push_back(job.name);
  if (!users.empty())
    return fail(Errc::conflict,
                "credential \"" + std::string(name) + "\" is used by " + base::join(users, ", "));
  if (tx.execute("delete from snmp_credential where name = $1", name) == 0)
    return fail(Errc::not_found, "no credential is named \"" + std::string(name) + "\"");
  return {};
}

}  // namespace censo::collector::jobs
