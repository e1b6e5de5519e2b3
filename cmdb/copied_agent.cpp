#include "cmdb/duplicates.h"
#include "cmdb/evidence.h"
#include "cmdb/identification.h"
#include "cmdb/merge.h"
#include "cmdb/reporting_source.h"
#include "cmdb/source_move.h"
#include "cmdb/subject.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace censo::cmdb {
namespace {

using Hardware = std::set<std::pair<std::string, std::string>>;  // identifier, value

// What a copy of the disk has not.
Hardware hardware_of(const ClassCatalog& catalog, const Identity& identity) {
  Hardware hardware;
  const auto* scheme = IdentificationSchemes::built_in().of_class(catalog, identity.definition->name);
  if (!scheme) return hardware;
  for (const EvidenceValue& one : evidence_of(*scheme, identity).values) {
    const bool is_part = one.weight->strong || one.kind == IdentifierKind::mac;
    if (is_part && !one.weight->copied) hardware.emplace(one.weight->identifier, one.value);
  }
  return hardware;
}

struct Said {
  SourceId source;
  bool by_agent = false;
  Identity identity;
  Hardware hardware;
};

std::vector<Said> said_of(store::Transaction& tx, const ClassCatalog& catalog, CiId ci) {
  std::vector<Said> all;
  for (const store::Row& row : tx.query(
           "select v.source_id, o.kind, v.class, v.name, v.sections, v.evidence from ci_value v"
           " join ci_source s on s.id = v.source_id and s.ci_id = v.ci_id join origin o on o.id = s.origin_id"
           " where v.ci_id = $1 order by v.source_id",
           ci.value)) {
    const ClassDefinition* definition = catalog.find_class(row.text(2));
    if (!definition) continue;
    Identity identity = identity_from_stored(definition, row.text(3), row.text(4), row.text(5));
    Hardware hardware = hardware_of(catalog, identity);
    all.push_back(
        {SourceId(row.integer(0)), row.text(1) == "agent", std::move(identity), std::move(hardware)});
  }
  return all;
}

bool have_in_common(const Hardware& a, const Hardware& b) {
  return std::ranges::any_of(a, [&](const auto& part) { return b.contains(part); });
}

class Parting {
 public:
  Parting(store::Transaction& tx, const ClassCatalog& catalog, const base::Clock& clock)
      : tx_(tx), catalog_(catalog), clock_(clock) {}

  void part(CiId original, const Identity& copy) {
    const Hardware of_copy = hardware_of(catalog_, copy);
    Hardware of_original;
    for (const Said& one : said_of(tx_, catalog_, original)) {
      if (one.by_agent) of_original.insert(one.hardware.begin(), one.hardware.end());
    }
    std::ranges::set_difference(of_copy, of_original, std::inserter(only_copy_, only_copy_.end()));
    std::ranges::set_difference(of_original, of_copy, std::inserter(only_original_, only_original_.end()));
    for (const CiId member : members_of(tx_, root_of(tx_, original))) part(member, original);
    for (const Said& one : said_of(tx_, catalog_, original)) {
      if (one.by_agent) find_own(original, one.identity);
    }
  }

 private:
  bool is_of_copy(const Said& one) const {
    return !one.by_agent && have_in_common(one.hardware, only_copy_) &&
           !have_in_common(one.hardware, only_original_);
  }

  void part(CiId member, CiId original) {
    const auto said = said_of(tx_, catalog_, member);
    const auto of_copy = [&](const Said& one) { return is_of_copy(one); };
    const MergeAct act{"rule clone", "it shows the hardware of a copy, not of the original", clock_.now()};
    if (member != original && !said.empty() && std::ranges::all_of(said, of_copy)) {
      const CiId below = lower_of(member, original);
      if (was_joined_by_rule(below)) (void)unmerge_item(tx_, catalog_, clock_, below, act);
      parted_.insert(member);
      return;
    }
    for (const Said& one : said) {
      if (is_of_copy(one)) parted_.insert(move_source(tx_, catalog_, clock_, one.source, act));
    }
  }

  // Its own rows, which it could not be joined with as long as those of the copy were there.
  void find_own(CiId original, const Identity& identity) {
    const auto found = duplicate_of(tx_, catalog_, identity, original);
    if (found && !parted_.contains(found->root))
      (void)join_duplicates(tx_, catalog_, clock_, original, *found);
  }

  // Where the edge begins that joins the two: at the member, or on the way from the original up to it.
  CiId lower_of(CiId member, CiId original) {
    for (CiId ci = original; ci;) {
      const auto row = tx_.query_one("select merged_into from ci where id = $1", ci.value);
      const CiId above(row ? row->maybe_integer(0).value_or(0) : 0);
      if (above == member) return ci;
      ci = above;
    }
    return member;
  }

  // What people merged they part.
  bool was_joined_by_rule(CiId below) {
    const auto row =
        tx_.query_one("select actor from merge_record where ci_id = $1 and undone_at is null", below.value);
    return row && row->text(0).starts_with("rule ");
  }

  store::Transaction& tx_;
  const ClassCatalog& catalog_;
  const base::Clock& clock_;
  Hardware only_copy_, only_original_;
  std::set<CiId> parted_;
};

}  // namespace

void part_from_original(store::Transaction& tx, const ClassCatalog& catalog, const base::Clock& clock,
                        CiId original, const Identity& copy) {
  Parting(tx, catalog, clock).part(original, copy);
}

}  // namespace censo::cmdb
