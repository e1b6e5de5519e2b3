#include "cmdb/search.h"

#include "base/text.h"
#include "cmdb/matching_key.h"
#include "cmdb/search_index.h"
#include "cmdb/tenant.h"
#include "collector/desk_request.h"
#include "collector/history_request.h"
#include "collector/json_search.h"
#include "desk/ticket.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

namespace censo::collector::api {
namespace {

namespace json = boost::json;
using base::Errc;
using store::Transaction;

// What a plain text finds comes in this order; the cursor says in which part it stands.
enum class Part { beginnings, within, tickets };
constexpr std::array<std::string_view, 3> part_names{"ci-", "in-", "ticket-"};

struct Place {
  Part part = Part::beginnings;
  std::string after;
};

base::Result<Place> place_of(std::string_view cursor) {
  if (cursor.empty()) return Place{};
  for (const Part part : {Part::beginnings, Part::within, Part::tickets}) {
    const auto name = part_names[static_cast<std::size_t>(part)];
    if (cursor.starts_with(name)) return Place{part, std::string(cursor.substr(name.size()))};
  }
  return base::fail(Errc::malformed, "expected the \"next\" of an earlier page", "after");
}

json::object to_json(const cmdb::SearchMatch& found) {
  json::object object{{"kind", "ci"}};
  for (auto& member : json_ci(found.id, found.class_name, found.name)) object.insert(std::move(member));
  object["match"] = found.match;
  return object;
}

json::object to_json(const desk::Ticket& ticket) {
  return {{"kind", "ticket"},
          {"id", ticket.number},
          {"class", ticket.kind},
          {"name", ticket.title},
          {"match", ticket.number + " " + ticket.title}};
}

// Everything with a text: items with an identifier that begins with it, exact ones first; items that have it
// elsewhere; tickets.
class PlainSearch {
 public:
  PlainSearch(Transaction& tx, const cmdb::SearchMemory& memory, desk::Sight sight, std::string text,
              std::size_t limit)
      : tx_(tx), memory_(memory), sight_(std::move(sight)), text_(std::move(text)), limit_(limit) {}

  base::Result<json::object> page(const Place& from) {
    for (std::size_t part = static_cast<std::size_t>(from.part); part < part_names.size(); ++part) {
      if (items_.size() == limit_) {
        next_ = std::string(part_names[part]);
        break;
      }
      const bool here = part == static_cast<std::size_t>(from.part);
      const cmdb::PageRequest page{limit_ - items_.size(), here ? from.after : ""};
      const auto next = add(static_cast<Part>(part), page);
      if (!next) return next.error();
      if (next->empty()) continue;
      next_ = std::string(part_names[part]) + *next;
      break;
    }
    json::object answer{{"items", std::move(items_)}};
    if (!next_.empty()) answer["next"] = next_;
    return answer;
  }

 private:
  base::Result<std::string> add(Part part, const cmdb::PageRequest& page) {
    switch (part) {
      case Part::beginnings:
        // A tenant's few are found within all the same, where the text is long enough to be looked for.
        if (!sight_.tenant.empty()) return is_long_enough() ? std::string() : add_own_beginnings(page);
        return add_rows(cmdb::search_cis(tx_, text_, page), [](const auto& row) { return to_json(row); });
      case Part::within: return add_within(page);
      case Part::tickets:
        return add_rows(desk::search_tickets(tx_, text_, page, sight_),
                        [](const auto& row) { return to_json(row); });
    }
    return std::string();
  }

  template <class Rows, class ToJson>
  base::Result<std::string> add_rows(const Rows& found, const ToJson& to_item) {
    if (!found) return found.error();
    for (const auto& row : found->rows) items_.push_back(to_item(row));
    return found->next;
  }

  bool is_long_enough() const {
    constexpr std::size_t least_bytes = 3;
    return cmdb::forms_of(text_).front().size() >= least_bytes;
  }

  base::Result<std::string> add_own_beginnings(const cmdb::PageRequest& page) {
    return add_rows(cmdb::search_cis_of(tx_, sight_.tenant, text_, page),
                    [](const auto& row) { return to_json(row); });
  }

  base::Result<std::string> add_within(const cmdb::PageRequest& page) {
    const auto forms = cmdb::forms_of(text_);
    if (!is_long_enough()) return std::string();
    cmdb::BoundQuery query{cmdb::Query::Kind::term, {}, {}};
    query.term.names = forms;
    cmdb::SearchRequest request{query, page};
    if (sight_.tenant.empty()) request.without = forms;
    request.tenant = sight_.tenant;
    const auto found = cmdb::run_query(tx_, memory_, request);
    if (!found) return found.error();
    for (const auto& row : found->page.rows) {
      auto object = json_found(row);
      object["match"] = cmdb::key_with(tx_, memory_, row.id, forms);
      items_.push_back(std::move(object));
    }
    return found->page.next;
  }

