#include "cmdb/component_store.h"

#include "base/id.h"
#include "base/long_digest.h"
#include "base/text.h"
#include "cmdb/packed_bytes.h"
#include "cmdb/packed_ids.h"
#include "cmdb/store/many_rows.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <numeric>
#include <stdexcept>
#include <unordered_map>
#include <utility>

namespace censo::cmdb {
namespace {

using store::Parameter;

constexpr std::size_t ids_a_query = 100;

// "select ... in ($1, ..., $100)": one text for every length, so that it is prepared once.
std::string with_list(std::string_view select) {
  std::string sql(select);
  for (std::size_t i = 1; i <= ids_a_query; ++i) sql += (i == 1 ? "($" : ", $") + std::to_string(i);
  return sql + ")";
}

// Runs the statement for all parameters, a hundred at a time.
std::vector<store::Row> query_in_parts(store::Transaction& tx, const std::string& sql,
                                       const std::vector<Parameter>& parameters) {
  std::vector<store::Row> rows;
  for (std::size_t first = 0; first < parameters.size(); first += ids_a_query) {
    const auto begin = parameters.begin() + static_cast<std::ptrdiff_t>(first);
    const auto count = std::min(ids_a_query, parameters.size() - first);
    std::vector<Parameter> part(begin, begin + static_cast<std::ptrdiff_t>(count));
    part.resize(ids_a_query, nullptr);
    for (store::Row& row : tx.query_list(sql, part)) rows.push_back(std::move(row));
  }
  return rows;
}

using Digest = std::array<std::uint8_t, 16>;

struct DigestHash {
  std::size_t operator()(const Digest& digest) const {
    std::size_t hash = 0;
    std::memcpy(&hash, digest.data(), sizeof hash);
    return hash;
  }
};
using KnownRows = std::unordered_map<Digest, RowId, DigestHash>;

// For an index, which holds no long texts on PostgreSQL.
constexpr std::size_t name_bytes = 1024;

std::string name_in(std::string_view json) {
  const auto value = value_in_json(json, "name");
  const auto* name = value ? std::get_if<std::string>(&*value) : nullptr;
  return name ? base::sanitize_utf8(*name, name_bytes) : "";
}

Digest digest_of(const RowText& row) {
  const base::Sha256 whole = base::sha256_of_all({row.class_name, row.json});
  Digest digest{};
  std::copy_n(whole.begin(), digest.size(), digest.begin());
  return digest;
}

base::Bytes bytes_of(const Digest& digest) {
  return {digest.begin(), digest.end()};
}

KnownRows known_rows(store::Transaction& tx, const std::vector<Digest>& digests) {
  static const std::string sql = with_list("select digest, id from component_row where digest in ");
  std::vector<Parameter> parameters;
  parameters.reserve(digests.size());
  for (const Digest& digest : digests) parameters.emplace_back(bytes_of(digest));
  KnownRows known(digests.size());
  for (const store::Row& row : query_in_parts(tx, sql, parameters)) {
    Digest digest{};
    std::copy_n(row.bytes(0).begin(), std::min(digest.size(), row.bytes(0).size()), digest.begin());
    known.emplace(digest, row.integer(1));
  }
  return known;
}

struct NewRow {
  RowId id = 0;
  Digest digest;
  const RowText* row = nullptr;
};

void add_rows(store::Transaction& tx, const std::vector<NewRow>& rows) {
  static const store::ManyRows insert(
      "insert into component_row (id, digest, class, attributes, name) values ", 5);
  std::vector<Parameter> parameters;
  parameters.reserve(rows.size() * 5);
  for (const NewRow& row : rows)
    parameters.insert(parameters.end(), {row.id, bytes_of(row.digest), std::string(row.row->class_name),
                                         std::string(row.row->json), name_in(row.row->json)});
  insert.insert(tx, parameters);
}

void learn_after_commit(store::Transaction& tx, RowMemory& memory, std::span<const RowText> rows,
                        const RowIds& ids, const std::vector<std::size_t>& places) {
  struct Learnt {
    std::string class_name, json;
    RowText row;
    RowId id;
  };
  std::vector<Learnt> learnt;
  for (const std::size_t place : places)
    learnt.push_back(
        {std::string(rows[place].class_name), std::string(rows[place].json), rows[place], ids[place]});
  tx.after_commit([&memory, tables = memory.tables(), learnt = std::move(learnt)] {
    if (memory.tables() != tables) return;
    for (const auto& [class_name, json, row, id] : learnt)
      memory.learn({class_name, json, row.left_out, row.left_out_at}, id);
  });
}

constexpr std::uint8_t transient_mark = 2;    // no frame of zstd begins so
constexpr std::size_t most_rows = 1'000'000;  // far above what a report may hold

bool is_transient(std::span<const std::uint8_t> bytes) {
  return bytes.front() == transient_mark;
}

[[noreturn]] void broken(const char* what) {
  throw std::runtime_error(std::string("the stored components are broken: ") + what);
}

std::string unzipped_text(std::span<const std::uint8_t> bytes) {
  auto text = unzipped(bytes);
  if (!text) broken("zstd");
  return std::move(*text);
}

AttributesById operational_of(std::span<const std::uint8_t> bytes, const RowIds& ids) {
  if (bytes.empty()) return {};
  if (!are_columns(bytes)) return columns_from_json(unzipped_text(bytes), ids);
  AttributesById by_id;
  auto values = unpack_columns(bytes, ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (!values[i].empty()) by_id[ids[i]] = std::move(values[i]);
  }
  return by_id;
}

std::vector<Component> unpack_transient(std::span<const std::uint8_t> bytes) {
  if (bytes.empty()) return {};
  if (!is_transient(bytes)) return components_from_json(unzipped_text(bytes));
  NumberReader reader({reinterpret_cast<const char*>(bytes.data() + 1), bytes.size() - 1});
  std::vector<Component> components;
  for (std::uint64_t classes = reader.number(); classes > 0; --classes) {
    const std::string_view name = reader.text(reader.number());
    const std::uint64_t count = reader.number();
    if (count > most_rows - components.size()) broken("too many rows");
    components.resize(components.size() + static_cast<std::size_t>(count),
                      Component{"", std::string(name), {}});
  }
  const std::string_view rest = reader.text(reader.left());
  auto values =
      unpack_columns({reinterpret_cast<const std::uint8_t*>(rest.data()), rest.size()}, components.size());
  for (std::size_t i = 0; i < components.size(); ++i) components[i].attributes = std::move(values[i]);
  return components;
}

ComponentSet set_from(const store::Row& row) {
  ComponentSet set{row.text(0), unpack_ids(row.bytes(1)), {}, unpack_transient(row.bytes(3)), row.integer(4)};
  set.operational = operational_of(row.bytes(2), set.ids);
  return set;
}

}  // namespace

base::Bytes pack_transient(std::span<const std::pair<std::string_view, std::size_t>> classes,
                           const RowColumns& values) {
  if (classes.empty()) return {};
  std::string head(1, static_cast<char>(transient_mark));
  append_number(head, classes.size());
  std::size_t rows = 0;
  for (const auto& [name, count] : classes) {
    append_number(head, name.size());
    head += name;
    append_number(head, count);
    rows += count;
  }
  std::vector<std::size_t> order(rows);
  std::iota(order.begin(), order.end(), std::size_t{0});
  const base::Bytes packed = values.pack(order);
  base::Bytes bytes(head.begin(), head.end());
  bytes.insert(bytes.end(), packed.begin(), packed.end());
  return bytes;
}

RowIds ids_of_rows(store::Transaction& tx, std::span<const RowText> rows, const base::Clock& clock,
                   RowMemory* memory) {
  RowIds ids(rows.size());
  std::vector<std::size_t> places;  // of rows that are not in memory
  std::vector<Digest> digests;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (const auto id = memory ? memory->find(rows[i]) : std::nullopt) {
      ids[i] = *id;
      continue;
    }
    places.push_back(i);
    digests.push_back(digest_of(rows[i]));
  }
  if (places.empty()) return ids;
  KnownRows known = known_rows(tx, digests);
  std::vector<NewRow> added;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const auto [place, is_new] = known.try_emplace(digests[i], 0);
    if (is_new) {
      place->second = base::next_id(clock);
      added.push_back({place->second, digests[i], &rows[places[i]]});
    }
    ids[places[i]] = place->second;
  }
  add_rows(tx, added);
  if (memory) learn_after_commit(tx, *memory, rows, ids, places);
  return ids;
}

