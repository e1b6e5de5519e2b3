#include "cmdb/search_candidates.h"

#include "base/id.h"
#include "base/text.h"
#include "cmdb/address_range.h"
#include "cmdb/component_rows.h"
#include "cmdb/search.h"
#include "cmdb/search_past.h"
#include "cmdb/search_row.h"

#include <algorithm>
#include <functional>

namespace censo::cmdb {
namespace {

struct Candidates {
  NumberSet numbers;
  bool exact = false, postponed = false;
};

class TermCandidates {
 public:
  TermCandidates(store::Transaction& tx, const SearchMemory& memory, Preparation how)
      : tx_(tx), memory_(memory), how_(how) {}

  Candidates of(const BoundTerm& term) {
    switch (term.kind) {
      case TermKind::class_name:
        return exactly(term, memory_.with_class([&](const std::string& name) {
          return std::ranges::find(term.names, name) != term.names.end();
        }));
      case TermKind::stage:
        return exactly(term,
                       memory_.with_stage([&](const std::string& stage) { return text_fits(term, stage); }));
      case TermKind::software:
      case TermKind::port:
      case TermKind::component: return {memory_.with_rows(rows_that_fit(tx_, term)), true};
      case TermKind::has_component: return exactly(term, memory_.with_rows(rows_that_fit(tx_, term)));
      case TermKind::relation:
        if (how_.of_past) return {memory_.all(), false};  // the other end may have had another name
        return exactly(term, related(term));
      case TermKind::ip:
      case TermKind::mac:
        if (term.comparison != Comparison::contains) return exactly(term, with_address(term));
        return loosely(term, {term.text});
      case TermKind::text: return loosely(term, term.names);
      case TermKind::name:
      case TermKind::serial: return loosely(term, {term.text});
      default: return {memory_.all(), false};
    }
  }

 private:
  static Candidates exactly(const BoundTerm& term, NumberSet numbers) {
    if (term.negated) numbers.invert();
    return {std::move(numbers), true};
  }

  // Texts that are long enough are found by their parts; others, and what is not asked for, anywhere.
  Candidates loosely(const BoundTerm& term, const std::vector<std::string>& forms) {
    if (term.negated) return {memory_.all(), false};
    NumberSet found = memory_.none();
    for (const std::string& form : forms) {
      if (how_.postpones_frequent && form.size() >= 3 && memory_.is_frequent(form))
        return {memory_.all(), false, true};
      if (form.size() >= 3)
        found |= memory_.with_text(form);
      else if (term.kind == TermKind::text)
        found |= beginning_with(form, [](const store::Row&) { return true; });
      else
        return {memory_.all(), false};
    }
    return {std::move(found), false};
  }

  void add(NumberSet& found, CiId ci) const {
    const auto number = memory_.number_of(ci);
    if (number) found.add(memory_.root_of(*number));
  }

  NumberSet beginning_with(const std::string& text, const std::function<bool(const store::Row&)>& fits) {
    NumberSet found = memory_.none();
    tx_.each(
        "select value, rule, ci_id from ci_key where value >= $1 and value < $2",
        [&](store::Row&& row) {
          if (fits(row)) add(found, CiId(row.integer(2)));
          return true;
        },
        text, end_of_range(text));
    return found;
  }

  NumberSet with_address(const BoundTerm& term) {
    if (term.kind == TermKind::mac) {
      const std::string mac = mac_beginning(term.text);
      return beginning_with(mac.empty() ? term.text : mac, [](const store::Row& row) {
        return row.text(0).size() == 17 && row.text(0)[2] == ':';
      });
    }
    if (term.prefix)
      return beginning_with(term.text, [](const store::Row& row) { return is_address(row.text(0)); });
    const auto range = address_range(term.text);
    if (!range) return memory_.none();
    return beginning_with(range->beginning,
                          [&](const store::Row& row) { return holds(*range, row.text(0)); });
  }

  NumberSet related(const BoundTerm& term) {
    std::vector<CiId> others;
    if (const auto id = base::id_from_text(term.text); id) others.emplace_back(*id);
    for (const std::string& form : forms_of(term.text)) {
      for (const store::Row& row : tx_.query("select distinct ci_id from ci_key where value = $1", form)) {
        others.emplace_back(row.integer(0));
      }
    }
    NumberSet found = memory_.none();
    for (const CiId other : others) {
      const auto number = memory_.number_of(other);
      if (!number) continue;
      for (const std::uint32_t member : memory_.members_of(memory_.root_of(*number))) {
        for (const store::Row& row :
             tx_.query("select from_ci from relationship where to_ci = $1 and type = $2 and ended_at is null",
                       memory_.id_of(member).value, term.names.front())) {
          add(found, CiId(row.integer(0)));
        }
      }
    }
    return found;
  }

  store::Transaction& tx_;
  const SearchMemory& memory_;
  const Preparation how_;
};

// What is known at once, what stands in memory, what is in the item's row, what takes a query more.
int cost_of(const PreparedQuery& part) {
  if (part.exact) return 0;
  if (part.query->kind != Query::Kind::term) return 3;
  switch (part.query->term.kind) {
    case TermKind::text:
    case TermKind::name: return 1;
    case TermKind::attribute:
    case TermKind::has:
    case TermKind::first_seen: return 2;
    default: return 4;
  }
}

}  // namespace

PreparedQuery prepare(store::Transaction& tx, const SearchMemory& memory, const BoundQuery& query,
                      Preparation how) {
  PreparedQuery prepared{&query, NumberSet(), true, {}, false};
  if (query.kind == Query::Kind::term) {
    auto candidates = TermCandidates(tx, memory, how).of(query.term);
    prepared.candidates = std::move(candidates.numbers);
    prepared.exact = candidates.exact;
    prepared.postponed = candidates.postponed;
    return prepared;
  }
  const bool any = query.kind == Query::Kind::any_of;
  prepared.candidates = any ? memory.none() : memory.all();
  for (const BoundQuery& part : query.parts) {
    PreparedQuery inner = prepare(tx, memory, part, how);
    prepared.exact = prepared.exact && inner.exact;
    prepared.postponed = prepared.postponed || inner.postponed;
    if (any)
      prepared.candidates |= inner.candidates;
    else if (query.kind == Query::Kind::all_of)
      prepared.candidates &= inner.candidates;
    prepared.parts.push_back(std::move(inner));
  }
  if (query.kind == Query::Kind::none_of && prepared.exact) {
    prepared.candidates = prepared.parts.front().candidates;
    prepared.candidates.invert();
  }
  std::ranges::stable_sort(prepared.parts, {}, cost_of);
  return prepared;
}

bool fits(const PreparedQuery& query, SearchRow& row, const SearchMemory& memory) {
  SearchPast* past = row.past();
  const bool as_it_is_now = !past || !past->has_changed(row.item());
  if (as_it_is_now && !query.candidates.has(row.item())) return false;
  if (as_it_is_now && query.exact) return true;
  const auto part_fits = [&](const PreparedQuery& part) { return fits(part, row, memory); };
  switch (query.query->kind) {
    case Query::Kind::term:
      return past ? past->fits(query.query->term, row) : term_fits(query.query->term, row, memory);
    case Query::Kind::all_of: return std::ranges::all_of(query.parts, part_fits);
    case Query::Kind::any_of: return std::ranges::any_of(query.parts, part_fits);
    case Query::Kind::none_of: return !part_fits(query.parts.front());
  }
  return false;
}

}  // namespace censo::cmdb
