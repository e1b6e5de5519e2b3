#include "cmdb/identification_score.h"

#include "base/text.h"
#include "cmdb/class_catalog.h"
#include "cmdb/evidence.h"
#include "cmdb/merge.h"
#include "cmdb/stored_json.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <span>
#include <utility>

namespace censo::cmdb {
namespace {

constexpr std::size_t most_carriers = 9, most_candidates = 8, learnt_at = 3;
constexpr double other_family = -1;  // what a scan takes for a switch may be a computer that forwards

// Every value's carriers in one statement; at most a few each.
std::string carriers_sql(std::size_t values) {
  std::string sql;
  for (std::size_t i = 0; i < values; ++i) {
    const auto parameter = [&](std::size_t which) { return "$" + std::to_string(i * 5 + which + 1); };
    sql += i == 0 ? "" : " union all ";
    sql += "select * from (select value, rule, ci_id, identifying from ci_key where value = " + parameter(0) +
           " and rule in (" + parameter(1) + ", " + parameter(2) + ", " + parameter(3) + ", " + parameter(4) +
           ") limit " + std::to_string(most_carriers + 3) + ") a" + std::to_string(i);
  }
  return sql;
}

// One of few texts, so that each is prepared once. Most items show few values, and room for more costs time.
struct CarriersQuery {
  std::size_t values;
  std::string sql;
};
const CarriersQuery& carriers_query(std::size_t values) {
  constexpr std::size_t most = Evidence::max_values;
  static const std::array<CarriersQuery, 3> queries{
      {{4, carriers_sql(4)}, {8, carriers_sql(8)}, {most, carriers_sql(most)}}};
  return *std::ranges::find_if(queries, [values](const auto& query) { return query.values >= values; });
}

struct Carrier {
  CiId ci;
  bool identifying = false;
};
using Carriers = std::vector<std::vector<Carrier>>;  // by the evidence's values

Carriers carriers_of(store::Transaction& tx, const Evidence& evidence) {
  const CarriersQuery& query = carriers_query(evidence.values.size());
  std::vector<store::Parameter> parameters;
  for (const EvidenceValue& one : evidence.values) {
    parameters.emplace_back(one.value);
    for (std::size_t i = 0; i < 4; ++i) {
      const auto& rules = one.weight->attributes;
      parameters.emplace_back(rules[std::min(i, rules.size() - 1)]);
    }
  }
  parameters.resize(query.values * 5, std::string());
  Carriers carriers(evidence.values.size());
  for (const store::Row& row : tx.query_list(query.sql, parameters)) {
    for (std::size_t i = 0; i < evidence.values.size(); ++i) {
      const EvidenceValue& one = evidence.values[i];
      const bool same = one.value == row.text(0) && std::ranges::find(one.weight->attributes, row.text(1)) !=
                                                        one.weight->attributes.end();
      if (same) carriers[i].push_back({CiId(row.integer(2)), row.integer(3) != 0});
    }
  }
  return carriers;
}

// A known item with what is merged into it.
struct Known {
  CiId root;
  std::string class_name, name;
  inventory::Attributes attributes;
  std::map<CiId, std::set<std::size_t>> shared;  // of each member the values of the report that it has
  std::multimap<std::string, std::string, std::less<>> keys;
  bool owns_key = false;
};

class Weigher {
 public:
  Weigher(store::Transaction& tx, const ClassCatalog& catalog, const Evidence& evidence)
      : tx_(tx), catalog_(catalog), evidence_(evidence) {}

  Weighing run(std::span<const CiId> except) {
    for (const CiId ci : except) except_.insert(ci ? root_of(tx_, ci) : ci);
    gather(carriers_of(tx_, evidence_));
    Weighing weighing;
    for (const CiId root : most_promising()) {
      Known& known = known_.at(root);
      load(known);
      if (auto candidate = weighed(known)) weighing.candidates.push_back(std::move(*candidate));
    }
    sort(weighing.candidates);
    weighing.learnt = learnt();
    weigh_again_beside_best(weighing.candidates);
    return weighing;
  }

 private:
  static void sort(std::span<Candidate> candidates) {
    std::ranges::stable_sort(candidates, [](const Candidate& a, const Candidate& b) {
      return std::pair(a.score, a.owns_key) > std::pair(b.score, b.owns_key);
    });
  }