std::map<RowId, Component> rows_with_ids(store::Transaction& tx, const RowIds& ids) {
  static const std::string sql = with_list("select id, class, attributes from component_row where id in ");
  const std::vector<Parameter> parameters(ids.begin(), ids.end());
  std::map<RowId, Component> rows;
  for (const store::Row& row : query_in_parts(tx, sql, parameters)) {
    rows.emplace(row.integer(0), Component{"", row.text(1), attributes_from_json(row.text(2))});
  }
  return rows;
}

std::optional<ComponentSet> load_components(store::Transaction& tx, CiId ci, SourceId source,
                                            std::string_view section) {
  const auto row = tx.query_one(
      "select section, packed_rows, operational, transient, since from component_set"
      " where ci_id = $1 and source_id = $2 and section = $3",
      ci.value, source.value, section);
  return row ? std::optional(set_from(*row)) : std::nullopt;
}

std::vector<ComponentSet> load_components(store::Transaction& tx, CiId ci) {
  std::vector<ComponentSet> sets;
  for (const store::Row& row : tx.query(
           "select section, packed_rows, operational, transient, since from component_set where ci_id = $1",
           ci.value)) {
    sets.push_back(set_from(row));
  }
  return sets;
}

std::optional<RowIds> load_row_ids(store::Transaction& tx, CiId ci, SourceId source,
                                   std::string_view section) {
  const auto row = tx.query_one(
      "select packed_rows from component_set where ci_id = $1 and source_id = $2 and section = $3", ci.value,
      source.value, section);
  return row ? std::optional(unpack_ids(row->bytes(0))) : std::nullopt;
}

void save_components(store::Transaction& tx, CiId ci, SourceId source, const PackedComponentSet& set) {
  tx.execute(
      "insert into component_set (ci_id, source_id, section, packed_rows, operational, transient, since)"
      " values ($1, $2, $3, $4, $5, $6, $7) on conflict (ci_id, source_id, section) do update set"
      " packed_rows = excluded.packed_rows, operational = excluded.operational, transient = "
      "excluded.transient",
      ci.value, source.value, set.section, pack_ids(set.ids), set.operational, set.transient, set.since);
}

}  // namespace censo::cmdb
