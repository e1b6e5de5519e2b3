#include "cmdb/row_memory.h"

#include "cmdb/exact_time.h"
#include "inventory/item_text.h"

namespace censo::cmdb {
namespace {

// Longer rows are rare, and an agent that sends nothing else must not fill the memory.
constexpr std::size_t remembered_bytes = 512;

// A host lacks a few of the rows that another has between two that both have.
constexpr int rows_ahead = 4;

constexpr std::size_t time_bytes = 26;  // with its quotes

}  // namespace

void RowMemory::forget() {
  by_text_.clear();
  rows_.clear();
  last_ = nullptr;
}

void RowMemory::keep_to(const ClassTables& tables) {
  if (tables_ != &tables) forget();
  tables_ = &tables;
}

std::optional<RowId> RowMemory::find(const RowText& row) {
  const auto known = by_text_.find(row);
  if (known == by_text_.end()) return std::nullopt;
  Row* const found = known->second;
  if (row.left_out_at > 0) {
    found->left_out = row.left_out;
    found->left_out_at = row.left_out_at;
  }
  if (last_ && last_ != found) last_->next = found;
  last_ = found;
  return found->id;
}

// `,"installed_at":"2026-10-01T12:00:00.007Z"` stands between two parts of the row's text, or nothing does.
std::optional<KnownItem> RowMemory::known(const Row& row, const inventory::ItemText& item,
                                          ExactTimes& times) {
  const std::string_view text = item.attributes, json = row.json;
  if (text == json)
    return row.class_name == item.class_name ? std::optional(KnownItem{row.id, {}, 0}) : std::nullopt;
  const std::size_t at = row.left_out_at, name = at + 2, value = name + row.left_out.size() + 2,
                    end = value + time_bytes;
  const bool fits = at > 0 && text.size() == json.size() + (end - at) && row.class_name == item.class_name &&
                    text.substr(0, at) == json.substr(0, at) && text.substr(end) == json.substr(at) &&
                    text.substr(at, 2) == ",\"" && text.substr(name, row.left_out.size()) == row.left_out &&
                    text.substr(value - 2, 2) == "\":";
  if (!fits) return std::nullopt;
  const auto time = times.time_of(text.substr(value, time_bytes));
  return time ? std::optional(KnownItem{row.id, row.left_out, *time}) : std::nullopt;
}

std::optional<KnownItem> RowMemory::find(const inventory::ItemText& item, ExactTimes& times) {
  Row* row = last_;
  for (int i = 0; row && i < rows_ahead; ++i) {
    row = row->next;
    const auto found = row ? known(*row, item, times) : std::nullopt;
    if (!found) continue;
    last_ = row;
    fetch_ahead(row->next);
    return found;
  }
  return std::nullopt;
}

// The rows of a host are too many for the processor's nearest memory: they are on their way when it is their
// turn.
void RowMemory::fetch_ahead(const Row* next) {
  if (!next) return;
  constexpr std::size_t line = 64;
  for (std::size_t at = 0; at < next->json.size(); at += line) __builtin_prefetch(next->json.data() + at);
  if (next->next) __builtin_prefetch(next->next);
}

void RowMemory::learn(const RowText& row, RowId id) {
  if (row.json.size() > remembered_bytes || by_text_.contains(row)) return;
  if (rows_.size() >= most_) forget();
  Row& kept = rows_.emplace_back(
      Row{std::string(row.class_name), std::string(row.json), id, row.left_out, row.left_out_at});
  by_text_.emplace(RowText{kept.class_name, kept.json}, &kept);
}

}  // namespace censo::cmdb
