#include "cmdb/other_place.h"

#include "cmdb/derived_section.h"
#include "cmdb/ingest_run.h"
#include "cmdb/learned_address.h"
#include "cmdb/port_words.h"
#include "cmdb/stored_json.h"

#include <algorithm>

namespace censo::cmdb {
namespace {

bool is_gear(const IngestRun& run, const std::string& class_name) {
  return run.catalog.is_a(class_name, "network_device") && !run.catalog.is_a(class_name, "ip_phone");
}

}  // namespace

std::vector<OtherPlace> other_places(const IngestRun& run, CiId item) {
  std::vector<OtherPlace> places;
  for (const store::Row& row :
       run.tx.query("select r.id, r.from_ci, r.evidence, s.last_seen, r.locked_by from relationship r"
                    " join ci_source s on s.id = r.source_id where r.to_ci = $1 and r.type = 'connects_to'"
                    " and r.section = $2 and r.source_id <> $3 and r.ended_at is null",
                    item.value, derived_section_name, run.source.id.value)) {
    const auto evidence = attributes_from_json(row.text(2));
    const auto macs = words_of(evidence.text("remote_mac"));
    places.push_back({row.integer(0),
                      CiId(row.integer(1)),
                      {macs.begin(), macs.end()},
                      evidence.integer("addresses_at_port"),
                      row.integer(3) > run.now - learned_believed_ms,
                      !row.text(4).empty()});
  }
  return places;
}

bool is_better_known(const IngestRun& run, CiId item, const LearnedAt& learned) {
  return std::ranges::any_of(other_places(run, item), [&](const OtherPlace& other) {
    const bool nearer = other.addresses <= learned.addresses && other.believed;
    return other.macs.contains(learned.mac) && (other.locked || nearer);
  });
}

std::vector<OtherEnd> other_ends_at(const IngestRun& run, CiId item) {
  std::vector<OtherEnd> ends;
  for (const store::Row& row :
       run.tx.query("select r.from_ci, c.class, r.evidence from relationship r join ci c on c.id = r.from_ci"
                    " join ci_source s on s.id = r.source_id where r.to_ci = $1 and r.type = 'connects_to'"
                    " and r.source_id <> $2 and r.ended_at is null and s.last_seen > $3",
                    item.value, run.source.id.value, run.now - learned_believed_ms)) {
    if (!is_gear(run, row.text(1))) continue;
    auto ports = words_of(attributes_from_json(row.text(2)).text("remote_port"));
    if (!ports.empty()) ends.push_back({CiId(row.integer(0)), std::move(ports)});
  }
  return ends;
}

bool has_link_at(const IngestRun& run, CiId device, const std::string& port, CiId item) {
  const auto word = word_in_list(port);
  for (const store::Row& row :
       run.tx.query("select evidence from relationship where from_ci = $1 and type = 'connects_to' and"
                    " to_ci <> $2 and ended_at is null",
                    device.value, item.value)) {
    const auto evidence = attributes_from_json(row.text(0));
    const auto ports = words_of(evidence.text("local_port"));
    if (std::ranges::find(ports, word) != ports.end()) return true;
  }
  return false;
}

bool is_network_gear(const IngestRun& run, CiId item) {
  const auto row = run.tx.query_one("select class from ci where id = $1", item.value);
  return row && is_gear(run, row->text(0));
}

}  // namespace censo::cmdb
