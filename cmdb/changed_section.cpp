#include "cmdb/changed_section.h"

#include "cmdb/ingest_run.h"

#include <algorithm>
#include <map>

namespace censo::cmdb {
namespace {

// Nothing in it is looked at but the rows, so that it need not come again to understand the rest of a report.
bool is_rows_only(const ChangedSection& changed) {
  return changed.texts && changed.section->attributes.empty();
}

// An agent is told the digests of what it may leave out. Of others half a SHA-256 tells as surely whether a
// section is the same, and every item has several.
std::string kept_digest(const inventory::Section& section, bool rows_only) {
  constexpr std::size_t half = 32;
  return rows_only ? section.digest : section.digest.substr(0, half);
}

}  // namespace

std::vector<ChangedSection> changed_sections(IngestRun& run,
                                             std::span<const inventory::Section* const> sections) {
  store::Transaction& tx = run.tx;
  const SourceId source = run.source.id;
  struct Stored {
    std::string digest;
    bool complete, rows_only;
  };
  std::map<std::string, Stored, std::less<>> stored;
  for (const store::Row& row :
       tx.query("select section, digest, complete, rows_only from source_section where source_id = $1",
                source.value)) {
    stored[row.text(0)] = {row.text(1), row.integer(2) != 0, row.integer(3) != 0};
  }
  std::vector<ChangedSection> changed;
  for (const inventory::Section* reported : sections) {
    const inventory::Section& section = *reported;
    const auto known = stored.find(section.name);
    const bool was_complete = known != stored.end() && known->second.complete;
    const ChangedSection found{&section, was_complete, run.texts ? run.texts->of(section) : nullptr};
    const bool rows_only = is_rows_only(found);
    const bool is_same =
        known != stored.end() && known->second.digest == kept_digest(section, known->second.rows_only);
    if (is_same && known->second.rows_only == rows_only) continue;
    if (!is_same) changed.push_back(found);
    tx.execute(
        "insert into source_section (source_id, section, digest, complete, rows_only) values ($1, $2, $3, "
        "$4, $5)"
        " on conflict (source_id, section) do update set digest = excluded.digest, complete = "
        "excluded.complete, rows_only = excluded.rows_only",
        source.value, section.name, kept_digest(section, rows_only), was_complete || section.complete,
        rows_only);
  }
  return changed;
}

std::vector<inventory::SectionDigest> sections_of_rows(store::Transaction& tx, std::int64_t source_id) {
  std::vector<inventory::SectionDigest> sections;
  for (const store::Row& row :
       tx.query("select section, digest from source_section where source_id = $1 and rows_only = 1"
                " and digest <> '' order by section",
                source_id)) {
    sections.push_back({row.text(0), row.text(1)});
  }
  return sections;
}

bool may_leave_out(store::Transaction& tx, std::int64_t source_id,
                   const std::vector<inventory::SectionDigest>& sections) {
  const auto known = sections_of_rows(tx, source_id);
  return std::ranges::all_of(sections, [&](const inventory::SectionDigest& section) {
    const auto stored = std::ranges::find(known, section.name, &inventory::SectionDigest::name);
    return stored != known.end() && stored->digest == section.digest;
  });
}

}  // namespace censo::cmdb