  // The item that the report is of is no other carrier of its adapters: they say no less of the others. Other
  // values that these share with it are its own or name nothing.
  void weigh_again_beside_best(std::vector<Candidate>& candidates) {
    if (candidates.size() < 2) return;
    const Candidate& best = candidates.front();
    if (best.score < evidence_.scheme->link || best.vetoed) return;
    for (std::size_t i = 0; i < roots_.size(); ++i) {
      if (roots_[i].size() > 1 && evidence_.values[i].weight->completes) roots_[i].erase(best.root);
    }
    const auto others = std::span(candidates).subspan(1);
    for (Candidate& other : others) {
      if (auto weighed_again = weighed(known_.at(other.root))) other = std::move(*weighed_again);
    }
    sort(others);
  }

  void gather(const Carriers& carriers) {
    roots_.resize(carriers.size());
    for (std::size_t i = 0; i < carriers.size(); ++i) {
      for (const Carrier& carrier : carriers[i]) {
        const CiId root = root_of_carrier(carrier.ci);
        if (except_.contains(root)) continue;
        roots_[i].insert(root);
        Known& known = known_[root];
        known.root = root;
        known.owns_key = known.owns_key || carrier.identifying;
        known.shared[carrier.ci].insert(i);
      }
    }
  }

  CiId root_of_carrier(CiId ci) {
    const auto known = root_by_ci_.find(ci);
    if (known != root_by_ci_.end()) return known->second;
    return root_by_ci_[ci] = root_of(tx_, ci);
  }

  // What the shared values can give at most, names and addresses of well-known things apart.
  double promise_of(const Known& known) const {
    double sum = 0;
    for (const std::size_t i : shared_by(known)) {
      const EvidenceValue& one = evidence_.values[i];
      sum += one.weight->proposes ? std::max(evidence_.scheme->review, one.weight->same) : one.weight->same;
    }
    return sum;
  }

  std::vector<CiId> most_promising() const {
    std::vector<std::pair<double, CiId>> order;
    for (const auto& [root, known] : known_) {
      const double promise = promise_of(known);
      if (promise >= evidence_.scheme->review) order.emplace_back(-promise, root);
    }
    std::ranges::sort(order);
    if (order.size() > most_candidates) order.resize(most_candidates);
    std::vector<CiId> roots;
    for (const auto& [promise, root] : order) roots.push_back(root);
    return roots;
  }

  static std::set<std::size_t> shared_by(const Known& known) {
    std::set<std::size_t> all;
    for (const auto& [ci, values] : known.shared) all.insert(values.begin(), values.end());
    return all;
  }

  void load(Known& known) {
    const auto row = tx_.query_one("select class, name, attributes from ci where id = $1", known.root.value);
    known.class_name = row->text(0);
    known.name = row->text(1);
    known.attributes = attributes_from_json(row->text(2));
    for (const CiId member : members_of(tx_, known.root)) {
      for (const store::Row& key : tx_.query("select rule, value from ci_key where ci_id = $1 and rule not "
                                             "in ('ip_addresses', 'virtual_addresses') limit 600",
                                             member.value)) {
        known.keys.emplace(key.text(0), key.text(1));
      }
    }
  }

  // The candidate's value of the identifier that is not the report's; "" when it has none.
  static std::string value_of(const Known& known, const IdentifierWeight& weight) {
    for (const std::string& attribute : weight.attributes) {
      const auto [begin, end] = known.keys.equal_range(attribute);
      for (auto key = begin; key != end; ++key) {
        std::string value = value_as(weight, kind_of_identifier(attribute), key->second);
        if (!value.empty()) return value;
      }
    }
    return "";
  }

  std::optional<Candidate> weighed(const Known& known) {
    const auto* scheme = IdentificationSchemes::built_in().of_class(catalog_, known.class_name);
    if (!scheme || scheme->alone != evidence_.scheme->alone) return std::nullopt;
    Candidate candidate{{}, known.root, known.class_name, known.name, 0, false, known.owns_key, "score", {}};
    candidate.ci =
        std::ranges::max_element(known.shared, {}, [](const auto& one) { return one.second.size(); })->first;
    for (const IdentifierWeight& own : evidence_.scheme->identifiers)
      weigh_identifier(known, weight_between(own, *scheme), candidate);
    weigh_family(known, candidate);
    halve_copied(candidate);
    for (const EvidenceLine& line : candidate.lines) candidate.score += line.weight;
    complete(known, *scheme, candidate);
    return candidate;
  }

