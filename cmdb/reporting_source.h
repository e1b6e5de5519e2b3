// Streams of reports: who reports which item, how far its sequence is, and what went wrong in its last
// report.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "cmdb/configuration_item.h"
#include "cmdb/store/transaction.h"
#include "inventory/report.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace censo::cmdb {

using SourceId = base::Id<struct SourceTag>;

struct ReportingSource {
  SourceId id;
  OriginId origin;
  CiId ci;                     // the subject
  std::uint64_t sequence = 0;  // of the last report taken; 0: it had none
  std::string content_digest;
  std::string version;                       // of the reporting program
  std::vector<inventory::Problem> problems;  // of the last report
  base::TimeMs first_seen = 0, last_seen = 0;
  // The running system that reported last, since when it does, and the hardware that it shows (a digest).
  std::string boot_id;
  base::TimeMs boot_since = 0;
  std::string fingerprint;
};

// "agent", "scanner", "import": as stored and shown.
std::string_view name_of(inventory::OriginKind kind);

// The agent's one subject with its last report. Nothing: this agent never reported.
std::optional<ReportingSource> source_of_agent(store::Transaction& tx, std::string_view agent_id);

// All streams under one agent's id: more than one where its state was copied to another machine, the first
// one first.
std::vector<ReportingSource> sources_of_agent(store::Transaction& tx, std::string_view agent_id);
// The streams of agents, ended ones left out, that have the item as their subject.
std::vector<ReportingSource> live_agents_of(store::Transaction& tx, CiId ci);

// The agent reports no more (revoked, retired): from now on another agent that shows the identifiers of its
// item may take that item over. Until then such an agent gets an item of its own and a conflict is recorded.
void end_agent(store::Transaction& tx, std::string_view agent_id, base::TimeMs now);

// What the agent said so far is compared with no more: its next report has to come whole, and every section
// of it is read, also where nothing has changed.
void expect_whole_report(store::Transaction& tx, std::string_view agent_id);

// A live agent other than `origin` has the item as its subject.
bool is_subject_of_another_agent(store::Transaction& tx, CiId ci, OriginId origin);
// A live agent other than `origin` says something of the item, as its subject or beside it.
bool is_reported_by_another_agent(store::Transaction& tx, CiId ci, OriginId origin);

// For ingest(): the origin's row, made when it is new; its streams; and the one row that every report
// updates.
OriginId origin_of(store::Transaction& tx, const inventory::Origin& origin, const base::Clock& clock);
std::optional<ReportingSource> find_source(store::Transaction& tx, OriginId origin, CiId subject);
std::optional<CiId> subject_by_native_key(store::Transaction& tx, OriginId origin,
                                          std::string_view native_key);
// All that the origin ever named so.
std::vector<CiId> subjects_by_native_key(store::Transaction& tx, OriginId origin,
                                         std::string_view native_key);
void add_source(store::Transaction& tx, const ReportingSource& source, std::string_view native_key);
void update_source(store::Transaction& tx, const ReportingSource& source, const inventory::Report& report,
                   base::TimeMs now);
// The same for a report that brought nothing else, from the same running system.
struct Sighting {
  std::uint64_t sequence = 0;
  std::string_view version;
  base::TimeMs now = 0;
};
void touch_source(store::Transaction& tx, const ReportingSource& source, const Sighting& sighting);
// True: this very report was taken before. Errc::stale and conflict as cmdb/ingest.h says. Sequence 0 is
// always new.
base::Result<bool> was_taken(const ReportingSource& source, std::uint64_t sequence,
                             std::string_view content_digest);
void update_content(store::Transaction& tx, SourceId id, std::string_view content_digest,
                    std::string_view fingerprint);
// Of the running system; "" when the report does not say.
std::string boot_id_of(const inventory::Report& report);

}  // namespace censo::cmdb
