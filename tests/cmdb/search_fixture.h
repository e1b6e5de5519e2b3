// A small fleet, taken in by the real ingest(), and searches over it.
#pragma once

#include "cmdb/change_feed.h"
#include "cmdb/item_state.h"
#include "cmdb/query_terms.h"
#include "cmdb/search_index.h"
#include "cmdb/search_run.h"
#include "tests/cmdb/ingest_fixture.h"

#include <functional>
#include <string>

namespace censo::cmdb {

using FoundNames = std::vector<std::string>;

class SearchedFleet : public IngestTest {
 protected:
  SearchedFleet() {
    web01 = host("web01",
                 {{"os_name", "Debian GNU/Linux"},
                  {"os_version", "12"},
                  {"serial_number", "CZJ91200F7"},
                  {"memory_mib", std::int64_t{16384}},
                  {"environment", "production"},
                  {"ip_addresses", inventory::TextList{"10.20.0.7", "2001:db8::7"}},
                  {"mac_addresses", inventory::TextList{"00:1b:21:aa:bb:cc"}}},
                 {{package("openssl", "3.0.14-1~deb12u2"), package("bash", "5.2.15-2"), socket(443),
                   disk("Samsung 990")}});
    db01 = host("db01",
                {{"os_name", "Debian GNU/Linux"},
                 {"os_version", "11"},
                 {"serial_number", "CZJ91200G8"},
                 {"memory_mib", std::int64_t{65536}},
                 {"ip_addresses", inventory::TextList{"10.21.0.9"}},
                 {"mac_addresses", inventory::TextList{"00:1b:21:aa:bb:dd"}}},
                {{package("openssl", "3.0.15-1~deb12u1"), socket(5432), disk("WDC Blue")}});
    pc01 = host("pc01", {{"serial_number", "PF3XK2"}}, {{package("bash", "5.2.15-2")}});
  }

  static inventory::Item socket(std::int64_t port) {
    return item("listening_socket",
                attributes({{"protocol", "tcp"}, {"address", "0.0.0.0"}, {"port", port}}));
  }
  static inventory::Item disk(const std::string& model) {
    return item("disk",
                attributes({{"name", "sda"}, {"model", model}, {"size_bytes", std::int64_t{1} << 40}}));
  }
  inventory::Report report_of(const std::string& name, inventory::Attributes values,
                              std::vector<inventory::Item> components) {
    return agent_report("agent-" + name, ++sequence,
                        {section("host", std::move(values), std::move(components))}, name);
  }
  CiId host(const std::string& name, std::vector<std::pair<std::string, inventory::Value>> values,
            std::vector<inventory::Item> components) {
    return take(report_of(name, attributes(std::move(values)), std::move(components))).ci;
  }
  // Items that have a name and nothing else; before the first search.
  void add_named(int count, const std::function<std::string(int)>& name) {
    for (int i = 0; i < count; ++i) {
      tx.execute(
          "insert into ci (id, class, name, stage, attributes, first_seen, since) values ($1, 'server', $2, "
          "'operate', '{}', 1, 1)",
          next_id_++, name(i));
    }
  }
  void retire(CiId ci) {
    auto state = *state_of(tx, ci);
    state.stage = "retired";
    change(ci, state);
  }
  void change(CiId ci, const ItemState& state) {
    FeedWriter feed;
    clock.advance(60'000);
    change_state(tx, {catalog, clock.now(), feed}, ci, state);
    feed.write(tx, clock);
  }

  base::Result<BoundQuery> bound(std::string_view text) {
    const auto query = parse_query(text);
    if (!query) return query.error();
    return bind_query(catalog, *query, clock.now());
  }
  base::Result<SearchAnswer> try_search(std::string_view text, PageRequest page = {}, Moment at = {}) {
    const auto query = bound(text);
    if (!query) return query.error();
    SearchRequest request{*query, std::move(page)};
    request.at = at;
    request.catalog = &catalog;
    request.count = counts;
    request.facets = facets;
    request.fields = fields;
    const auto memory = index.follow(tx);
    return run_query(tx, *memory, request);
  }
  FoundNames found(std::string_view text, Moment at = {}) {
    const auto answer = try_search(text, {}, at);
    if (!answer) return {base::to_string(answer.error())};
    FoundNames names;
    for (const auto& row : answer->page.rows) names.push_back(row.name);
    if (answer->count != names.size()) names.push_back("counted " + std::to_string(*answer->count));
    if (names_of_a_page(text, at) != names) names.push_back("another page where nothing is counted");
    return names;
  }
  // Searched for on another way: nothing is counted.
  FoundNames names_of_a_page(std::string_view text, Moment at = {}) {
    counts = false;
    const auto page = try_search(text, {}, at).value().page;
    counts = true;
    FoundNames names;
    for (const auto& row : page.rows) names.push_back(row.name);
    return names;
  }
  base::Error refused(std::string_view text) { return try_search(text).error(); }

  std::uint64_t sequence = 0;
  bool counts = true;
  std::vector<std::string> facets, fields;
  SearchIndex index{clock};
  CiId web01, db01, pc01;

 private:
  std::int64_t next_id_ = 1;
};

}  // namespace censo::cmdb
