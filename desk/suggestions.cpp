#include "desk/suggestions.h"

#include "cmdb/impact.h"
#include "desk/likeness.h"
#include "desk/recent_changes.h"
#include "desk/ticket_kind.h"
#include "desk/ticket_store.h"

#include <algorithm>
#include <map>

namespace censo::desk {
namespace {

constexpr std::int64_t most_counted = 2'000;  // tickets with a word: a more common one weighs no less
constexpr std::size_t most_items = 100;       // looked at, with what they need
constexpr std::size_t most_read = 200;        // tickets
constexpr double alike_enough = 0.5;          // of the weight of what was typed
constexpr double same_item = 0.6, near_item = 0.4;

struct Found {
  double text = 0, place = 0;
  std::vector<std::string> words, places;
};
using FoundTickets = std::map<std::int64_t, Found>;

double number_of_tickets(store::Transaction& tx) {
  const auto row = tx.query_one("select cast(coalesce(sum(last), 0) as bigint) from ticket_counter");
  return row ? static_cast<double>(row->integer(0)) : 0;
}

void find_alike(store::Transaction& tx, std::string_view text, FoundTickets& found) {
  const auto total = number_of_tickets(tx);
  double typed = 0;
  for (const auto& word : telling_words(text)) {
    const auto count =
        tx.query_one("select count(*) from (select 1 from ticket_word where word = $1 limit $2) as counted",
                     word, most_counted);
    const auto weight = weight_of(static_cast<double>(count->integer(0)), total);
    typed += weight;
    for (const auto& row : tx.query(
             "select ticket_id from ticket_word where word = $1 order by ticket_id desc limit 200", word)) {
      auto& one = found[row.integer(0)];
      one.text += weight;
      one.words.push_back(word);
    }
  }
  for (auto& [id, one] : found) one.text /= typed;
  std::erase_if(found, [](const auto& one) { return one.second.text < alike_enough; });
}

void find_on(store::Transaction& tx, const Suspect& item, FoundTickets& found) {
  const bool named = item.depth == 0;
  for (const cmdb::CiId member : item.members) {
    const auto rows = tx.query(
        "select t.id, t.is_open from ticket_link l cross join ticket t where l.ci_id = $1 and t.id = "
        "l.ticket_id "
        "and l.role in ('affected', 'cause') and (t.is_open = 1 or $2 = 1) order by l.ticket_id desc limit "
        "20",
        member.value, std::int64_t{named});
    for (const auto& row : rows) {
      auto& one = found[row.integer(0)];
      one.place = std::max(one.place, (named ? same_item : near_item) * (row.integer(1) == 1 ? 1 : 0.5));
      one.places.push_back("on " + item.name + (named ? "" : ", " + item.path));
    }
  }
}

bool is_known_error(const Ticket& ticket, const TicketState& state) {
  return !state.ended && !ticket.field("workaround").empty();
}

Suggestion suggestion_of(Ticket ticket, const Found& found, const TicketState& state) {
  Suggestion one;
  one.score = found.text + found.place;
  if (!found.words.empty()) {
    std::string words;
    for (const auto& word : found.words) words += (words.empty() ? "" : ", ") + word;
    one.reasons.push_back("alike: " + words);
  }
  const std::string prefix = is_known_error(ticket, state) ? "known error " : state.ended ? "was " : "open ";
  for (const auto& place : found.places) one.reasons.push_back(prefix + place);
  one.help = ticket.field(is_known_error(ticket, state) ? "workaround" : "solution");
  one.ticket = std::move(ticket);
  return one;
}

std::vector<Suspect> looked_at(const Operation& operation, const std::vector<cmdb::CiId>& items) {
  std::vector<Suspect> named;
  for (const auto id : items) {
    const auto item = cmdb::find_ci(operation.tx, id);
    if (item) named.push_back({item->id, item->class_name, item->name, 0, ""});
  }
  LookBack back;
  back.max_suspects = most_items;
  return with_what_they_need(operation, std::move(named), {}, back);
}

// The best and newest first.
std::vector<const FoundTickets::value_type*> best_of(const FoundTickets& found) {
  std::vector<const FoundTickets::value_type*> best;
  for (const auto& one : found) best.push_back(&one);
  const auto score = [](const auto* one) { return one->second.text + one->second.place; };
  std::sort(best.begin(), best.end(), [&](const auto* a, const auto* b) {
    return score(a) != score(b) ? score(a) > score(b) : a->first > b->first;
  });
  if (best.size() > most_read) best.resize(most_read);
  return best;
}

}  // namespace

Suggestions suggestions_for(const Operation& operation, const BeingReported& reported, std::size_t limit,
                            const MayBeTold& may_be_told) {
  FoundTickets found;
  find_alike(operation.tx, reported.text, found);
  for (const auto& item : looked_at(operation, reported.items)) find_on(operation.tx, item, found);
  Suggestions suggestions;
  for (const auto* one : best_of(found)) {
    const auto sql = tickets_where("id = $1");
    const auto row = operation.tx.query_one(sql, one->first);
    if (!row) continue;
    auto ticket = ticket_of(*row);
    const auto* kind = operation.kinds.find(ticket.kind);
    const auto* state = kind ? kind->find_state(ticket.state) : nullptr;
    if (!state || ticket.state == "cancelled" || ticket.state == "rejected") continue;
    const bool known = is_known_error(ticket, *state);
    auto& list = known ? suggestions.known_errors : suggestions.tickets;
    if (list.size() >= limit || (may_be_told && !may_be_told(ticket, known))) continue;
    list.push_back(suggestion_of(std::move(ticket), one->second, *state));
  }
  return suggestions;
}

}  // namespace censo::desk
