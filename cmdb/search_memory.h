// What searches keep in memory of every item: its place in the fleet, class, stage, names and identifiers,
// and which components it has. Loaded from the tables, then kept in step by the change feed. Items are
// numbers here; a number stays an item's own until all is loaded anew.
#pragma once

#include "cmdb/component_index.h"
#include "cmdb/configuration_item.h"
#include "cmdb/number_set.h"
#include "cmdb/text_index.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace censo::cmdb {

struct FeedEntry;  // cmdb/change_feed.h

class SearchMemory {
 public:
  // All of the database, as the transaction sees it.
  explicit SearchMemory(store::Transaction& tx);
  void apply(store::Transaction& tx, std::span<const FeedEntry> changes);
  // More is forgotten than known: time to load anew.
  bool is_worn() const;

  std::size_t size() const { return items_.size(); }
  std::optional<std::uint32_t> number_of(CiId ci) const;
  CiId id_of(std::uint32_t item) const { return items_[item].id; }
  std::string_view name_of(std::uint32_t item) const { return texts_.heading(items_[item].text); }
  const std::string& class_of(std::uint32_t item) const { return words_[items_[item].class_word]; }
  const std::string& stage_of(std::uint32_t item) const { return words_[items_[item].stage_word]; }
  // The item that is shown for it: itself unless it is merged into another.
  std::uint32_t root_of(std::uint32_t item) const;
  // Itself and all that are merged into it.
  std::vector<std::uint32_t> members_of(std::uint32_t item) const;
  // It stands for itself, and is no purged one.
  bool is_shown(std::uint32_t item) const;

  NumberSet all() const { return NumberSet(items_.size(), true); }
  NumberSet none() const { return NumberSet(items_.size()); }
  NumberSet with_class(const std::function<bool(const std::string&)>& fits) const;
  NumberSet with_stage(const std::function<bool(const std::string&)>& fits) const;
  NumberSet of_tenant(std::string_view tenant) const;
  // Shown items of which a member may have a name or identifier with `part` (three bytes or more): look with
  // has_text().
  NumberSet with_text(std::string_view part) const;
  bool has_text(std::uint32_t item, std::string_view part) const;
  // So many may have it that a page of them is found sooner by looking at one item after the other.
  bool is_frequent(std::string_view part) const;
  // One of its names or identifiers begins with it.
  bool has_beginning(std::uint32_t item, std::string_view part) const;
  // Shown items of which a member has one of these component rows.
  NumberSet with_rows(std::span<const RowId> rows) const;
  std::size_t owners_with_rows(std::span<const RowId> rows) const;

  struct Bytes {
    std::size_t items = 0, texts = 0, components = 0;
  };
  Bytes bytes() const;

 private:
  struct Item {
    CiId id;
    std::uint32_t merged_into, text, owner;  // nothing: none
    std::uint16_t class_word = 0, stage_word = 0;
  };
  std::uint32_t place_for(CiId ci);
  void load_items(store::Transaction& tx);
  void load_texts(store::Transaction& tx);
  void load_components(store::Transaction& tx);
  void read_item(store::Transaction& tx, std::uint32_t item);
  void read_components(store::Transaction& tx, std::uint32_t item);
  void set_text(std::uint32_t item, std::string_view name, const std::string& body);
  void set_owner(std::uint32_t item, RowIds rows);
  void set_merged(std::uint32_t item, std::uint32_t into);
  std::uint16_t word_of(const std::string& text);
  void set_tenant(std::uint32_t item, const std::string& tenant);
  NumberSet with_word(std::uint16_t Item::*member, const std::function<bool(const std::string&)>& fits) const;

  std::vector<Item> items_;
  std::unordered_map<std::int64_t, std::uint32_t> numbers_;
  std::unordered_map<std::uint32_t, std::vector<std::uint32_t>> merged_;  // by what they are merged into
  std::vector<std::string> words_;                                        // classes and stages
  std::map<std::string, std::uint32_t, std::less<>> tenants_;             // counted from 1
  std::vector<std::uint32_t> tenant_of_item_;  // 0: none; shorter than items_: none
  TextIndex texts_;
  std::vector<std::uint32_t> item_of_text_;
  ComponentIndex components_;
  std::vector<std::uint32_t> item_of_owner_;
  std::size_t texts_in_use_ = 0, owners_in_use_ = 0;
};

}  // namespace censo::cmdb
