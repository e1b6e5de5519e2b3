#include "cmdb/dependency.h"

#include "base/id.h"
#include "cmdb/derived_section.h"
#include "cmdb/relationship_edit.h"
#include "cmdb/relationship_span.h"
#include "cmdb/stored_json.h"

#include <algorithm>
#include <set>
#include <string>

namespace censo::cmdb {
namespace {

constexpr std::size_t most_told = 20;               // ports, addresses
constexpr std::int64_t dependency_confidence = 90;  // percents

std::string name_of(store::Transaction& tx, CiId ci) {
  return tx.query_one("select name from ci where id = $1", ci.value)->text(0);
}

void tell(const DependencyWriting& writing, std::string_view what, CiId from, CiId to) {
  const std::string from_name = name_of(writing.tx, from), to_name = name_of(writing.tx, to);
  const bool added = what == "relationship_added";
  writing.history.add({from, what, "depends_on " + to_name, added ? "" : to_name, added ? to_name : ""});
  writing.history.add({to, what, from_name + " depends_on", added ? "" : from_name, added ? from_name : ""});
}

inventory::TextList shortened(const std::set<std::string>& texts) {
  inventory::TextList list(texts.begin(), texts.end());
  if (list.size() > most_told) list.resize(most_told);
  return list;
}

}  // namespace

std::int64_t begin_dependency(const DependencyWriting& writing, SourceId source, CiId from, CiId to) {
  const auto known = writing.tx.query_one(
      "select id from relationship where from_ci = $1 and type = 'depends_on' and to_ci = $2 and source_id = "
      "$3"
      " and section = $4 and ended_at is null",
      from.value, to.value, source.value, flows_section_name);
  if (known) return known->integer(0);
  if (is_denied(writing.tx, "depends_on", from, to)) return 0;
  const std::int64_t id =
      begin_relationship(writing.tx, writing.clock, writing.feed,
                         {"depends_on", from, to, source, flows_section_name, "{}", writing.now,
                          HistoryRule{}.fold_within_ms, dependency_confidence});
  tell(writing, "relationship_added", from, to);
  return id;
}

void write_evidence(store::Transaction& tx, std::int64_t relationship) {
  std::set<std::string> ports, addresses;
  std::int64_t connections = 0, times = 0;
  base::TimeMs last_seen = 0;
  for (const store::Row& row :
       tx.query("select protocol, remote_port, remote_address, connections, times, last_seen from flow"
                " where relationship_id = $1",
                relationship)) {
    ports.insert(row.text(0) + "/" + std::to_string(row.integer(1)));
    addresses.insert(row.text(2));
    connections += row.integer(3);
    times = std::max(times, row.integer(4));
    last_seen = std::max(last_seen, row.integer(5));
  }
  inventory::Attributes evidence;
  evidence.set("ports", shortened(ports));
  evidence.set("addresses", shortened(addresses));
  evidence.set("connections", connections);
  evidence.set("times_seen", times);
  evidence.set("last_seen", base::to_iso8601(last_seen).substr(0, 10));
  const std::string text = to_json(evidence);
  const auto stored = tx.query_one("select evidence from relationship where id = $1", relationship);
  if (stored && stored->text(0) == text) return;
  tx.execute("update relationship set evidence = $2, expires_at = $3 where id = $1", relationship, text,
             last_seen + flow_expiry_ms);
}

void end_unless_seen(const DependencyWriting& writing, std::int64_t relationship, base::TimeMs last_seen) {
  if (writing.tx.query_one("select 1 from flow where relationship_id = $1", relationship)) {
    return write_evidence(writing.tx, relationship);
  }
  const auto row = writing.tx.query_one(
      "select from_ci, to_ci from relationship where id = $1 and ended_at is null and locked_by = ''",
      relationship);
  if (!row) return;
  end_relationship(writing.tx, writing.feed, relationship, last_seen, writing.now);
  tell(writing, "relationship_removed", CiId(row->integer(0)), CiId(row->integer(1)));
}

}  // namespace censo::cmdb