  void weigh_identifier(const Known& known, const IdentifierWeight& weight, Candidate& candidate) {
    if (!evidence_.knows(weight.identifier)) return;
    const auto shared = shared_by(known);
    double sum = 0;
    for (const std::size_t i : shared) {
      const EvidenceValue& one = evidence_.values[i];
      if (one.weight->identifier != weight.identifier || is_counted(candidate, one.value)) continue;
      const std::size_t carriers = roots_[i].size();
      const double full = is_disqualified(known, weight) ? 0 : sum > 0 ? weight.more : weight.same;
      const double counts = carriers >= most_carriers ? 0 : full / static_cast<double>(carriers);
      const double adds = std::min(counts, std::max(weight.most, weight.same) - sum);
      sum += adds;
      candidate.lines.push_back({weight.identifier, one.value, "", carriers, adds});
    }
    const bool none_shared = std::ranges::none_of(
        shared, [&](std::size_t i) { return evidence_.values[i].weight->identifier == weight.identifier; });
    const std::string other = none_shared ? value_of(known, weight) : "";
    if (other.empty() || (weight.differs == 0 && !weight.veto)) return;
    if (is_member_of(known, first_value(weight.identifier))) return;
    candidate.vetoed = candidate.vetoed || weight.veto;
    candidate.lines.push_back({weight.identifier, first_value(weight.identifier), other, 0, weight.differs});
  }

  // One value under two names, the serial number that is the chassis's too, speaks once.
  static bool is_counted(const Candidate& candidate, const std::string& value) {
    return std::ranges::any_of(candidate.lines, [&](const EvidenceLine& line) {
      return line.weight > 0 && line.value == value && line.other_value.empty();
    });
  }

  // What goes along with a copied disk, where no adapter is the same and nothing else names the thing.
  void halve_copied(Candidate& candidate) const {
    const auto weight_of = [&](const EvidenceLine& line) { return evidence_.scheme->find(line.identifier); };
    bool other_adapters = false;
    for (const EvidenceLine& line : candidate.lines) {
      const IdentifierWeight* weight = weight_of(line);
      if (!weight) continue;
      other_adapters = other_adapters || (is_adapter(*weight) && line.weight < 0);
      if (line.weight > 0 && !weight->copied && (weight->strong || is_adapter(*weight))) return;
    }
    for (EvidenceLine& line : candidate.lines) {
      const IdentifierWeight* weight = weight_of(line);
      if (other_adapters && weight && weight->copied && line.weight > 0) line.weight /= 2;
    }
  }
  static bool is_adapter(const IdentifierWeight& weight) {
    return kind_of_identifier(weight.attributes.front()) == IdentifierKind::mac;
  }

  std::string first_value(const std::string& identifier) const {
    for (const EvidenceValue& one : evidence_.values) {
      if (one.weight->identifier == identifier) return one.value;
    }
    return "";
  }

  // The serial number of a stack is its master's: another member's is no contradiction.
  static bool is_member_of(const Known& known, const std::string& serial) {
    const auto [begin, end] = known.keys.equal_range("member_serial");
    return std::any_of(begin, end, [&](const auto& key) { return key.second == serial; });
  }

  // A serial number of another maker is another one.
  bool is_disqualified(const Known& known, const IdentifierWeight& weight) const {
    if (weight.qualified_by.empty()) return false;
    const std::string theirs =
        identity_value(IdentifierKind::maker, known.attributes.text(weight.qualified_by));
    return !theirs.empty() && !evidence_.manufacturer.empty() &&
           !IdentificationSchemes::built_in().same_maker(theirs, evidence_.manufacturer);
  }

  // A switch is no server; but what a scan takes for a network device may be any of both.
  void weigh_family(const Known& known, Candidate& candidate) {
    const auto within = [&](const std::string& a, const std::string& b) { return catalog_.is_a(a, b); };
    const bool related =
        within(known.class_name, evidence_.class_name) || within(evidence_.class_name, known.class_name);
    const bool computers =
        within(known.class_name, "computer_system") && within(evidence_.class_name, "computer_system");
    const bool vague = known.class_name == "network_device" || evidence_.class_name == "network_device";
    const bool devices =
        within(known.class_name, "network_device") && within(evidence_.class_name, "network_device");
    if (related || computers || vague || devices) return;
    candidate.lines.push_back({"class", evidence_.class_name, known.class_name, 0, other_family});
  }

