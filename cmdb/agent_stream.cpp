#include "cmdb/agent_stream.h"

#include "cmdb/evidence.h"
#include "cmdb/identification.h"

#include <algorithm>

namespace censo::cmdb {
namespace {

constexpr base::TimeMs sighting_kept_ms = base::TimeMs{60} * 86'400'000;

struct TwoReports {
  Evidence was, is;
};

// Of the stream's hardware, as stored and as reported. Nothing: nothing is stored.
std::optional<TwoReports> hardware_of(store::Transaction& tx, const ReportingSource& source,
                                      const Identity& subject) {
  const auto row = tx.query_one("select sections, evidence from ci_value where ci_id = $1 and source_id = $2",
                                source.ci.value, source.id.value);
  if (!row) return std::nullopt;
  const Identity before = identity_from_stored(subject.definition, "", row->text(0), row->text(1));
  const auto* scheme = IdentificationSchemes::built_in().named("hardware");
  return TwoReports{evidence_of(*scheme, before), evidence_of(*scheme, subject)};
}

bool share(const TwoReports& hardware, std::string_view identifier) {
  return std::ranges::any_of(hardware.is.values, [&](const EvidenceValue& one) {
    return one.weight->identifier == identifier && hardware.was.has(identifier, one.value);
  });
}

// In how many kinds of identifiers stored and reported hardware differ; 0: they have one in common, or serial
// number and UUID do not differ.
int differences(store::Transaction& tx, const ReportingSource& source, const Identity& subject) {
  const auto hardware = hardware_of(tx, source, subject);
  if (!hardware) return 0;
  bool contradicts = false;
  int different = 0;
  for (const char* identifier : {"serial_number", "smbios_uuid", "mac", "guest_mac", "disk_serial"}) {
    if (!hardware->was.knows(identifier) || !hardware->is.knows(identifier)) continue;
    if (share(*hardware, identifier)) return 0;
    ++different;
    contradicts = contradicts || hardware->is.scheme->find(identifier)->veto;
  }
  return contradicts ? different : 0;
}

enum class Adapters { unknown, shared, different };

// Whether a stream has shown an adapter that the report shows, too.
Adapters adapters_of(store::Transaction& tx, const ReportingSource& source, const Identity& subject) {
  const auto hardware = hardware_of(tx, source, subject);
  if (!hardware) return Adapters::unknown;
  bool both_known = false;
  for (const char* identifier : {"mac", "guest_mac"}) {
    if (share(*hardware, identifier)) return Adapters::shared;
    both_known = both_known || (hardware->was.knows(identifier) && hardware->is.knows(identifier));
  }
  return both_known ? Adapters::different : Adapters::unknown;
}

bool is_other_hardware(store::Transaction& tx, const ReportingSource& source, const Identity& subject) {
  return differences(tx, source, subject) > 0;
}

// A repair changes a part or two; serial number, UUID and adapters or disks at once are another machine, to
// which the agent's state was copied.
bool is_another_machine(store::Transaction& tx, const ReportingSource& source, const Identity& subject) {
  return differences(tx, source, subject) >= 3;
}

std::optional<bool> seen_as_stranger(store::Transaction& tx, SourceId source, const std::string& boot_id,
                                     const std::string& fingerprint) {
  const auto row =
      boot_id.empty()
          ? tx.query_one(
                "select stranger from agent_sighting where source_id = $1 and boot_id = ''"
                " and fingerprint = $2",
                source.value, fingerprint)
          : tx.query_one("select stranger from agent_sighting where source_id = $1 and boot_id = $2",
                         source.value, boot_id);
  return row ? std::optional(row->integer(0) != 0) : std::nullopt;
}

void forget_sighting(store::Transaction& tx, SourceId source, const std::string& boot_id,
                     const std::string& fingerprint) {
  tx.execute(
      "delete from agent_sighting where source_id = $1 and boot_id = $2 and (boot_id <> '' or "
      "fingerprint = $3)",
      source.value, boot_id, fingerprint);
}

// The system that reported last is followed by another one.
void note_last(store::Transaction& tx, const ReportingSource& source, bool stranger) {
  tx.execute(
      "insert into agent_sighting (source_id, boot_id, fingerprint, first_seen, last_seen, stranger)"
      " values ($1, $2, $3, $4, $5, $6) on conflict (source_id, boot_id, fingerprint) do update set"
      " last_seen = excluded.last_seen, stranger = excluded.stranger",
      source.id.value, source.boot_id, source.fingerprint, source.boot_since, source.last_seen, stranger);
  tx.execute("delete from agent_sighting where source_id = $1 and last_seen < $2 and stranger = 0",
             source.id.value, source.last_seen - sighting_kept_ms);
}

AgentStream continued(ReportingSource source) {
  AgentStream stream;
  stream.of = source.ci;
  stream.source = std::move(source);
  return stream;
}

AgentStream stranger_to(const std::vector<ReportingSource>& streams) {
  AgentStream stream;
  stream.is_stranger = true;
  stream.of = streams.front().ci;
  for (const ReportingSource& one : streams) stream.others.push_back(one.ci);
  return stream;
}

// The stream continues, unless its systems take turns: one that comes back after another is a second machine.
AgentStream continued_or_copy(store::Transaction& tx, const std::vector<ReportingSource>& streams,
                              const ReportingSource& source, const inventory::Report& report,
                              const Identity& subject) {
  const std::string fingerprint = hardware_fingerprint(subject);
  const std::string boot_id = boot_id_of(report);
  const bool same_system = boot_id.empty() ? fingerprint == source.fingerprint : boot_id == source.boot_id;
  if (same_system || (boot_id.empty() && !is_other_hardware(tx, source, subject))) return continued(source);
  const auto stranger = seen_as_stranger(tx, source.id, boot_id, fingerprint);
  if (!stranger) {
    note_last(tx, source, false);
    return continued(source);
  }
  forget_sighting(tx, source.id, boot_id, fingerprint);
  if (*stranger) return stranger_to(streams);
  note_last(tx, source, true);
  AgentStream stream = continued(source);
  stream.found_clone = true;
  return stream;
}

// Of several streams under one id: the running system, else the hardware, else its adapters, else the name
// tells them apart. Hardware that none of them has is one more machine, and so are a name and adapters
// together.
AgentStream one_of(store::Transaction& tx, const std::vector<ReportingSource>& all,
                   const inventory::Report& report, const Identity& subject) {
  const std::string fingerprint = hardware_fingerprint(subject);
  const std::string boot_id = boot_id_of(report);
  std::vector<ReportingSource> streams = all;
  const auto choose = [&](auto&& fits) -> std::optional<AgentStream> {
    if (std::ranges::count_if(streams, fits) != 1) return std::nullopt;
    return continued(*std::ranges::find_if(streams, fits));
  };
  if (auto found = choose([&](const auto& one) { return !boot_id.empty() && one.boot_id == boot_id; }))
    return *found;
  if (auto found = choose([&](const auto& one) { return one.fingerprint == fingerprint; })) return *found;
  for (const ReportingSource& one : all) {
    if (!seen_as_stranger(tx, one.id, boot_id, fingerprint).value_or(false)) continue;
    forget_sighting(tx, one.id, boot_id, fingerprint);
    return stranger_to(all);
  }
  std::erase_if(streams, [&](const ReportingSource& one) { return is_other_hardware(tx, one, subject); });
  if (streams.empty()) return stranger_to(all);
  if (streams.size() == 1) return continued_or_copy(tx, all, streams.front(), report, subject);
  std::vector<Adapters> adapters;
  for (const ReportingSource& one : streams) adapters.push_back(adapters_of(tx, one, subject));
  if (std::ranges::count(adapters, Adapters::shared) == 1) {
    const auto at = std::ranges::find(adapters, Adapters::shared) - adapters.begin();
    return continued(streams[static_cast<std::size_t>(at)]);
  }
  const auto has_name = [&](const ReportingSource& one) {
    const auto row = tx.query_one("select name from ci where id = $1", one.ci.value);
    return row && row->text(0) == report.subject_name;
  };
  if (std::ranges::count_if(streams, has_name) == 1)
    return continued_or_copy(tx, all, *std::ranges::find_if(streams, has_name), report, subject);
  const bool others = std::ranges::all_of(adapters, [](Adapters one) { return one == Adapters::different; });
  return others ? stranger_to(all) : continued(streams.front());
}

}  // namespace

bool is_certain(const std::vector<ReportingSource>& streams, const inventory::Report& report) {
  if (streams.size() != 1) return false;
  const std::string boot_id = boot_id_of(report);
  return boot_id.empty() || streams.front().boot_id.empty() || boot_id == streams.front().boot_id;
}

AgentStream stream_of_agent(store::Transaction& tx, std::vector<ReportingSource> streams,
                            const inventory::Report& report, const Identity& subject) {
  if (streams.empty()) return {};
  if (streams.size() > 1) return one_of(tx, streams, report, subject);
  const ReportingSource& source = streams.front();
  if (is_another_machine(tx, source, subject)) return stranger_to(streams);
  return continued_or_copy(tx, streams, source, report, subject);
}

}  // namespace censo::cmdb