  Transaction& tx_;
  const cmdb::SearchMemory& memory_;
  const desk::Sight sight_;
  std::string text_;
  std::size_t limit_;
  json::array items_;
  std::string next_;
};

bool is_plain_word(const cmdb::BoundQuery& query) {
  return query.kind == cmdb::Query::Kind::term && query.term.kind == cmdb::TermKind::text &&
         query.term.written.field.empty() && !query.term.prefix;
}

// Words alone, without fields, operators or "*": what people type into a search box.
std::optional<std::string> plain_text(const cmdb::BoundQuery& query) {
  if (is_plain_word(query)) return query.term.written.value;
  const bool all_plain = query.kind == cmdb::Query::Kind::all_of && !query.parts.empty() &&
                         std::ranges::all_of(query.parts, is_plain_word);
  if (!all_plain) return std::nullopt;
  std::vector<std::string> words;
  for (const auto& part : query.parts) words.push_back(part.term.written.value);
  return base::join(words, " ");
}

base::Result<json::object> found_plainly(const Services& services, Transaction& tx, const Request& request,
                                         const std::string& text, const cmdb::PageRequest& page) {
  const auto place = place_of(page.after);
  if (!place) return place.error();
  const auto memory = services.search.follow(tx);
  return PlainSearch(tx, *memory, sight_of(services, tx, request), text, page.limit).page(*place);
}

base::Result<Response> answer_query(const Services& services, Transaction& tx, const Request& request,
                                    cmdb::SearchRequest& search) {
  auto facets = names_of(services, request, "facets");
  auto fields = names_of(services, request, "fields");
  if (!facets) return facets.error();
  if (!fields) return fields.error();
  search.facets = std::move(*facets);
  search.fields = std::move(*fields);
  search.count = request.query_or("count", "false") == "true";
  const auto memory = services.search.follow(tx);
  const auto found = cmdb::run_query(tx, *memory, search);
  if (!found) return found.error();
  json::array items;
  for (const auto& row : found->page.rows) items.push_back(json_found(row));
  json::object answer{{"items", std::move(items)}};
  if (search.at) add_moment(tx, *search.at, answer);
  if (!found->page.next.empty()) answer["next"] = found->page.next;
  if (found->count) answer["count"] = *found->count;
  if (!search.facets.empty()) answer["facets"] = json_facets(found->facets);
  return Response::ok(json::serialize(answer));
}

base::Result<Response> find(const Services& services, Transaction& tx, const Request& request) {
  const auto page = page_of(request);
  if (!page) return page.error();
  if (!request.query_or("text", "").empty() || !request.query.contains("q")) {
    const auto found = found_plainly(services, tx, request, request.query_or("text", ""), *page);
    if (!found) return found.error();
    return Response::ok(json::serialize(*found));
  }
  const auto at = moment_of(request, services.clock);
  if (!at) return at.error();
  const auto query = query_of(services, request.query_or("q", ""), *at);
  if (!query) return query.error();
  const bool more_is_asked = request.query.contains("facets") || request.query.contains("fields") ||
                             request.query.contains("count") || request.query.contains("at");
  const auto text = more_is_asked ? std::nullopt : plain_text(*query);
  if (text) {
    const auto found = found_plainly(services, tx, request, *text, *page);
    if (!found) return found.error();
    // Nothing has the words as they stand: items that have each of them somewhere.
    const bool apart =
        query->parts.size() > 1 && page->after.empty() && found->at("items").as_array().empty();
    if (!apart) return Response::ok(json::serialize(*found));
  }
  cmdb::SearchRequest search{*query, *page};
  search.at = *at;
  search.tenant = request.caller.tenant;
  search.catalog = &services.catalog;
  return answer_query(services, tx, request, search);
}

}  // namespace

Routes search(const Services& services) {
  return {{"GET",
           "/api/v1/search",
           Role::viewer,
           Access::read,
           "Configuration items by a query (docs/search.md), or items and tickets by any text",
           {"q", "text", "facets", "fields", "count", "at", "limit", "after"},
           [&services](Transaction& tx, const Request& request) { return find(services, tx, request); }}};
}

}  // namespace censo::collector::api