  bool is_poor(const Known& known, const IdentificationScheme& scheme) const {
    return std::ranges::none_of(scheme.identifiers, [&](const IdentifierWeight& weight) {
      return weight.strong && !value_of(known, weight).empty();
    });
  }

  // A record that names one thing by nothing else: one address links it, a name or its place proposes it.
  void complete(const Known& known, const IdentificationScheme& scheme, Candidate& candidate) const {
    if (!evidence_.is_poor() && !is_poor(known, scheme)) return;
    for (const std::size_t i : shared_by(known)) {
      const IdentifierWeight& weight = *evidence_.values[i].weight;
      if (roots_[i].size() > 1) continue;
      if (weight.completes && candidate.score < evidence_.scheme->link && candidate.score > 0) {
        candidate.score = evidence_.scheme->link;
        candidate.rule = "placeholder";
      }
      if (weight.proposes && candidate.score < evidence_.scheme->link && is_of_one_domain(known)) {
        candidate.score = std::max(candidate.score, evidence_.scheme->review);
        candidate.rule = weight.identifier == "name" ? "name_only" : weight.identifier;
      }
    }
  }

  bool is_of_one_domain(const Known& known) const {
    const std::string theirs = base::to_lower(known.attributes.text("fqdn"));
    const auto domain = [](const std::string& name) {
      return name.substr(std::min(name.find('.'), name.size()));
    };
    return theirs.empty() || evidence_.fqdn.empty() || domain(theirs) == domain(evidence_.fqdn);
  }

  // Two items that differ in a strong identifier other than `identifier`, and share none.
  bool are_distinct(const Known& a, const Known& b, const std::string& identifier) const {
    bool differ = false;
    for (const IdentifierWeight& weight : evidence_.scheme->identifiers) {
      if (!weight.strong || weight.identifier == identifier) continue;
      const std::string one = value_of(a, weight), other = value_of(b, weight);
      if (one.empty() || other.empty()) continue;
      if (one == other) return false;
      differ = true;
    }
    return differ;
  }
  bool is_distinct(const Known& known, const std::string& identifier) const {
    bool differ = false;
    const auto shared = shared_by(known);
    for (const IdentifierWeight& weight : evidence_.scheme->identifiers) {
      if (!weight.strong || weight.identifier == identifier || !evidence_.knows(weight.identifier)) continue;
      const bool same = std::ranges::any_of(
          shared, [&](std::size_t i) { return evidence_.values[i].weight->identifier == weight.identifier; });
      if (same) return false;
      differ = differ || !value_of(known, weight).empty();
    }
    return differ;
  }

  std::vector<LearntJunk> learnt() {
    std::vector<LearntJunk> found;
    for (std::size_t i = 0; i < evidence_.values.size(); ++i) {
      const EvidenceValue& one = evidence_.values[i];
      const bool can_be = one.weight->strong || one.weight->completes;
      if (!can_be || roots_[i].size() + 1 < learnt_at) continue;
      std::vector<const Known*> distinct;
      for (const CiId root : roots_[i]) {
        Known& known = known_.at(root);
        if (known.keys.empty()) load(known);
        const bool apart = std::ranges::all_of(distinct, [&](const Known* other) {
          return are_distinct(*other, known, one.weight->identifier);
        });
        if (apart && is_distinct(known, one.weight->identifier)) distinct.push_back(&known);
      }
      if (distinct.size() + 1 < learnt_at) continue;
      found.push_back({one.kind, one.weight->identifier, one.value, {}});
      for (const Known* known : distinct) found.back().carriers.push_back(known->root);
    }
    return found;
  }

  store::Transaction& tx_;
  const ClassCatalog& catalog_;
  const Evidence& evidence_;
  std::set<CiId> except_;  // roots
  std::map<CiId, Known> known_;
  std::map<CiId, CiId> root_by_ci_;
  std::vector<std::set<CiId>> roots_;  // by the evidence's values
};

}  // namespace

Weighing weigh(store::Transaction& tx, const ClassCatalog& catalog, const Evidence& evidence,
               std::span<const CiId> except) {
  if (evidence.values.empty()) return {};
  return Weigher(tx, catalog, evidence).run(except);
}

}  // namespace censo::cmdb
