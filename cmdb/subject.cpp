#include "cmdb/subject.h"

#include "base/text.h"
#include "cmdb/evidence.h"
#include "cmdb/identification_record.h"
#include "cmdb/identification_score.h"
#include "cmdb/junk.h"
#include "cmdb/junk_review.h"
#include "cmdb/merge.h"
#include "cmdb/reporting_source.h"
#include "cmdb/review.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <set>

namespace censo::cmdb {
namespace {

constexpr double as_good_as = 0.5;
// So many times what is enough outweighs a contradiction: a new main board has another UUID in the same
// chassis, with the same disks and serial number.
constexpr double overwhelming = 2;

// The one item that owns each of the strong keys that anybody owns.
std::optional<CiId> owner_of_all(store::Transaction& tx, std::span<const Key> keys) {
  std::optional<CiId> one;
  for (const Key& key : keys) {
    const auto owner = key.identifying && !is_weak(key) ? owner_of(tx, key) : std::nullopt;
    if (owner && one && *one != *owner) return std::nullopt;
    if (owner) one = owner;
  }
  return one;
}

std::string points(double score) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", score);
  return text;
}

std::string agreeing(const Candidate& candidate) {
  std::set<std::string> names;
  for (const EvidenceLine& line : candidate.lines) {
    if (line.weight > 0) names.insert(line.identifier);
  }
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

void drop_junk(store::Transaction& tx, Evidence& evidence) {
  std::set<std::string> values;
  for (const EvidenceValue& one : evidence.values) {
    if (one.kind != IdentifierKind::name && one.kind != IdentifierKind::address) values.insert(one.value);
  }
  if (values.empty()) return;
  const auto junk = added_junk(tx, values);
  std::erase_if(evidence.values, [&](const EvidenceValue& one) {
    const bool drop = junk.contains(one.value);
    if (drop) evidence.dropped.push_back(one.weight->identifier + " " + one.value);
    return drop;
  });
}

bool has_other_live_agent(const PlaceSearch& search, CiId ci) {
  return std::ranges::any_of(members_of(search.tx, root_of(search.tx, ci)), [&](CiId member) {
    return is_subject_of_another_agent(search.tx, member, search.origin);
  });
}

// The origin lists the item under another asset tag: it says itself that these are two.
bool is_another_row(const PlaceSearch& search, CiId ci) {
  constexpr std::string_view by_tag = "asset_tag|";
  if (!search.native_key.starts_with(by_tag)) return false;
  return std::ranges::any_of(members_of(search.tx, root_of(search.tx, ci)), [&](CiId member) {
    const auto row =
        search.tx.query_one("select native_key from ci_source where origin_id = $1 and ci_id = $2",
                            search.origin.value, member.value);
    return row && row->text(0).starts_with(by_tag) && row->text(0) != search.native_key;
  });
}

class Decision {
 public:
  Decision(const PlaceSearch& search, const Evidence& evidence, const IdentificationScheme& scheme)
      : search_(search), evidence_(evidence), scheme_(scheme) {}

  SubjectPlace on(const Weighing& weighing) {
    place_.explanation.link = scheme_.link;
    place_.explanation.review = scheme_.review;
    place_.explanation.candidates = weighing.candidates;
    place_.explanation.dropped = evidence_.dropped;
    if (weighing.candidates.empty() || weighing.candidates.front().score < scheme_.review ||
        is_namesake(weighing.candidates.front())) {
      decide_new(weighing);
    } else if (is_ambiguous(weighing)) {
      place_.unidentified = "several items fit equally well, and it has nothing that names one thing: " +
                            weighing.candidates[0].name + ", " + weighing.candidates[1].name;
    } else {
      decide_on(weighing.candidates.front());
      ask_about_others(weighing);
    }
    return std::move(place_);
  }

 private:
  void set(const char* outcome, const std::string& rule, std::string text) {
    place_.explanation.outcome = outcome;
    place_.explanation.rule = rule;
    place_.explanation.text = std::move(text);
  }

  void decide_new(const Weighing& weighing) {
    if (weighing.candidates.empty()) {
      set("new", "no_match", "no known item has any of its identifiers");
    } else if (const Candidate& best = weighing.candidates.front(); best.score >= scheme_.review) {
      set("new", "namesake", "only names agree with " + best.name + ", and what names one thing differs");
    } else {
      set("new", "score",
          "the best candidate, " + best.name + ", has " + points(best.score) + " points: below " +
              points(scheme_.review) + ", not worth a question");
    }
  }

  // A poor record that two items fit alike: a question about each would answer nothing.
  bool is_ambiguous(const Weighing& weighing) const {
    return !search_.from_agent && evidence_.is_poor() && weighing.candidates.size() > 1 &&
           weighing.candidates[0].score - weighing.candidates[1].score < as_good_as;
  }

  void decide_on(const Candidate& best) {
    const std::string what =
        agreeing(best) + " agree with " + best.name + ": " + points(best.score) + " points";
    const bool enough = best.score >= scheme_.link;
    const bool vetoed =
        (best.vetoed && best.score < overwhelming * scheme_.link) || is_another_row(search_, best.ci);
    const bool may_be = enough && (!vetoed || has_another_board(best));
    if (may_be && search_.from_agent && has_other_live_agent(search_, best.ci)) {
      set("waiting", "live_agent",
          what + "; but another agent reports it: time tells whether both run at once");
      place_.questions.push_back({best.ci, "live_agents", true, best});
      return;
    }
    if (enough && !vetoed) {
      set("linked", best.rule, what + ", linked from " + points(scheme_.link));
      place_.found = best.ci;
      return;
    }
    const std::string kind = enough ? "contradiction" : best.rule;
    set("review", kind,
        what + (vetoed ? ", but an identifier that must not differ does" : "") + "; a person decides from " +
            points(scheme_.review));
    place_.questions.push_back({best.ci, kind, false, best});
  }

  // The machine bought in its place, say, under the same name.
  bool is_namesake(const Candidate& best) const {
    const auto weight_of = [&](const EvidenceLine& line) { return scheme_.find(line.identifier); };
    const bool differs = std::ranges::any_of(best.lines, [&](const EvidenceLine& line) {
      return line.weight < 0 && weight_of(line) && weight_of(line)->strong;
    });
    return differs && std::ranges::none_of(best.lines, [&](const EvidenceLine& line) {
             const IdentifierWeight* weight = weight_of(line);
             return line.weight > 0 && weight && (weight->strong || weight->completes);
           });
  }

  // Of what must not differ, only what goes with the main board does: repaired and installed anew, where the
  // old system is never heard of again.
  bool has_another_board(const Candidate& best) const {
    return std::ranges::all_of(best.lines, [&](const EvidenceLine& line) {
      const IdentifierWeight* weight = scheme_.find(line.identifier);
      return line.weight >= 0 || !weight || !weight->veto || weight->of_board;
    });
  }

  // Two items that fit one report may be one thing.
  void ask_about_others(const Weighing& weighing) {
    if (!place_.found) return;
    for (const Candidate& other : std::span(weighing.candidates).subspan(1)) {
      if (other.score >= scheme_.link && !other.vetoed && other.root != weighing.candidates.front().root)
        place_.questions.push_back({other.ci, "duplicates", false, other});
    }
  }

  const PlaceSearch& search_;
  const Evidence& evidence_;
  const IdentificationScheme& scheme_;
  SubjectPlace place_;
};

// By keys alone: classes without a scheme.
SubjectPlace place_by_keys(const PlaceSearch& search, std::span<const Key> keys) {
  SubjectPlace place;
  for (const Key& key : keys) {
    const auto owner = key.identifying && !place.found ? owner_of(search.tx, key) : std::nullopt;
    const bool taken = owner && search.from_agent && has_other_live_agent(search, *owner);
    const bool fits = owner && (!is_weak(key) || !has_strong_key(keys) || !has_strong_key(search.tx, *owner));
    if (!fits || taken) continue;
    place.found = owner;
    place.explanation.outcome = "linked";
    place.explanation.rule = "key";
    place.explanation.text = "it has the key " + key.rule + " " + key.value;
  }
  if (!place.found) {
    place.explanation.outcome = "new";
    place.explanation.rule = "no_match";
    place.explanation.text = "no known item has any of its keys";
  }
  return place;
}

// A better key than those that the owner has is new, and the owner has another value of its kind: a copy,
// which has the rest in common with its original.
bool contradicts(store::Transaction& tx, CiId owner, std::span<const Key> keys) {
  for (const Key& key : keys) {
    if (!key.identifying || is_weak(key) || owner_of(tx, key)) return false;
    const auto another = tx.query_one(
        "select 1 from ci_key where ci_id = $1 and rule = $2 and identifying = 1 and value <> $3",
        owner.value, key.rule, key.value);
    if (another) return true;
  }
  return false;
}

using Values = std::multimap<std::string, std::string, std::less<>>;  // by the rule in ci_key

// Both have values under one of the rules, and none in common.
bool differ_in(const Values& a, const Values& b, std::initializer_list<std::string_view> rules) {
  std::set<std::string> of_a, of_b;
  for (const std::string_view rule : rules) {
    for (auto [at, end] = a.equal_range(rule); at != end; ++at) of_a.insert(at->second);
    for (auto [at, end] = b.equal_range(rule); at != end; ++at) of_b.insert(at->second);
  }
  return !of_a.empty() && !of_b.empty() &&
         std::ranges::none_of(of_a, [&](const std::string& value) { return of_b.contains(value); });
}

bool is_adapter(const Key& key) {
  return key.rule == "mac_addresses" || key.rule == "base_mac";
}

// The one key in common may be copied, with a disk or a configuration: all adapters are others, and so is the
// serial number or every address.
bool has_other_hardware(store::Transaction& tx, CiId owner, std::span<const Key> keys) {
  Values shown, known;
  for (const Key& key : keys) {
    shown.emplace(key.rule, key.value);
    const bool has_it =
        is_adapter(key) && tx.query_one("select 1 from ci_key where value = $1 and rule = $2 and ci_id = $3",
                                        key.value, key.rule, owner.value);
    if (has_it) return false;  // nearly always the first one
  }
  if (std::ranges::none_of(keys, is_adapter)) return false;
  for (const store::Row& row : tx.query("select rule, value from ci_key where ci_id = $1", owner.value))
    known.emplace(row.text(0), row.text(1));
  if (!differ_in(shown, known, {"mac_addresses", "base_mac", moving_mac})) return false;
  return differ_in(shown, known, {"serial_number", "member_serial"}) ||
         differ_in(shown, known, {"ip_addresses", "management_address"});
}

bool has_all_keys(store::Transaction& tx, CiId ci, std::span<const Key> keys) {
  std::set<std::pair<std::string, std::string>> known;
  for (const store::Row& row : tx.query("select rule, value from ci_key where ci_id = $1", ci.value))
    known.emplace(row.text(0), row.text(1));
  return std::ranges::all_of(keys, [&](const Key& key) { return known.contains({key.rule, key.value}); });
}

// The origin says of it what it said before, to the last key: it is what it was, whatever else has these keys
// meanwhile (a copy).
std::optional<CiId> same_as_before(const PlaceSearch& search, std::span<const Key> keys) {
  std::optional<CiId> one;
  for (const CiId ci : subjects_by_native_key(search.tx, search.origin, search.native_key)) {
    if (!has_all_keys(search.tx, ci, keys)) continue;
    if (one) return std::nullopt;
    one = ci;
  }
  return one;
}

// The stream's item, where nothing speaks against it.
std::optional<CiId> certain_item(const PlaceSearch& search, std::span<const Key> keys) {
  if (search.from_agent) return std::nullopt;
  const auto owner = owner_of_all(search.tx, keys);
  const bool is_known = owner && find_source(search.tx, search.origin, *owner);
  const bool is_certain = is_known && !contradicts(search.tx, *owner, keys) &&
                          !is_another_row(search, *owner) && !has_other_hardware(search.tx, *owner, keys);
  if (is_certain) return owner;
  if (has_strong_key(keys)) {
    if (const auto same = same_as_before(search, keys)) return same;
  }
  if (owner) return std::nullopt;
  const auto known = subject_by_native_key(search.tx, search.origin, search.native_key);
  const bool fits = known && (!has_strong_key(keys) || !has_strong_key(search.tx, *known));
  return fits ? known : std::nullopt;
}

void learn(const PlaceSearch& search, const Weighing& weighing) {
  for (const LearntJunk& junk : weighing.learnt)
    learn_junk(search.tx, junk.kind, junk.value, junk.carriers, search.now);
}

bool says_nothing(const PlaceSearch& search, const Evidence& evidence, const Identity& subject) {
  return !search.from_agent && evidence.values.empty() && !has_strong_key(keys_of(subject)) &&
         (subject.name.empty() || base::equal_ignoring_case(subject.name, subject.definition->name) ||
          is_given_name(subject.name));
}

}  // namespace

SubjectPlace place_of(const PlaceSearch& search, const Identity& subject) {
  const auto keys = keys_of(subject);
  if (const auto certain = certain_item(search, keys)) return {certain, {}, {}, "", {}};
  const auto* scheme = IdentificationSchemes::built_in().of_class(search.catalog, subject.definition->name);
  if (!scheme) return place_by_keys(search, keys);
  Evidence evidence = evidence_of(*scheme, subject);
  drop_junk(search.tx, evidence);
  Weighing weighing = weigh(search.tx, search.catalog, evidence, search.not_these);
  const auto learnt = weighing.learnt;
  if (!learnt.empty()) {
    learn(search, weighing);
    drop_junk(search.tx, evidence);
    weighing = weigh(search.tx, search.catalog, evidence, search.not_these);
  }
  if (says_nothing(search, evidence, subject)) {
    SubjectPlace place;
    place.unidentified = "it has no identifier, no address and no name that tells it from others";
    return place;
  }
  SubjectPlace place = Decision(search, evidence, *scheme).on(weighing);
  place.learnt = learnt;
  return place;
}

std::optional<Candidate> duplicate_of(store::Transaction& tx, const ClassCatalog& catalog,
                                      const Identity& identity, CiId ci) {
  const auto* scheme = IdentificationSchemes::built_in().of_class(catalog, identity.definition->name);
  if (!scheme) return std::nullopt;
  Evidence evidence = evidence_of(*scheme, identity);
  drop_junk(tx, evidence);
  const Weighing weighing = weigh(tx, catalog, evidence, std::span(&ci, 1));
  if (weighing.candidates.empty()) return std::nullopt;
  const Candidate& best = weighing.candidates.front();
  return best.score >= scheme->link && !best.vetoed ? std::optional(best) : std::nullopt;
}

void keep_decision(store::Transaction& tx, const base::Clock& clock, const DecisionPlace& where,
                   const SubjectPlace& place) {
  for (const LearntJunk& junk : place.learnt) look_at_past_links(tx, clock, junk, where.at);
  if (place.explanation.outcome.empty()) return;
  record_identification(tx, clock, where, place.explanation);
  for (const OpenQuestion& question : place.questions) {
    if (question.kind == "duplicates") continue;  // joined or asked about once the report is taken in
    Explanation explanation = place.explanation;
    explanation.candidates = {question.candidate};
    ask_review(
        tx, clock,
        {where.ci, question.other, question.kind, question.waiting, explanation, where.source, where.at});
  }
}

std::optional<CiId> item_by_evidence(store::Transaction& tx, const ClassCatalog& catalog,
                                     const Identity& identity, CiId subject) {
  const auto* scheme = IdentificationSchemes::built_in().of_class(catalog, identity.definition->name);
  if (!scheme) return std::nullopt;
  Evidence evidence = evidence_of(*scheme, identity);
  std::erase_if(evidence.values, [](const EvidenceValue& one) { return one.weight->proposes; });
  if (evidence.values.empty()) return std::nullopt;
  drop_junk(tx, evidence);
  const Weighing weighing = weigh(tx, catalog, evidence, std::span(&subject, 1));
  if (weighing.candidates.empty()) return std::nullopt;
  const Candidate& best = weighing.candidates.front();
  return best.score >= scheme->link && !best.vetoed ? std::optional(best.ci) : std::nullopt;
}

}  // namespace censo::cmdb
