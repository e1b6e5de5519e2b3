#include "cmdb/search.h"

#include "base/digest.h"
#include "base/text.h"
#include "cmdb/identifier.h"
#include "cmdb/merge.h"
#include "cmdb/tenant.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace censo::cmdb {
namespace {

using base::Errc;

constexpr std::size_t max_text_bytes = 200;

// As keys hold it: shortest form, lower case. "": it is no IPv6 address.
std::string ipv6_address(const std::string& text) {
  in6_addr address{};
  std::array<char, INET6_ADDRSTRLEN> shortest{};
  if (inet_pton(AF_INET6, text.c_str(), &address) != 1) return {};
  inet_ntop(AF_INET6, &address, shortest.data(), shortest.size());
  return shortest.data();
}

// The last row seen.
struct Position {
  std::size_t beginning = 0;  // which of forms_of()
  std::string rule;
  std::int64_t ci = 0;
  std::string value;
};

std::string cursor_of(const Position& position) {
  const auto text = std::to_string(position.beginning) + "\n" + position.rule + "\n" +
                    std::to_string(position.ci) + "\n" + position.value;
  return base::to_base64url({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

std::optional<Position> position_of(std::string_view cursor, std::size_t beginnings) {
  const auto bytes = base::from_base64url(cursor);
  if (!bytes) return {};
  const std::string text(bytes->begin(), bytes->end());
  const auto parts = base::split(text, '\n');
  if (parts.size() < 4) return {};
  const auto beginning = base::parse_unsigned(parts[0]);
  const auto ci = base::parse_integer(parts[2]);
  const auto value_at = parts[0].size() + parts[1].size() + parts[2].size() + 3;
  if (!beginning || *beginning >= beginnings || !ci || !base::is_valid_utf8(text)) return {};
  return Position{static_cast<std::size_t>(*beginning), std::string(parts[1]), *ci, text.substr(value_at)};
}

struct Found {
  SearchMatch match;
  Position position;
};

void show_root(store::Transaction& tx, SearchMatch& match) {
  match.id = root_of(tx, match.id);
  const auto root = tx.query_one("select class, name from ci where id = $1", match.id.value);
  match.class_name = root->text(0);
  match.name = root->text(1);
}

// Who types an identifier finds a few keys. With so many more than items are wanted, they are told apart
// here; with others beside them, in the database.
constexpr std::size_t keys_beside = 32;

// Nothing: there are more keys than that.
std::optional<std::vector<Found>> find_few(store::Transaction& tx, const std::vector<std::string>& beginnings,
                                           std::size_t limit) {
  const std::size_t most = limit + keys_beside;
  std::vector<Found> found;
  std::set<std::int64_t> seen;
  for (std::size_t beginning = 0; beginning < beginnings.size(); ++beginning) {
    const auto& lowest = beginnings[beginning];
    const auto keys = tx.query(
        "select value, rule, ci_id from ci_key where value >= $1 and value < $2 order by value, rule, ci_id "
        "limit $3",
        lowest, end_of_range(lowest), static_cast<std::int64_t>(most));
    if (keys.size() == most) return std::nullopt;
    for (const auto& key : keys) {
      const std::int64_t ci = key.integer(2);
      if (found.size() == limit || !seen.insert(ci).second) continue;
      const auto row = tx.query_one("select class, name, merged_into from ci where id = $1", ci);
      if (!row) continue;
      found.push_back({{CiId(ci), row->text(0), row->text(1), key.text(1) + " " + key.text(0)},
                       {beginning, key.text(1), ci, key.text(0)}});
      if (!row->is_null(2)) show_root(tx, found.back().match);
    }
  }
  return found;
}

// Items by their first key in this range of values, but for those that the earlier beginning has found.
std::vector<Found> find_from(store::Transaction& tx, const std::vector<std::string>& beginnings,
                             const Position& after, std::size_t limit) {
  const auto& lowest = beginnings[after.beginning];
  const auto highest = end_of_range(lowest);
  const auto earlier = after.beginning == 0 ? std::string() : beginnings.front();
  const auto earlier_highest = after.beginning == 0 ? std::string() : end_of_range(earlier);
  const auto rows = tx.query(
      "select k.value, k.rule, c.id, c.class, c.name, c.merged_into from ci_key k join ci c on c.id = "
      "k.ci_id "
      "where (k.value, k.rule, k.ci_id) > ($1, $2, $3) and k.value < $4 "
      "and not exists (select 1 from ci_key e where e.ci_id = k.ci_id and e.value >= $5 and e.value < $4 "
      "and (e.value, e.rule) < (k.value, k.rule)) "
      "and not exists (select 1 from ci_key p where p.ci_id = k.ci_id and p.value >= $6 and p.value < $7) "
      "order by k.value, k.rule, k.ci_id limit $8",
      after.value, after.rule, after.ci, highest, lowest, earlier, earlier_highest,
      static_cast<std::int64_t>(limit));
  std::vector<Found> found;
  for (const auto& row : rows) {
    const auto match = row.text(1) + " " + row.text(0);
    found.push_back({{CiId(row.integer(2)), row.text(3), row.text(4), match},
                     {after.beginning, row.text(1), row.integer(2), row.text(0)}});
    if (!row.is_null(5)) show_root(tx, found.back().match);
  }
  return found;
}

std::vector<Found> find_page(store::Transaction& tx, const std::vector<std::string>& beginnings,
                             const Position& from, const PageRequest& page) {
  if (page.after.empty()) {
    if (auto few = find_few(tx, beginnings, page.limit + 1)) return std::move(*few);
  }
  auto found = find_from(tx, beginnings, from, page.limit + 1);
  for (auto other = from.beginning + 1; other < beginnings.size() && found.size() <= page.limit; ++other) {
    auto more = find_from(tx, beginnings, {other, {}, 0, beginnings[other]}, page.limit + 1 - found.size());
    found.insert(found.end(), more.begin(), more.end());
  }
  return found;
}

base::Result<void> check_text(std::string_view text, const std::vector<std::string>& beginnings) {
  if (!beginnings.front().empty() && text.size() <= max_text_bytes && base::is_valid_utf8(text)) return {};
  return base::fail(Errc::invalid_argument, "expected a text of 1 to 200 bytes", "text");
}

// Of a tenant's items and of what is merged into them.
std::vector<store::Row> own_keys(store::Transaction& tx, std::string_view tenant,
                                 const std::string& beginning) {
  return tx.query(
      "select k.value, k.rule, k.ci_id from ci c join ci_key k on k.ci_id = c.id "
      "where c.tenant <> '' and c.tenant = $1 and k.value >= $2 and k.value < $3 union "
      "select k.value, k.rule, k.ci_id from ci c join ci m on m.merged_into = c.id join ci_key k on "
      "k.ci_id = m.id where c.tenant <> '' and c.tenant = $1 and k.value >= $2 and k.value < $3 "
      "order by 1, 2, 3",
      tenant, beginning, end_of_range(beginning));
}

}  // namespace

std::string end_of_range(std::string_view text) {
  return std::string(text) + "\U0010FFFF";
}

std::string mac_beginning(std::string_view text) {
  const auto place = text.find_first_of(":-.");
  const char separator = place == text.npos ? '\0' : text[place];
  const std::size_t group = separator == '\0' ? 12 : separator == '.' ? 4 : 2;
  const auto groups = base::split(text, separator);
  std::string digits;
  for (const auto one : groups) {
    const bool last = one.data() + one.size() == text.data() + text.size();
    if (one.size() > group || (!last && one.size() != group)) return {};
    digits += one;
  }
  const bool hexadecimal = digits.find_first_not_of("0123456789abcdef") == digits.npos;
  if (!hexadecimal || digits.size() < 3 || digits.size() > 12) return {};
  for (std::size_t at = 2; at < digits.size(); at += 3) digits.insert(at, 1, ':');
  return digits;
}

std::vector<std::string> forms_of(std::string_view text) {
  std::vector<std::string> all{base::to_lower(base::trim(text))};
  auto other = mac_beginning(all.front());
  if (const auto uuid = identity_value(IdentifierKind::uuid, all.front()); !uuid.empty()) other = uuid;
  if (const auto address = ipv6_address(all.front()); !address.empty()) other = address;
  if (!other.empty() && other != all.front()) all.push_back(other);
  return all;
}

base::Result<Page<SearchMatch>> search_cis(store::Transaction& tx, std::string_view text,
                                           const PageRequest& page) {
  const auto beginnings = forms_of(text);
  if (const auto fits = check_text(text, beginnings); !fits) return fits.error();
  std::optional<Position> from = Position{0, {}, 0, beginnings.front()};
  if (!page.after.empty()) from = position_of(page.after, beginnings.size());
  if (!from) return base::fail(Errc::malformed, "expected the \"next\" of an earlier page", "after");

  auto found = find_page(tx, beginnings, *from, page);
  Page<SearchMatch> result;
  if (found.size() > page.limit) {
    found.resize(page.limit);
    result.next = cursor_of(found.back().position);
  }
  for (auto& one : found) {
    const bool is_new = std::ranges::find(result.rows, one.match.id, &SearchMatch::id) == result.rows.end();
    if (is_new) result.rows.push_back(std::move(one.match));
  }
  return result;
}

base::Result<Page<SearchMatch>> search_cis_of(store::Transaction& tx, std::string_view tenant,
                                              std::string_view text, const PageRequest& page) {
  const auto beginnings = forms_of(text);
  if (const auto fits = check_text(text, beginnings); !fits) return fits.error();
  const auto after = list_position(page.after);
  if (!after) return after.error();
  std::map<CiId, std::pair<std::string, std::string>> first_keys;  // value and rule, by item
  for (const auto& beginning : beginnings) {
    for (const auto& row : own_keys(tx, tenant, beginning)) {
      const auto root = root_of(tx, CiId(row.integer(2)));
      if (tenant_of(tx, root) == tenant) first_keys.try_emplace(root, row.text(0), row.text(1));
    }
  }
  std::map<std::pair<std::string, CiId>, std::string> ordered;
  for (const auto& [ci, key] : first_keys) ordered.emplace(std::pair(key.first, ci), key.second);
  Page<SearchMatch> result;
  auto next =
      page.after.empty() ? ordered.begin() : ordered.upper_bound({std::string(after->name), CiId(after->id)});
  for (; next != ordered.end() && result.rows.size() < page.limit; ++next) {
    const auto& [value, ci] = next->first;
    result.rows.push_back({ci, {}, {}, next->second + " " + value});
    show_root(tx, result.rows.back());
  }
  if (next == ordered.end() || result.rows.empty()) return result;
  ConfigurationItem last;
  last.id = std::prev(next)->first.second;
  last.name = std::prev(next)->first.first;
  result.next = list_cursor(last);
  return result;
}

}  // namespace censo::cmdb
