#include "collector/probe/spool.h"

#include "base/id.h"
#include "cmdb/store/database.h"
#include "collector/jobs/probe_entry.h"

#include <algorithm>

namespace censo::collector::probe {
namespace {

constexpr std::size_t most_at_once = 200;

std::int64_t counter(store::Transaction& tx, std::string_view name) {
  const auto row = tx.query_one("select value from probe_counter where name = $1", name);
  return row ? row->integer(0) : 0;
}

void set_counter(store::Transaction& tx, std::string_view name, std::int64_t value) {
  tx.execute(
      "insert into probe_counter (name, value) values ($1, $2) on conflict (name) do update set value = "
      "excluded.value",
      name, value);
}

void set_sums(store::Transaction& tx, const SpoolState& state) {
  set_counter(tx, "entries", state.entries);
  set_counter(tx, "bytes", state.bytes);
  set_counter(tx, "lost", state.lost);
}

// One at a time: there are few, and each is large.
void make_room(store::Transaction& tx, SpoolState& state, std::int64_t most_bytes) {
  while (state.bytes > most_bytes) {
    const auto oldest =
        tx.query_one("select sequence, bytes from probe_spool where kind <> 'run' order by sequence limit 1");
    if (!oldest) return;
    tx.execute("delete from probe_spool where sequence = $1", oldest->integer(0));
    --state.entries;
    state.bytes -= oldest->integer(1);
    ++state.lost;
  }
}

base::Bytes bytes_of(const std::string& text) {
  return {text.begin(), text.end()};
}

}  // namespace

SpoolState spool_state(store::Transaction& tx) {
  return {counter(tx, "entries"), counter(tx, "bytes"), counter(tx, "lost")};
}

void add_entry(store::Transaction& tx, jobs::ProbeEntry entry, std::int64_t most_bytes,
               const base::Clock& clock) {
  entry.sequence = std::max(counter(tx, "sequence") + 1, base::next_id(clock));
  set_counter(tx, "sequence", entry.sequence);
  const auto bytes = static_cast<std::int64_t>(entry.about.size() + entry.body.size());
  auto state = spool_state(tx);
  ++state.entries;
  state.bytes += bytes;
  tx.execute("insert into probe_spool (sequence, kind, about, body, bytes) values ($1, $2, $3, $4, $5)",
             entry.sequence, entry.kind, entry.about, bytes_of(entry.body), bytes);
  make_room(tx, state, most_bytes);
  set_sums(tx, state);
}

std::vector<jobs::ProbeEntry> oldest_entries(store::Transaction& tx, std::size_t most_bytes) {
  std::vector<jobs::ProbeEntry> entries;
  std::size_t bytes = 0;
  tx.each(
      "select sequence, kind, about, body from probe_spool order by sequence limit $1",
      [&](store::Row&& row) {
        const auto& body = row.bytes(3);
        jobs::ProbeEntry entry{row.integer(0), row.text(1), row.text(2), {body.begin(), body.end()}};
        bytes += entry.about.size() + entry.body.size();
        if (!entries.empty() && bytes > most_bytes) return false;
        entries.push_back(std::move(entry));
        return true;
      },
      static_cast<std::int64_t>(most_at_once));
  return entries;
}

void forget_delivered(store::Transaction& tx, std::int64_t delivered) {
  if (delivered > counter(tx, "sequence"))
    set_counter(tx, "sequence", delivered);  // an older state came back
  auto state = spool_state(tx);
  const auto had = tx.query_one(
      "select count(*), coalesce(cast(sum(bytes) as bigint), 0) from probe_spool where sequence <= $1",
      delivered);
  if (had->integer(0) == 0) return;
  for (const auto& row :
       tx.query("select about from probe_spool where sequence <= $1 and kind = 'run'", delivered)) {
    if (const auto run = jobs::parse_progress(row.text(0)))
      tx.execute("delete from probe_run where id = $1 and ended = 1", run->id.value);
  }
  tx.execute("delete from probe_spool where sequence <= $1", delivered);
  state.entries -= had->integer(0);
  state.bytes -= had->integer(1);
  set_sums(tx, state);
}

void give_up(store::Transaction& tx, const jobs::ProbeEntry& entry, const base::Error& why) {
  const auto agent = entry.kind == "report" ? jobs::parse_report_about(entry.about).agent_id : std::string();
  // "STALE_SEQUENCE: ...": the reason that the centre put before its sentence.
  const auto colon = why.message.find(": ");
  const auto reason = colon == std::string::npos ? std::string() : why.message.substr(0, colon);
  const auto about = jobs::to_json(jobs::RefusedAbout{entry.kind + ": " + why.message, reason, agent});
  if (entry.kind == "run")
    if (const auto run = jobs::parse_progress(entry.about))
      tx.execute("delete from probe_run where id = $1", run->id.value);
  const auto before = static_cast<std::int64_t>(entry.about.size() + entry.body.size());
  const auto after = static_cast<std::int64_t>(about.size());
  tx.execute("update probe_spool set kind = 'refused', about = $2, body = $3, bytes = $4 where sequence = $1",
             entry.sequence, about, base::Bytes(), after);
  set_counter(tx, "bytes", counter(tx, "bytes") - before + after);
}

void Unwritten::settle(store::Database& database) {
  const std::int64_t entries = entries_;
  if (entries == 0) return;
  const auto counted = database.write([&](store::Transaction& tx) -> store::Outcome {
    set_counter(tx, "lost", counter(tx, "lost") + entries);
    return {};
  });
  if (counted) entries_ -= entries;
}

std::vector<OpenRun> open_runs(store::Transaction& tx) {
  std::vector<OpenRun> runs;
  for (const auto& row : tx.query("select id, ended from probe_run order by id"))
    runs.push_back({jobs::RunId(row.integer(0)), row.integer(1) != 0});
  return runs;
}

void begin_run(store::Transaction& tx, jobs::RunId run) {
  tx.execute("insert into probe_run (id, ended) values ($1, 0) on conflict (id) do nothing", run.value);
}

void end_run(store::Transaction& tx, const jobs::StoredRun& run, std::int64_t most_bytes,
             const base::Clock& clock) {
  tx.execute("update probe_run set ended = 1 where id = $1", run.id.value);
  add_entry(tx, {0, "run", jobs::progress_json(run), {}}, most_bytes, clock);
}

}  // namespace censo::collector::probe
