#include "cmdb/junk.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <optional>

namespace censo::cmdb {
namespace {

using base::Errc;
using store::Parameter;

constexpr std::size_t few_values = 6, values_a_query = 64;  // most items show few
constexpr std::array all_kinds{IdentifierKind::serial,  IdentifierKind::uuid,  IdentifierKind::mac,
                               IdentifierKind::address, IdentifierKind::maker, IdentifierKind::name};

std::string ids_to_json(std::span<const CiId> ids) {
  std::vector<std::string> texts;
  for (const CiId id : ids) texts.push_back("\"" + base::to_text(id) + "\"");
  return "[" + base::join(texts, ",") + "]";
}

// ["01h2x...","..."] as ids_to_json() writes it.
std::vector<CiId> ids_from_json(std::string_view json) {
  std::vector<CiId> ids;
  for (const std::string_view piece : base::split(json, '"')) {
    if (const auto id = base::id_from_text(piece); id && piece.size() > 2) ids.emplace_back(*id);
  }
  return ids;
}

JunkEntry entry_from(const store::Row& row) {
  return {identifier_kind(row.text(0)).value_or(IdentifierKind::serial),
          row.text(1),
          row.text(2),
          row.text(3),
          row.text(5),
          row.text(6),
          ids_from_json(row.text(4)),
          row.integer(7)};
}

std::string added_junk_sql(std::size_t values) {
  std::string text = "select value from junk_identifier where verdict = 'junk' and value in (";
  for (std::size_t i = 1; i <= values; ++i) text += (i == 1 ? "$" : ", $") + std::to_string(i);
  return text + ")";
}

void save(store::Transaction& tx, const JunkEntry& entry) {
  tx.execute(
      "insert into junk_identifier (kind, value, verdict, origin, evidence, actor, reason, at)"
      " values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (value, kind) do update set"
      " verdict = excluded.verdict, origin = excluded.origin, evidence = excluded.evidence,"
      " actor = excluded.actor, reason = excluded.reason, at = excluded.at",
      name_of(entry.kind), entry.value, entry.verdict, entry.origin, ids_to_json(entry.evidence), entry.actor,
      entry.reason, entry.at);
}

std::optional<JunkEntry> find(store::Transaction& tx, IdentifierKind kind, const std::string& value) {
  const auto row = tx.query_one(
      "select kind, value, verdict, origin, evidence, actor, reason, at from junk_identifier"
      " where value = $1 and kind = $2",
      value, name_of(kind));
  return row ? std::optional(entry_from(*row)) : std::nullopt;
}

// Keys of which the value is a part ("cisco|foc77") too: they are among the keys of those that carry it.
void demote_keys(store::Transaction& tx, const std::string& value) {
  for (const store::Row& carrier : tx.query("select distinct ci_id from ci_key where value = $1", value)) {
    for (const store::Row& key : tx.query(
             "select rule, value from ci_key where ci_id = $1 and identifying = 1", carrier.integer(0))) {
      const auto parts = base::split(key.text(1), '|');
      if (std::ranges::find(parts, value) == parts.end()) continue;
      tx.execute("update ci_key set identifying = 0 where value = $1 and rule = $2 and ci_id = $3",
                 key.text(1), key.text(0), carrier.integer(0));
    }
  }
}

// In the form in which keys hold it: a UUID in the lower of its two byte orders.
base::Result<std::string> canonical(const JunkChange& change) {
  std::string value = canonical_identifier(change.kind, change.value);
  if (value.empty()) {
    return base::fail(Errc::invalid_argument,
                      "expected a " + std::string(name_of(change.kind)) + ", found \"" +
                          base::sanitize_utf8(change.value, 100) + "\"",
                      "value");
  }
  const std::string lower_order = identity_value(change.kind, value);
  return change.kind == IdentifierKind::uuid && !lower_order.empty() ? lower_order : value;
}

}  // namespace

std::vector<JunkEntry> list_junk(store::Transaction& tx) {
  std::vector<JunkEntry> entries;
  std::set<std::pair<std::string, IdentifierKind>> decided;
  for (const store::Row& row :
       tx.query("select kind, value, verdict, origin, evidence, actor, reason, at from junk_identifier")) {
    entries.push_back(entry_from(row));
    decided.emplace(entries.back().value, entries.back().kind);
  }
  for (const IdentifierKind kind : all_kinds) {
    for (const std::string& value : listed_junk(kind)) {
      if (!decided.contains({value, kind}))
        entries.push_back({kind, value, "junk", "built_in", "", "", {}, 0});
    }
  }
  std::ranges::sort(entries, {},
                    [](const JunkEntry& one) { return std::pair(name_of(one.kind), one.value); });
  return entries;
}

base::Result<JunkEntry> add_junk(store::Transaction& tx, const JunkChange& change) {
  const auto value = canonical(change);
  if (!value) return value.error();
  if (change.kind == IdentifierKind::name || change.kind == IdentifierKind::address) {
    return base::fail(Errc::invalid_argument,
                      "names and addresses are never identity: expected serial, uuid, mac"
                      " or maker",
                      "kind");
  }
  const auto known = find(tx, change.kind, *value);
  const bool listed = is_junk(change.kind, *value);
  if ((known && known->verdict == "junk") || (!known && listed)) {
    return base::fail(Errc::conflict, "\"" + *value + "\" is in the list already", "value");
  }
  JunkEntry entry{change.kind, *value, "junk", "person", change.actor, change.reason, {}, change.now};
  if (known && listed) {
    tx.execute("delete from junk_identifier where value = $1 and kind = $2", *value, name_of(change.kind));
    entry.origin = "built_in";
  } else {
    save(tx, entry);
  }
  demote_keys(tx, *value);
  return entry;
}

base::Result<void> remove_junk(store::Transaction& tx, const JunkChange& change) {
  const auto value = canonical(change);
  if (!value) return value.error();
  const auto known = find(tx, change.kind, *value);
  const bool listed = is_junk(change.kind, *value);
  if (!listed && !(known && known->verdict == "junk")) {
    return base::fail(Errc::not_found, "\"" + *value + "\" is not in the list", "value");
  }
  // A learnt value stays as allowed, so that it is not learnt again.
  if (listed || known->origin == "learnt") {
    save(tx, {change.kind, *value, "allowed", "person", change.actor, change.reason, {}, change.now});
  } else {
    tx.execute("delete from junk_identifier where value = $1 and kind = $2", *value, name_of(change.kind));
  }
  return {};
}

void learn_junk(store::Transaction& tx, IdentifierKind kind, const std::string& value,
                std::span<const CiId> carriers, base::TimeMs now) {
  if (find(tx, kind, value)) return;  // a person decided on it
  save(tx, {kind, value, "junk", "learnt", "", "", {carriers.begin(), carriers.end()}, now});
  demote_keys(tx, value);
}

std::set<std::string> added_junk(store::Transaction& tx, const std::set<std::string>& values) {
  static const std::string few = added_junk_sql(few_values), many = added_junk_sql(values_a_query);
  std::set<std::string> found;
  std::vector<Parameter> part;
  const auto ask = [&] {
    if (part.empty()) return;
    const bool is_few = part.size() <= few_values;
    part.resize(is_few ? few_values : values_a_query, std::string());
    for (const store::Row& row : tx.query_list(is_few ? few : many, part)) found.insert(row.text(0));
    part.clear();
  };
  for (const std::string& value : values) {
    part.emplace_back(value);
    if (part.size() == values_a_query) ask();
  }
  ask();
  return found;
}

AllowedValues allowed_values(store::Transaction& tx) {
  AllowedValues allowed;
  for (const store::Row& row :
       tx.query("select kind, value from junk_identifier where verdict = 'allowed'")) {
    if (const auto kind = identifier_kind(row.text(0))) allowed.emplace(*kind, row.text(1));
  }
  return allowed;
}

}  // namespace censo::cmdb
