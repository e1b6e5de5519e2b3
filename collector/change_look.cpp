#include "collector/change_look.h"

#include "base/log.h"
#include "cmdb/merge.h"
#include "collector/access/agents.h"
#include "collector/jobs/scan_runner.h"
#include "collector/jobs/scan_store.h"

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace censo::collector {
namespace {

constexpr std::size_t most_items = 256;

std::set<cmdb::CiId> items_of(store::Transaction& tx, const desk::Ticket& change) {
  std::set<cmdb::CiId> items;
  for (const auto& link : desk::links_of(tx, change.id)) {
    if (link.role == desk::LinkRole::excluded) continue;
    for (const auto member : cmdb::members_of(tx, link.ci))
      if (items.size() < most_items) items.insert(member);
  }
  return items;
}

void ask_agents(store::Transaction& tx, const std::set<cmdb::CiId>& items, const std::string& by,
                base::TimeMs now) {
  std::set<std::string> agents;
  for (const auto ci : items)
    for (const auto& row : tx.query("select o.native_id from ci_source s join origin o on o.id = s.origin_id "
                                    "where s.ci_id = $1 and o.kind = 'agent' and s.ended_at is null",
                                    ci.value))
      agents.insert(row.text(0));
  // One that is revoked, or that only an import calls an agent, is left out.
  for (const auto& agent : agents) (void)access::ask_refresh(tx, agent, by, now);
}

// How devices are read: by which probe, with which credential, at which port; within the windows of which
// job.
using Reading = std::tuple<std::string, std::string, std::int64_t, std::string>;
std::map<Reading, std::vector<std::string>> readings_of(store::Transaction& tx,
                                                        const std::set<cmdb::CiId>& items) {
  std::map<Reading, std::vector<std::string>> readings;
  for (const auto ci : items) {
    const auto row = tx.query_one(
        "select d.address, d.credential, d.port, j.probe, case when j.windows = '[]' then '' else j.name end "
        "from scan_device d "
        "join scan_run r on r.id = d.run_id join scan_job j on j.id = r.job_id "
        "where d.ci_id = $1 and d.credential <> '' order by d.run_id desc limit 1",
        ci.value);
    if (row) readings[{row->text(3), row->text(1), row->integer(2), row->text(4)}].push_back(row->text(0));
  }
  return readings;
}

// What is called so already, by a person or from an earlier look, stays.
std::string free_name(store::Transaction& tx, const std::string& number, std::size_t& place) {
  std::string name;
  do name = number + (place++ == 0 ? "" : "-" + std::to_string(place));
  while (tx.query_one("select 1 from scan_job where name = $1", name));
  return name;
}

base::Result<void> scan_again(const Services& services, store::Transaction& tx, const Reading& how,
                              const std::vector<std::string>& addresses, const std::string& name) {
  jobs::StoredJob job;
  job.name = name;
  job.ranges = addresses;
  job.probe = std::get<0>(how);
  job.credentials = {std::get<1>(how)};
  job.port = static_cast<std::uint16_t>(std::get<2>(how));
  job.sweep = false;
  job.once = true;
  if (const auto read_by = jobs::find_job(tx, std::get<3>(how))) job.windows = read_by->windows;
  const auto added = jobs::add_job(tx, std::move(job), services.clock);
  if (!added) return added.error();
  const auto run =
      jobs::queue_run(tx, *added, services.clock, services.scans.collector(), jobs::Outside::waits);
  if (!run) return run.error();
  return {};
}

}  // namespace

bool order_looks(const Services& services, store::Transaction& tx, const desk::Ticket& change) {
  const auto items = items_of(tx, change);
  ask_agents(tx, items, change.number, services.clock.now());
  std::size_t place = 0;
  bool queued = false;
  for (const auto& [how, addresses] : readings_of(tx, items)) {
    const auto name = free_name(tx, change.number, place);
    const auto done = scan_again(services, tx, how, addresses, name);
    queued = queued || done;
    if (!done)
      base::log(base::LogLevel::warning, "desk.look", change.number + ": no scan: " + done.error().message);
  }
  return queued;
}

}  // namespace censo::collector
