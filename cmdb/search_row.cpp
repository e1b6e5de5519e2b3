#include "cmdb/search_row.h"

#include "base/text.h"
#include "cmdb/stored_json.h"
#include "cmdb/version.h"

#include <algorithm>
#include <cmath>

namespace censo::cmdb {
namespace {

using inventory::TextList;
using inventory::Value;

constexpr std::size_t asked_one_by_one = 500;

bool number_fits(const BoundTerm& term, double number) {
  return term.interval.has(number) != term.negated;
}

bool orders(const BoundTerm& term, std::string_view text) {
  const auto order = compare_versions(VersionScheme::general, text, term.text);
  switch (term.comparison) {
    case Comparison::less: return order < 0;
    case Comparison::at_most: return order <= 0;
    case Comparison::greater: return order > 0;
    case Comparison::at_least: return order >= 0;
    case Comparison::range: {
      const std::string upper = base::to_lower(term.written.upper);
      const bool above = term.text.empty() || order >= 0;
      return above && (upper.empty() || compare_versions(VersionScheme::general, text, upper) <= 0);
    }
    default: return false;
  }
}

bool has_every_word(std::string_view text, std::string_view words) {
  return std::ranges::all_of(base::split_words(words),
                             [&](std::string_view word) { return text.find(word) != text.npos; });
}

std::optional<Value> value_of(const StoredItem& item, std::string_view attribute) {
  return value_in_json(item.attributes, attribute);
}

std::string text_of(const StoredItem& item, const std::vector<std::string>& attributes) {
  std::string joined;
  for (const std::string& name : attributes) {
    const auto found = value_of(item, name);
    if (found) joined += (joined.empty() ? "" : " ") + to_text(*found);
  }
  return joined;
}

bool attribute_fits(const BoundTerm& term, const StoredItem& item) {
  if (term.names.size() == 1) {
    const auto value = value_of(item, term.names.front());
    return value && value_fits(term, *value);
  }
  const std::string text = base::to_lower(text_of(item, term.names));
  if (text.empty()) return false;
  if (term.comparison == Comparison::contains) return has_every_word(text, term.text);
  if (text_fits(term, text)) return true;
  if (term.negated) return false;
  return std::ranges::any_of(term.names, [&](const std::string& name) {
    const auto value = value_of(item, name);
    return value && value_fits(term, *value);
  });
}

}  // namespace

base::TimeMs SeenTimes::of_one(CiId ci) {
  const auto row = tx_.query_one(
      "select max(coalesce(v.ended_at, s.last_seen)) from ci_value v join ci_source s on s.id = v.source_id"
      " where v.ci_id = $1",
      ci.value);
  return row ? row->maybe_integer(0).value_or(0) : 0;
}

base::TimeMs SeenTimes::of(std::uint32_t item) {
  if (++asked_ == asked_one_by_one) {
    tx_.each(
        "select v.ci_id, max(coalesce(v.ended_at, s.last_seen)) from ci_value v"
        " join ci_source s on s.id = v.source_id group by v.ci_id",
        [&](store::Row&& row) {
          all_[row.integer(0)] = row.integer(1);
          return true;
        });
  }
  base::TimeMs latest = 0;
  for (const std::uint32_t member : memory_.members_of(item)) {
    const CiId ci = memory_.id_of(member);
    const auto known = all_.find(ci.value);
    const base::TimeMs of_unknown = asked_ < asked_one_by_one ? of_one(ci) : 0;
    latest = std::max(latest, known == all_.end() ? of_unknown : known->second);
  }
  return latest;
}

const StoredItem& SearchRow::stored() {
  if (stored_) return *stored_;
  const auto row =
      reading_.tx.query_one("select class, name, stage, attributes, first_seen from ci where id = $1",
                            reading_.memory.id_of(item_).value);
  stored_ = row ? StoredItem{row->text(0), row->text(1), row->text(2), row->text(3), row->integer(4)}
                : StoredItem{{}, {}, {}, "{}", 0};
  return *stored_;
}

std::optional<Value> SearchRow::value(std::string_view attribute) {
  return value_of(stored(), attribute);
}

std::string SearchRow::text(const std::vector<std::string>& attributes) {
  return text_of(stored(), attributes);
}

bool SearchRow::has_origin(const BoundTerm& term) {
  for (const std::uint32_t member : reading_.memory.members_of(item_)) {
    for (const store::Row& row :
         reading_.tx.query("select o.kind, o.native_id from ci_value v join ci_source s on s.id = v.source_id"
                           " join origin o on o.id = s.origin_id where v.ci_id = $1 and v.ended_at is null",
                           reading_.memory.id_of(member).value)) {
      const bool named = text_fits(term, row.text(0)) || text_fits(term, row.text(1));
      if (named) return true;
    }
  }
  return false;
}

bool SearchRow::has_relation(std::string_view type) {
  return std::ranges::any_of(reading_.memory.members_of(item_), [&](std::uint32_t member) {
    return reading_.tx
        .query_one("select 1 from relationship where from_ci = $1 and type = $2 and ended_at is null limit 1",
                   reading_.memory.id_of(member).value, type)
        .has_value();
  });
}

bool SearchRow::has_serial(const BoundTerm& term) {
  for (const std::uint32_t member : reading_.memory.members_of(item_)) {
    for (const store::Row& row : reading_.tx.query("select rule, value from ci_key where ci_id = $1",
                                                   reading_.memory.id_of(member).value)) {
      const bool serial = row.text(0).find("serial") != std::string::npos || row.text(0) == "asset_tag";
      if (serial && text_fits(term, row.text(1))) return true;
    }
  }
  return false;
}

bool text_fits(const BoundTerm& term, std::string_view text) {
  const std::string lower = base::to_lower(text);
  if (term.prefix) return lower.starts_with(term.text);
  switch (term.comparison) {
    case Comparison::is:
    case Comparison::equal:
    case Comparison::not_equal: return lower == term.text;
    case Comparison::contains: return lower.find(term.text) != std::string::npos;
    default: return orders(term, lower);
  }
}

bool value_fits(const BoundTerm& term, const Value& value) {
  if (const auto* list = std::get_if<TextList>(&value)) {
    const bool any = std::ranges::any_of(*list, [&](const std::string& one) { return text_fits(term, one); });
    return any != term.negated;
  }
  if (term.numeric && term.type == AttributeType::date) {
    const auto* text = std::get_if<std::string>(&value);
    const auto time = text ? base::parse_iso8601(*text) : base::Result<base::TimeMs>(base::Error{});
    return time && number_fits(term, static_cast<double>(*time));
  }
  if (term.numeric) {
    if (const auto* number = std::get_if<std::int64_t>(&value))
      return number_fits(term, static_cast<double>(*number));
    if (const auto* number = std::get_if<double>(&value)) return number_fits(term, *number);
  }
  if (const auto* flag = std::get_if<bool>(&value)) {
    const bool wanted = term.text == "true" || term.text == "yes" || term.text == "1";
    return (*flag == wanted) != term.negated;
  }
  return text_fits(term, to_text(value)) != term.negated;
}

bool term_fitted(const BoundTerm& term, const StoredItem& item) {
  switch (term.kind) {
    case TermKind::class_name:
      return (std::ranges::find(term.names, item.class_name) != term.names.end()) != term.negated;
    case TermKind::name: {
      BoundTerm positive = term;
      positive.comparison = term.negated ? Comparison::equal : term.comparison;
      return text_fits(positive, item.name) != term.negated;
    }
    case TermKind::stage: return text_fits(term, item.stage) != term.negated;
    case TermKind::first_seen: return number_fits(term, static_cast<double>(item.first_seen));
    case TermKind::attribute: return attribute_fits(term, item);
    case TermKind::has: return !text_of(item, term.names).empty() != term.negated;
    default: return false;
  }
}

bool term_fits(const BoundTerm& term, SearchRow& row, const SearchMemory& memory) {
  const std::uint32_t item = row.item();
  switch (term.kind) {
    case TermKind::name: return text_fits(term, memory.name_of(item)) != term.negated;
    case TermKind::text: {
      const bool found = std::ranges::any_of(term.names, [&](const std::string& form) {
        const bool short_text = form.size() < 3;
        return term.prefix || short_text ? memory.has_beginning(item, form) : memory.has_text(item, form);
      });
      return found != term.negated;
    }
    case TermKind::seen: return number_fits(term, static_cast<double>(row.last_seen()));
    case TermKind::origin: return row.has_origin(term) != term.negated;
    case TermKind::serial: return row.has_serial(term) != term.negated;
    case TermKind::ip:
    case TermKind::mac: return memory.has_text(item, term.text) != term.negated;
    case TermKind::has_relation: return row.has_relation(term.names.front()) != term.negated;
    default: return term_fitted(term, row.stored());
  }
}

}  // namespace censo::cmdb
