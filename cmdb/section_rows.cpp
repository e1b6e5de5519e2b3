#include "cmdb/section_rows.h"

#include "cmdb/ingest_run.h"
#include "cmdb/stored_json.h"

#include <string>
#include <utility>

namespace censo::cmdb {
namespace {

using inventory::ItemText;

// Where the members before it end.
std::size_t begin_of(const ItemText& item, const inventory::AttributeText& attribute) {
  const auto begin = static_cast<std::size_t>(attribute.member.data() - item.attributes.data());
  return begin > 1 ? begin - 1 : begin;
}

}  // namespace

SectionRows SectionRowReader::of_items(const std::vector<const inventory::Item*>& items) {
  ClassMemory classes(catalog_);
  for (const inventory::Item* item : items) {
    const ClassDefinition& definition = *classes.find(item->class_name);
    if (definition.transient) {
      rows_.transient_values.add(transient_, item->attributes);
      add_transient(definition.name);
      continue;
    }
    inventory::Attributes operational;
    rows_.kept.push_back(to_lasting_json(item->attributes, definition, operational));
    rows_.operational.add(rows_.ids.size(), operational);
    rows_.unknown.push_back({definition.name, rows_.kept.back()});
    rows_.ids.push_back(0);
  }
  transient_ = 0;
  return std::exchange(rows_, {});
}

base::Result<SectionRows> SectionRowReader::of_texts(const inventory::ItemTexts& items) {
  const ClassCatalog& catalog = catalog_;
  rows_ = {};
  transient_ = 0;
  rows_.ids.reserve(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (const auto known = memory_ ? memory_->find(items[i], walk_.times()) : std::nullopt) {
      if (!known->left_out.empty())
        rows_.operational.add_time(rows_.ids.size(), known->left_out, known->time);
      rows_.ids.push_back(known->id);
      continue;
    }
    if (auto checked = check_text(catalog, walk_, items[i]); !checked) {
      base::Error error = checked.error();
      error.where = "/items/" + std::to_string(i) + error.where;
      return error;
    }
    add_row(items[i]);
  }
  return std::exchange(rows_, {});
}

void SectionRowReader::add_transient(std::string_view class_name) {
  if (rows_.transient.empty() || rows_.transient.back().first != class_name)
    rows_.transient.emplace_back(class_name, 0);
  ++rows_.transient.back().second;
  ++transient_;
}

void SectionRowReader::add_row(const ItemText& item) {
  if (walk_.definition()->transient) {
    for (std::size_t place = 0; place < walk_.size(); ++place)
      rows_.transient_values.add(transient_, walk_.attribute(place).name, walk_.attribute(place).value);
    return add_transient(walk_.definition()->name);
  }
  const RowText row = lasting(item);
  const auto known = memory_ ? memory_->find(row) : std::nullopt;
  rows_.ids.push_back(known.value_or(0));
  if (!known) rows_.unknown.push_back(row);
}

// The item's text itself, unless it has operational attributes.
RowText SectionRowReader::lasting(const ItemText& item) {
  RowText row{walk_.definition()->name, item.attributes};
  std::string rest;
  std::size_t left_out = 0;
  for (std::size_t place = 0; place < walk_.size(); ++place) {
    const auto& attribute = walk_.attribute(place);
    const AttributeDefinition& definition = *walk_.definition(place);
    if (definition.operational) {
      rows_.operational.add(rows_.ids.size(), attribute.name, attribute.value);
      const std::size_t begin = begin_of(item, attribute);
      if (++left_out > 1) continue;
      rest = item.attributes.substr(0, begin);
      const bool is_time = definition.type == AttributeType::date;
      if (is_time && begin > 1) row = {row.class_name, {}, definition.name, begin};
    } else if (left_out > 0) {
      if (rest.size() > 1) rest += ',';
      rest += attribute.member;
    }
  }
  if (left_out == 0) return row;
  if (left_out > 1) row = {row.class_name, {}};
  row.json = rows_.kept.emplace_back(std::move(rest += '}'));
  return row;
}

}  // namespace censo::cmdb
