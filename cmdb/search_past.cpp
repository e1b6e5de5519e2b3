#include "cmdb/search_past.h"

#include "base/id.h"
#include "base/text.h"
#include "cmdb/address_range.h"
#include "cmdb/as_of.h"
#include "cmdb/component_past.h"
#include "cmdb/component_rows.h"
#include "cmdb/component_store.h"
#include "cmdb/identifier.h"
#include "cmdb/search.h"
#include "cmdb/search_row.h"
#include "cmdb/stored_json.h"

#include <algorithm>

namespace censo::cmdb {
namespace {

bool is_serial(std::string_view attribute) {
  return attribute.find("serial") != attribute.npos || attribute == "asset_tag";
}

// As keys are made of them (cmdb/identification.cpp).
bool finds_items(std::string_view attribute) {
  const IdentifierKind kind = kind_of_identifier(attribute);
  return attribute == "fqdn" || attribute == "host_name" ||
         (kind != IdentifierKind::name && kind != IdentifierKind::maker);
}

bool has_form(const BoundTerm& term, std::string_view value) {
  return std::ranges::any_of(term.names, [&](const std::string& form) {
    const bool at_its_beginning = term.prefix || form.size() < 3;
    return at_its_beginning ? value.starts_with(form) : value.find(form) != value.npos;
  });
}

bool address_fits(const BoundTerm& term, const std::string& value) {
  if (term.comparison == Comparison::contains) return value.find(term.text) != std::string::npos;
  if (term.kind == TermKind::mac) return value.starts_with(mac_beginning(term.text));
  if (term.prefix) return value.starts_with(term.text);
  const auto range = address_range(term.text);
  return range && holds(*range, value);
}

bool identifier_fits(const BoundTerm& term, const std::string& attribute, const std::string& value) {
  switch (term.kind) {
    case TermKind::ip:
      return kind_of_identifier(attribute) == IdentifierKind::address && address_fits(term, value);
    case TermKind::mac:
      return kind_of_identifier(attribute) == IdentifierKind::mac && address_fits(term, value);
    case TermKind::serial: return is_serial(attribute) && text_fits(term, value);
    default: return has_form(term, value);
  }
}

}  // namespace

SearchPast::SearchPast(store::Transaction& tx, const SearchMemory& memory, base::TimeMs at)
    : tx_(tx), memory_(memory), at_(at), changed_(memory.none()) {
  tx.each(
      "select ci_id from item_change where at > $1",
      [&](store::Row&& row) {
        if (const auto item = memory.number_of(CiId(row.integer(0)))) changed_.add(*item);
        return true;
      },
      at);
}

// What an item is related to may have changed without it, and a source may say what another said before.
bool SearchPast::fits(const BoundTerm& term, SearchRow& row) {
  const bool is_relation = term.kind == TermKind::relation, is_origin = term.kind == TermKind::origin;
  const bool own_state = term.kind == TermKind::class_name || term.kind == TermKind::name ||
                         term.kind == TermKind::stage || term.kind == TermKind::first_seen ||
                         term.kind == TermKind::attribute || term.kind == TermKind::has;
  if (own_state) return term_fitted(term, row.stored());
  if (!is_relation && !is_origin && !has_changed(row.item())) return term_fits(term, row, memory_);
  const auto members = members_at(tx_, memory_.id_of(row.item()), at_);
  switch (term.kind) {
    case TermKind::software:
    case TermKind::port:
    case TermKind::component: return has_row(term, members);
    case TermKind::has_component: return has_row(term, members) != term.negated;
    case TermKind::origin: return has_origin(term, members) != term.negated;
    case TermKind::relation:
    case TermKind::has_relation: return has_relation(term, members) != term.negated;
    default: return fits_identifier(term, row) != term.negated;
  }
}

bool SearchPast::fits_identifier(const BoundTerm& term, SearchRow& row) {
  if (term.kind == TermKind::text && has_form(term, base::to_lower(row.stored().name))) return true;
  const auto members = members_at(tx_, memory_.id_of(row.item()), at_);
  return std::ranges::any_of(identifiers_of(members), [&](const Identifier& one) {
    return identifier_fits(term, one.attribute, one.value);
  });
}

std::vector<SearchPast::Identifier> SearchPast::identifiers_of(std::span<const CiId> members) {
  std::vector<Identifier> found;
  const auto add = [&](const inventory::Attributes& attributes) {
    for (const auto& [name, value] : attributes) {
      if (!finds_items(name)) continue;
      const auto* list = std::get_if<inventory::TextList>(&value);
      for (const std::string& text : list ? *list : inventory::TextList{to_text(value)}) {
        found.push_back({name, canonical_identifier(kind_of_identifier(name), text)});
      }
    }
  };
  for (const CiId member : members) {
    if (const auto state = state_of(tx_, member, at_)) {
      add(state->attributes);
      found.push_back({"name", base::to_lower(state->name)});
    }
    for (const ComponentSet& set : components_at(tx_, member, at_)) {
      for (const auto& [id, component] : rows_with_ids(tx_, set.ids)) add(component.attributes);
    }
  }
  return found;
}

bool SearchPast::has_row(const BoundTerm& term, std::span<const CiId> members) {
  const auto [place, is_new] = rows_.try_emplace(&term);
  RowIds& fitting = place->second;
  if (is_new) {
    fitting = rows_that_fit(tx_, term);
    std::ranges::sort(fitting);
  }
  const auto is_fitting = [&](RowId row) { return std::ranges::binary_search(fitting, row); };
  return std::ranges::any_of(members, [&](CiId member) {
    const auto sets = components_at(tx_, member, at_);
    return std::ranges::any_of(
        sets, [&](const ComponentSet& set) { return std::ranges::any_of(set.ids, is_fitting); });
  });
}

// Sources that had named the item by then, and named it then or later.
bool SearchPast::has_origin(const BoundTerm& term, std::span<const CiId> members) {
  for (const CiId member : members) {
    for (const store::Row& row :
         tx_.query("select o.kind, o.native_id from ci_value v join ci_source s on s.id = v.source_id"
                   " join origin o on o.id = s.origin_id where v.ci_id = $1 and v.first_seen <= $2"
                   " and (v.ended_at is null or v.ended_at >= $2)",
                   member.value, at_)) {
      if (text_fits(term, row.text(0)) || text_fits(term, row.text(1))) return true;
    }
  }
  return false;
}

bool SearchPast::has_relation(const BoundTerm& term, std::span<const CiId> members) {
  for (const CiId member : members) {
    for (const RelationshipThen& one : relationships_then(tx_, member, at_)) {
      if (one.type != term.names.front() || one.from != member) continue;
      if (term.kind == TermKind::has_relation || is_called(root_at(tx_, one.to, at_), term.text)) return true;
    }
  }
  return false;
}

// Its id, its name or one of its identifiers then, or those of an item that was merged into it.
bool SearchPast::is_called(CiId ci, const std::string& text) {
  if (base::to_text(ci) == text) return true;
  const auto forms = forms_of(text);
  return std::ranges::any_of(identifiers_of(members_at(tx_, ci, at_)), [&](const Identifier& one) {
    return std::ranges::find(forms, one.value) != forms.end();
  });
}

}  // namespace censo::cmdb
