#include "cmdb/invariants.h"

#include "base/id.h"
#include "cmdb/component_store.h"
#include "cmdb/packed_ids.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>

namespace censo::cmdb {
namespace {

constexpr std::size_t most_findings = 100;  // of one rule

// The findings of one rule.
class Rule {
 public:
  Rule(std::string name, std::vector<std::string>& findings) : name_(std::move(name)), findings_(findings) {}
  void broken(const std::string& what) {
    if (++count_ <= most_findings) findings_.push_back(name_ + ": " + what);
  }
  ~Rule() {
    if (count_ > most_findings) {
      findings_.push_back(name_ + ": and " + std::to_string(count_ - most_findings) + " more");
    }
  }
  Rule(const Rule&) = delete;
  Rule& operator=(const Rule&) = delete;

 private:
  std::string name_;
  std::vector<std::string>& findings_;
  std::size_t count_ = 0;
};

std::string item(std::int64_t id) {
  return "item " + base::id_to_text(id);
}

// Every edge of a circle leads back to where it began.
void check_merges(store::Transaction& tx, std::vector<std::string>& findings) {
  Rule rule("merge", findings);
  std::map<std::int64_t, std::int64_t> edges;
  for (const store::Row& row : tx.query("select id, merged_into from ci where merged_into is not null")) {
    edges[row.integer(0)] = row.integer(1);
  }
  for (const auto& [start, to] : edges) {
    std::set<std::int64_t> seen{start};
    auto next = edges.find(start);
    while (next != edges.end() && seen.insert(next->second).second) next = edges.find(next->second);
    if (next != edges.end() && next->second == start)
      rule.broken(item(start) + " is merged into itself, by a circle");
  }
}

std::vector<std::int64_t> row_ids(store::Transaction& tx) {
  std::vector<std::int64_t> ids;
  tx.each("select id from component_row order by id", [&](store::Row&& row) {
    ids.push_back(row.integer(0));
    return true;
  });
  return ids;
}

void check_packed_lists(store::Transaction& tx, std::vector<std::string>& findings) {
  Rule rule("components", findings);
  const auto known = row_ids(tx);
  tx.each("select ci_id, section, packed_rows from component_set", [&](store::Row&& row) {
    const std::string where = item(row.integer(0)) + ", section " + row.text(1);
    if (!is_packed(row.bytes(2))) {
      rule.broken(where + ": the packed list cannot be read");
      return true;
    }
    const RowIds ids = unpack_ids(row.bytes(2));
    const auto missing =
        std::ranges::find_if(ids, [&](RowId id) { return !std::ranges::binary_search(known, id); });
    if (missing != ids.end()) rule.broken(where + ": row " + std::to_string(*missing) + " is not there");
    return true;
  });
}

using Say = std::function<std::string(const store::Row&)>;

void check_none(store::Transaction& tx, std::vector<std::string>& findings, const std::string& name,
                std::string_view sql, const Say& say) {
  Rule rule(name, findings);
  tx.each(sql, [&](store::Row&& row) {
    rule.broken(say(row));
    return true;
  });
}

}  // namespace

std::vector<std::string> broken_invariants(store::Transaction& tx) {
  std::vector<std::string> findings;
  check_merges(tx, findings);
  check_packed_lists(tx, findings);
  check_none(tx, findings, "sections",
             "select c.ci_id, c.section, c.source_id from component_set c left join source_section s"
             " on s.source_id = c.source_id and s.section = c.section where s.source_id is null",
             [](const store::Row& row) {
               return item(row.integer(0)) + ": section " + row.text(1) + " of source " +
                      base::id_to_text(row.integer(2)) + " is not among that source's";
             });
  check_none(tx, findings, "keys",
             "select rule, value, count(*) from ci_key where identifying = 1 group by rule, value"
             " having count(*) > 1",
             [](const store::Row& row) {
               return row.text(0) + " " + row.text(1) + " identifies " + std::to_string(row.integer(2)) +
                      " items";
             });
  check_none(
      tx, findings, "keys",
      "select k.ci_id, k.rule, k.value from ci_key k left join ci c on c.id = k.ci_id where c.id is null",
      [](const store::Row& row) {
        return row.text(1) + " " + row.text(2) + " belongs to " + item(row.integer(0)) +
               ", which is not there";
      });
  check_none(tx, findings, "sources",
             "select s.id, s.ci_id from ci_source s join origin o on o.id = s.origin_id"
             " left join ci_value v on v.source_id = s.id and v.ci_id = s.ci_id"
             " where v.ci_id is null and s.ended_at is null and o.kind in ('agent', 'scanner')",
             [](const store::Row& row) {
               return "source " + base::id_to_text(row.integer(0)) + " says nothing of its own " +
                      item(row.integer(1));
             });
  return findings;
}

}  // namespace censo::cmdb
