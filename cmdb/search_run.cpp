#include "cmdb/search_run.h"

#include "base/digest.h"
#include "base/id.h"
#include "base/text.h"
#include "cmdb/as_of.h"
#include "cmdb/search_candidates.h"
#include "cmdb/search_past.h"
#include "cmdb/search_row.h"
#include "cmdb/stored_json.h"

#include <algorithm>
#include <functional>
#include <map>
#include <tuple>

namespace censo::cmdb {
namespace {

using base::Errc;

constexpr std::size_t sorted_in_memory = 20'000;  // more are looked for along the index by name
constexpr std::size_t values_of_facet = 20;
constexpr std::size_t looks_for_frequent = 4'000;  // not full by then: few have all that is asked
constexpr std::size_t id_characters = 13;

struct Position {
  std::string name;
  std::int64_t id = 0;
};

std::string cursor_of(const FoundItem& item) {
  const std::string text = base::to_text(item.id) + item.name;
  return base::to_base64url({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

base::Result<Position> position_of(const std::string& cursor) {
  if (cursor.empty()) return Position{};
  const auto bytes = base::from_base64url(cursor);
  const std::string text = bytes ? std::string(bytes->begin(), bytes->end()) : "";
  const auto id = base::id_from_text(std::string_view(text).substr(0, id_characters));
  if (!id || !base::is_valid_utf8(text)) {
    return base::fail(Errc::malformed, "expected the \"next\" of an earlier page", "after");
  }
  return Position{text.substr(id_characters), *id};
}

std::optional<BoundTerm> term_without_past(const BoundQuery& query) {
  if (query.kind == Query::Kind::term)
    return query.term.without_past.empty() ? std::nullopt : std::optional(query.term);
  for (const BoundQuery& part : query.parts) {
    if (const auto found = term_without_past(part)) return found;
  }
  return std::nullopt;
}

class QueryRun {
 public:
  QueryRun(store::Transaction& tx, const SearchMemory& memory, const SearchRequest& request)
      : tx_(tx),
        memory_(memory),
        request_(request),
        reading_{tx, memory},
        retired_too_(mentions(request.query, TermKind::stage)),
        own_(request.tenant.empty() ? NumberSet() : memory.of_tenant(request.tenant)),
        ends_at_(std::chrono::steady_clock::now() + request.at_most) {}

  base::Result<SearchAnswer> run() {
    const auto after = position_of(request_.page.after);
    if (!after) return after.error();
    if (request_.at) {
      if (const auto term = term_without_past(request_.query)) {
        return base::fail(Errc::invalid_argument,
                          "\"" + to_text(term->written) + "\": " + term->without_past +
                              "; leave it out or leave out \"at\"",
                          place_in_query(term->written.position));
      }
      reading_.past = &past_.emplace(tx_, memory_, *request_.at);
    }
    const bool only_a_page = !request_.at && !request_.count && request_.facets.empty();
    prepared_ = prepare(tx_, memory_, request_.query, {request_.at.has_value(), only_a_page});
    if (!request_.tenant.empty()) prepared_.candidates &= own_;
    for (const std::string& field : request_.facets) answer_.facets.push_back({field, {}, 0});
    counts_.resize(request_.facets.size());
    if (request_.count || !request_.facets.empty()) count_all();
    if (request_.page.limit > 0) fill_page(*after);
    if (too_many_looks_) {
      too_many_looks_ = false;
      answer_.page = {};
      prepared_ = prepare(tx_, memory_, request_.query);
      if (!request_.tenant.empty()) prepared_.candidates &= own_;
      fill_page(*after);
    }
    if (out_of_time_) {
      return base::fail(
          Errc::timeout,
          "the search had to read too many items one by one and was ended; add a term that narrows it, "
          "such as class:, name:, ip: or software:",
          "q", "SEARCH_TOO_BROAD");
    }
    return std::move(answer_);
  }

 private:
  using Visit = std::function<bool(SearchRow&)>;  // false: enough

  bool is_own(std::uint32_t item) const { return request_.tenant.empty() || own_.has(item); }

  bool may_be_shown(std::uint32_t item) const {
    if (!memory_.is_shown(item) || !is_own(item)) return false;
    return retired_too_ || memory_.stage_of(item) != "retired";
  }

  bool matches(SearchRow& row) {
    const auto stands_elsewhere = [&](const std::string& text) {
      return memory_.has_beginning(row.item(), text);
    };
    if (std::ranges::any_of(request_.without, stands_elsewhere)) return false;
    if (past_ && !retired_too_ && row.stored().stage == "retired") return false;
    return fits(prepared_, row, memory_);
  }

  // Asking the clock costs as much as a few rows.
  bool is_out_of_time() {
    constexpr std::size_t rows_between = 64;
    const bool asks = looked_at_++ % rows_between == 0;
    out_of_time_ = out_of_time_ || (asks && std::chrono::steady_clock::now() > ends_at_);
    return out_of_time_;
  }

  // Whether to go on.
  bool go_on(SearchRow& row, const Visit& visit) {
    if (is_out_of_time()) return false;
    too_many_looks_ = prepared_.postponed && looked_at_ > looks_for_frequent;
    if (too_many_looks_) return false;
    return !matches(row) || visit(row);
  }

  // The rest of a query that reads items: the streamed row is the row of the search.
  bool take(store::Row& row, const Visit& visit) {
    const auto item = memory_.number_of(CiId(row.integer(0)));
    if (!item || !may_be_shown(*item) || !prepared_.candidates.has(*item)) return true;
    SearchRow found(reading_, *item, {row.text(1), row.text(2), row.text(3), row.text(4), row.integer(5)});
    return go_on(found, visit);
  }

  void each_by_name(const Position& after, const Visit& visit) {
    if (past_) return each_of_the_past(after, visit);
    if (prepared_.candidates.count() <= sorted_in_memory) return each_sorted(after, visit);
    if (is_answered_by_memory(prepared_)) {
      return tx_.each(
          "select id from ci where (name, id) > ($1, $2) order by name, id",
          [&](store::Row&& row) {
            const auto item = memory_.number_of(CiId(row.integer(0)));
            if (!item || !may_be_shown(*item) || !prepared_.candidates.has(*item)) return true;
            SearchRow found(reading_, *item);
            return go_on(found, visit);
          },
          after.name, after.id);
    }
    tx_.each(
        "select id, class, name, stage, attributes, first_seen from ci where (name, id) > ($1, $2) order by "
        "name, id",
        [&](store::Row&& row) { return take(row, visit); }, after.name, after.id);
  }

  void each_sorted(const Position& after, const Visit& visit) {
    struct Named {
      std::string_view name;
      CiId id;
      std::uint32_t item;
    };
    std::vector<Named> heap;
    prepared_.candidates.each([&](std::uint32_t item) {
      const Named named{memory_.name_of(item), memory_.id_of(item), item};
      const bool behind =
          std::tie(named.name, named.id.value) > std::tuple(std::string_view(after.name), after.id);
      if (behind && may_be_shown(item)) heap.push_back(named);
    });
    const auto later = [](const Named& a, const Named& b) {
      return std::tie(a.name, a.id) > std::tie(b.name, b.id);
    };
    std::ranges::make_heap(heap, later);
    while (!heap.empty()) {
      std::ranges::pop_heap(heap, later);
      SearchRow row(reading_, heap.back().item);
      heap.pop_back();
      if (!go_on(row, visit)) return;
    }
  }

  void each_in_any_order(const Visit& visit) {
    if (past_) return each_of_the_past({}, visit);
    const bool nearly_all = prepared_.candidates.count() > memory_.size() / 8 + sorted_in_memory;
    if (nearly_all && needs_rows()) {
      return tx_.each("select id, class, name, stage, attributes, first_seen from ci order by id",
                      [&](store::Row&& row) { return take(row, visit); });
    }
    bool more = true;
    prepared_.candidates.each([&](std::uint32_t item) {
      if (!more || !may_be_shown(item)) return;
      SearchRow row(reading_, item);
      more = go_on(row, visit);
    });
  }

  void each_of_the_past(const Position& after, const Visit& visit) {
    NumberSet possible = prepared_.candidates;
    possible |= past_->changed();
    if (!request_.tenant.empty()) possible &= own_;
    if (possible.count() <= sorted_in_memory) return each_then_sorted(possible, after, visit);
    ItemsThen items(tx_, past_->at(), "", after.name, CiId(after.id));
    const auto may_fit = [&](CiId ci) {
      const auto item = memory_.number_of(ci);
      return item && (is_out_of_time() || possible.has(*item));
    };
    while (const auto then = items.next(may_fit)) {
      if (!visit_then(*then, visit)) return;
    }
  }

  void each_then_sorted(const NumberSet& possible, const Position& after, const Visit& visit) {
    std::vector<ItemThen> items;
    possible.each([&](std::uint32_t item) {
      const CiId ci = memory_.id_of(item);
      auto then = is_out_of_time() ? std::nullopt : item_then(tx_, ci, past_->at());
      const bool behind = then && std::tie(then->state.name, ci.value) > std::tie(after.name, after.id);
      if (behind) items.push_back(std::move(*then));
    });
    std::ranges::sort(items, {}, [](const ItemThen& item) { return std::tie(item.state.name, item.id); });
    for (const ItemThen& item : items) {
      if (!visit_then(item, visit)) return;
    }
  }

  bool visit_then(const ItemThen& then, const Visit& visit) {
    const ItemState& state = then.state;
    SearchRow row(reading_, *memory_.number_of(then.id),
                  {state.class_name, state.name, state.stage, to_json(lasting(*request_.catalog, state)),
                   then.first_seen});
    return go_on(row, visit);
  }

  static bool is_answered_by_memory(const PreparedQuery& part) {
    if (part.exact) return true;
    if (part.query->kind != Query::Kind::term) return std::ranges::all_of(part.parts, is_answered_by_memory);
    return part.query->term.kind == TermKind::text || part.query->term.kind == TermKind::name;
  }

  bool needs_rows() const {
    const auto in_memory = [](const std::string& field) { return field == "class" || field == "stage"; };
    return !prepared_.exact || !std::ranges::all_of(request_.facets, in_memory);
  }

  void count_all() {
    std::size_t found = 0;
    each_in_any_order([&](SearchRow& row) {
      ++found;
      for (std::size_t i = 0; i < counts_.size(); ++i) ++counts_[i][value_of(request_.facets[i], row)];
      return true;
    });
    if (request_.count) answer_.count = found;
    for (std::size_t i = 0; i < counts_.size(); ++i) take_most_frequent(counts_[i], answer_.facets[i]);
  }

  std::string value_of(const std::string& field, SearchRow& row) {
    if (field == "class") return past_ ? row.stored().class_name : memory_.class_of(row.item());
    if (field == "stage") return past_ ? row.stored().stage : memory_.stage_of(row.item());
    return row.text(attributes_behind(field));
  }

  static void take_most_frequent(const std::map<std::string, std::size_t>& counts, Facet& facet) {
    facet.values.assign(counts.begin(), counts.end());
    std::ranges::stable_sort(facet.values, std::greater<>{}, [](const auto& value) { return value.second; });
    for (std::size_t i = values_of_facet; i < facet.values.size(); ++i)
      facet.others += facet.values[i].second;
    if (facet.values.size() > values_of_facet) facet.values.resize(values_of_facet);
  }

  void fill_page(const Position& after) {
    auto& rows = answer_.page.rows;
    each_by_name(after, [&](SearchRow& row) {
      if (rows.size() == request_.page.limit) {
        answer_.page.next = cursor_of(rows.back());
        return false;
      }
      rows.push_back(item_of(row));
      return true;
    });
  }

  FoundItem item_of(SearchRow& row) {
    const bool past = past_.has_value();
    FoundItem item{memory_.id_of(row.item()),
                   past ? row.stored().class_name : memory_.class_of(row.item()),
                   past ? row.stored().name : std::string(memory_.name_of(row.item())),
                   past ? row.stored().stage : memory_.stage_of(row.item()),
                   {}};
    for (const std::string& field : request_.fields) {
      const auto names = attributes_behind(field);
      const auto value =
          names.size() == 1 ? row.value(names.front()) : std::optional(inventory::Value(row.text(names)));
      if (value) item.attributes.set(field, *value);
    }
    return item;
  }

  store::Transaction& tx_;
  const SearchMemory& memory_;
  const SearchRequest& request_;
  RowReading reading_;
  std::optional<SearchPast> past_;
  bool retired_too_;
  const NumberSet own_;  // of the tenant that asks
  std::chrono::steady_clock::time_point ends_at_;
  PreparedQuery prepared_;
  SearchAnswer answer_;
  std::vector<std::map<std::string, std::size_t>> counts_;
  std::size_t looked_at_ = 0;
  bool out_of_time_ = false, too_many_looks_ = false;
};

}  // namespace

std::vector<std::size_t> count_queries(store::Transaction& tx, const SearchMemory& memory,
                                       std::span<const BoundQuery> queries) {
  RowReading reading{tx, memory};
  std::vector<PreparedQuery> prepared;
  for (const BoundQuery& query : queries) prepared.push_back(prepare(tx, memory, query));
  std::vector<std::size_t> counts(queries.size());
  tx.each("select id, class, name, stage, attributes, first_seen from ci order by id", [&](store::Row&& row) {
    const auto item = memory.number_of(CiId(row.integer(0)));
    if (!item || !memory.is_shown(*item) || row.text(3) == "retired") return true;
    SearchRow found(reading, *item, {row.text(1), row.text(2), row.text(3), row.text(4), row.integer(5)});
    for (std::size_t i = 0; i < prepared.size(); ++i) counts[i] += fits(prepared[i], found, memory) ? 1 : 0;
    return true;
  });
  return counts;
}

base::Result<SearchAnswer> run_query(store::Transaction& tx, const SearchMemory& memory,
                                     const SearchRequest& request) {
  return QueryRun(tx, memory, request).run();
}

}  // namespace censo::cmdb
