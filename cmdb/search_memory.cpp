#include "cmdb/search_memory.h"

#include "base/text.h"
#include "cmdb/change_feed.h"
#include "cmdb/component_store.h"
#include "cmdb/packed_ids.h"

#include <algorithm>

namespace censo::cmdb {
namespace {

constexpr std::uint32_t nothing = UINT32_MAX;
constexpr std::size_t always_kept = 10'000;  // forgotten ones that are not worth loading anew

// Every line between two line feeds: "\nweb01\nabc123\n". Keys of several parts are found by their parts.
void add_line(std::string& body, std::string_view value) {
  if (value.find_first_of("|\n") != value.npos) return;
  if (body.empty()) body = "\n";
  const std::string line = std::string(value) + "\n";
  if (body.find("\n" + line) == std::string::npos) body += line;
}

std::string body_with(std::string body, std::string_view name) {
  std::string line = base::to_lower(base::trim(name));
  std::ranges::replace(line, '|', '\\');  // a name may hold what keys do not
  add_line(body, line);
  return body;
}

std::uint16_t no_word() {
  return 0;
}

}  // namespace

SearchMemory::SearchMemory(store::Transaction& tx) {
  words_.emplace_back();
  load_items(tx);
  load_texts(tx);
  load_components(tx);
  texts_.shrink();
  components_.shrink();
}

std::uint16_t SearchMemory::word_of(const std::string& text) {
  const auto found = std::ranges::find(words_, text);
  if (found != words_.end()) return static_cast<std::uint16_t>(found - words_.begin());
  words_.push_back(text);
  return static_cast<std::uint16_t>(words_.size() - 1);
}

std::uint32_t SearchMemory::place_for(CiId ci) {
  const auto [place, is_new] = numbers_.try_emplace(ci.value, static_cast<std::uint32_t>(items_.size()));
  if (is_new) items_.push_back({ci, nothing, nothing, nothing, 0, 0});
  return place->second;
}

void SearchMemory::load_items(store::Transaction& tx) {
  std::vector<std::pair<std::uint32_t, CiId>> merged;
  tx.each("select id, class, name, stage, merged_into from ci order by id", [&](store::Row&& row) {
    const std::uint32_t item = place_for(CiId(row.integer(0)));
    items_[item].class_word = word_of(row.text(1));
    items_[item].stage_word = word_of(row.text(3));
    if (!row.is_null(4)) merged.emplace_back(item, CiId(row.integer(4)));
    return true;
  });
  for (const auto& [item, into] : merged) set_merged(item, place_for(into));
  tx.each("select id, tenant from ci where tenant <> ''", [&](store::Row&& row) {
    set_tenant(place_for(CiId(row.integer(0))), row.text(1));
    return true;
  });
}

void SearchMemory::set_tenant(std::uint32_t item, const std::string& tenant) {
  if (tenant.empty() && item >= tenant_of_item_.size()) return;
  if (item >= tenant_of_item_.size()) tenant_of_item_.resize(items_.size());
  const auto number = static_cast<std::uint32_t>(tenants_.size() + 1);
  tenant_of_item_[item] = tenant.empty() ? 0 : tenants_.try_emplace(tenant, number).first->second;
}

// Names and keys in the order of the items, side by side.
void SearchMemory::load_texts(store::Transaction& tx) {
  std::int64_t last = 0;
  std::string name, body;
  const auto finish = [&] {
    if (last != 0) set_text(place_for(CiId(last)), name, body_with(std::move(body), name));
    body.clear();
  };
  tx.each(
      "select c.id, c.name, k.value from ci c left join ci_key k on k.ci_id = c.id and k.rule <> "
      "'name_beside' "
      "order by c.id",
      [&](store::Row&& row) {
        if (row.integer(0) != last) {
          finish();
          last = row.integer(0);
          name = row.text(1);
        }
        if (!row.is_null(2)) add_line(body, row.text(2));
        return true;
      });
  finish();
}

void SearchMemory::load_components(store::Transaction& tx) {
  std::int64_t last = 0;
  RowIds rows;
  tx.each("select ci_id, packed_rows from component_set order by ci_id", [&](store::Row&& row) {
    if (row.integer(0) != last && last != 0) set_owner(place_for(CiId(last)), std::exchange(rows, {}));
    last = row.integer(0);
    const RowIds some = unpack_ids(row.bytes(1));
    rows.insert(rows.end(), some.begin(), some.end());
    return true;
  });
  if (last != 0) set_owner(place_for(CiId(last)), std::move(rows));
}

void SearchMemory::set_text(std::uint32_t item, std::string_view name, const std::string& body) {
  std::uint32_t& text = items_[item].text;
  if (text != nothing) {
    if (texts_.heading(text) == name && texts_.body(text) == body) return;
    item_of_text_[text] = nothing;
    --texts_in_use_;
  }
  text = texts_.add(name, body);
  item_of_text_.push_back(item);
  ++texts_in_use_;
}

void SearchMemory::set_owner(std::uint32_t item, RowIds rows) {
  std::uint32_t& owner = items_[item].owner;
  if (owner != nothing) {
    item_of_owner_[owner] = nothing;
    --owners_in_use_;
  }
  owner = nothing;
  if (rows.empty()) return;
  owner = components_.add(std::move(rows));
  item_of_owner_.push_back(item);
  ++owners_in_use_;
}

void SearchMemory::set_merged(std::uint32_t item, std::uint32_t into) {
  std::uint32_t& merged_into = items_[item].merged_into;
  if (merged_into == into) return;
  if (merged_into != nothing) std::erase(merged_[merged_into], item);
  merged_into = into;
  if (into != nothing) merged_[into].push_back(item);
}

void SearchMemory::read_item(store::Transaction& tx, std::uint32_t item) {
  const CiId ci = items_[item].id;
  const auto row =
      tx.query_one("select class, name, stage, merged_into, tenant from ci where id = $1", ci.value);
  set_tenant(item, row ? row->text(4) : "");
  items_[item].class_word = row ? word_of(row->text(0)) : no_word();
  items_[item].stage_word = row ? word_of(row->text(2)) : no_word();
  const bool merged = row && !row->is_null(3);
  set_merged(item, merged ? place_for(CiId(row->integer(3))) : nothing);
  std::string body;
  for (const store::Row& key :
       tx.query("select value from ci_key where ci_id = $1 and rule <> 'name_beside'", ci.value)) {
    add_line(body, key.text(0));
  }
  set_text(item, row ? row->text(1) : "", row ? body_with(std::move(body), row->text(1)) : "");
}

void SearchMemory::read_components(store::Transaction& tx, std::uint32_t item) {
  RowIds rows;
  for (const store::Row& row :
       tx.query("select packed_rows from component_set where ci_id = $1", items_[item].id.value)) {
    const RowIds some = unpack_ids(row.bytes(0));
    rows.insert(rows.end(), some.begin(), some.end());
  }
  set_owner(item, std::move(rows));
}

void SearchMemory::apply(store::Transaction& tx, std::span<const FeedEntry> changes) {
  for (const auto& [topic, id] : changes) {
    if (topic == FeedTopic::relationship) continue;
    const CiId ci(id);
    const bool is_new = !numbers_.contains(ci.value);
    const std::uint32_t item = place_for(ci);
    if (topic == FeedTopic::item || is_new) read_item(tx, item);
    if (topic == FeedTopic::components) read_components(tx, item);
  }
}

bool SearchMemory::is_worn() const {
  return texts_.size() > 2 * texts_in_use_ + always_kept ||
         components_.size() > 2 * owners_in_use_ + always_kept;
}

std::optional<std::uint32_t> SearchMemory::number_of(CiId ci) const {
  const auto found = numbers_.find(ci.value);
  return found == numbers_.end() ? std::nullopt : std::optional(found->second);
}

std::uint32_t SearchMemory::root_of(std::uint32_t item) const {
  constexpr int longest_chain = 64;
  for (int step = 0; step < longest_chain && items_[item].merged_into != nothing; ++step) {
    item = items_[item].merged_into;
  }
  return item;
}

std::vector<std::uint32_t> SearchMemory::members_of(std::uint32_t item) const {
  std::vector<std::uint32_t> members{item};
  for (std::size_t at = 0; at < members.size(); ++at) {
    const auto below = merged_.find(members[at]);
    if (below == merged_.end()) continue;
    for (const std::uint32_t one : below->second) {
      if (std::ranges::find(members, one) == members.end()) members.push_back(one);
    }
  }
  return members;
}

bool SearchMemory::is_shown(std::uint32_t item) const {
  return items_[item].merged_into == nothing && items_[item].class_word != no_word();
}

NumberSet SearchMemory::with_word(std::uint16_t Item::*member,
                                  const std::function<bool(const std::string&)>& fits) const {
  std::vector<bool> fitting;
  for (const std::string& word : words_) fitting.push_back(!word.empty() && fits(word));
  NumberSet found(items_.size());
  for (std::uint32_t item = 0; item < items_.size(); ++item) {
    if (fitting[items_[item].*member]) found.add(item);
  }
  return found;
}

NumberSet SearchMemory::with_class(const std::function<bool(const std::string&)>& fits) const {
  return with_word(&Item::class_word, fits);
}

NumberSet SearchMemory::with_stage(const std::function<bool(const std::string&)>& fits) const {
  return with_word(&Item::stage_word, fits);
}

NumberSet SearchMemory::of_tenant(std::string_view tenant) const {
  NumberSet found(items_.size());
  const auto number = tenants_.find(tenant);
  if (number == tenants_.end()) return found;
  for (std::uint32_t item = 0; item < tenant_of_item_.size(); ++item)
    if (tenant_of_item_[item] == number->second) found.add(item);
  return found;
}

NumberSet SearchMemory::with_text(std::string_view part) const {
  NumberSet found(items_.size());
  for (const std::uint32_t text : texts_.candidates(part)) {
    if (item_of_text_[text] != nothing) found.add(root_of(item_of_text_[text]));
  }
  return found;
}

bool SearchMemory::has_text(std::uint32_t item, std::string_view part) const {
  return std::ranges::any_of(members_of(item), [&](std::uint32_t member) {
    const std::uint32_t text = items_[member].text;
    return text != nothing && texts_.body(text).find(part) != std::string_view::npos;
  });
}

bool SearchMemory::is_frequent(std::string_view part) const {
  constexpr std::size_t items_for_one = 40;
  return texts_.at_most(part) > items_.size() / items_for_one;
}

bool SearchMemory::has_beginning(std::uint32_t item, std::string_view part) const {
  return has_text(item, "\n" + std::string(part));
}

NumberSet SearchMemory::with_rows(std::span<const RowId> rows) const {
  NumberSet found(items_.size());
  components_.owners_of(rows).each([&](std::uint32_t owner) {
    if (item_of_owner_[owner] != nothing) found.add(root_of(item_of_owner_[owner]));
  });
  return found;
}

std::size_t SearchMemory::owners_with_rows(std::span<const RowId> rows) const {
  return with_rows(rows).count();
}

SearchMemory::Bytes SearchMemory::bytes() const {
  constexpr std::size_t bytes_a_number = sizeof(std::pair<std::int64_t, std::uint32_t>) + 2 * sizeof(void*);
  return {items_.capacity() * sizeof(Item) + numbers_.size() * bytes_a_number +
              tenant_of_item_.capacity() * sizeof(std::uint32_t),
          texts_.bytes() + item_of_text_.capacity() * sizeof(std::uint32_t),
          components_.bytes() + item_of_owner_.capacity() * sizeof(std::uint32_t)};
}

}  // namespace censo::cmdb
