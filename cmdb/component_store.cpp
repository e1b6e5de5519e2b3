#include "cmdb/component_store.h"

#include "base/id.h"
#include "base/text.h"

#include <zstd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <unordered_map>
#include <utility>

namespace censo::cmdb {
namespace {

using store::Parameter;

constexpr std::size_t ids_a_query = 100;
constexpr std::size_t rows_an_insert = 50;
constexpr int compression_level = 3;

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

// Longer rows are rare, and an agent that sends nothing else must not fill the memory.
constexpr std::size_t remembered_bytes = 512;

// For an index, which holds no long texts on PostgreSQL.
constexpr std::size_t name_bytes = 1024;

std::string name_in(std::string_view json) {
  const auto value = value_in_json(json, "name");
  const auto* name = value ? std::get_if<std::string>(&*value) : nullptr;
  return name ? base::sanitize_utf8(*name, name_bytes) : "";
}

Digest digest_of(const RowText& row) {
  const base::Sha256 whole = base::sha256(std::string(row.class_name) + std::string(row.json));
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

std::string insert_of_rows(std::size_t count) {
  std::string sql = "insert into component_row (id, digest, class, attributes, name) values ";
  for (std::size_t i = 0; i < count; ++i) {
    sql += i == 0 ? "(" : ", (";
    for (std::size_t column = 1; column <= 5; ++column)
      sql += (column == 1 ? "$" : ", $") + std::to_string(i * 5 + column);
    sql += ')';
  }
  return sql;
}

// As many a statement as there are: on a server each statement is a journey.
void add_rows(store::Transaction& tx, std::span<const NewRow> rows) {
  static const std::string many = insert_of_rows(rows_an_insert), one = insert_of_rows(1);
  while (!rows.empty()) {
    const std::size_t count = rows.size() >= rows_an_insert ? rows_an_insert : 1;
    std::vector<Parameter> parameters;
    for (const NewRow& row : rows.first(count)) {
      parameters.insert(parameters.end(), {row.id, bytes_of(row.digest), std::string(row.row->class_name),
                                           std::string(row.row->json), name_in(row.row->json)});
    }
    tx.query_list(count == 1 ? one : many, parameters);
    rows = rows.subspan(count);
  }
}

void learn_after_commit(store::Transaction& tx, RowMemory& memory, std::span<const RowText> rows,
                        const RowIds& ids, const std::vector<std::size_t>& places) {
  struct Learnt {
    std::string class_name, json;
    RowId id;
  };
  std::vector<Learnt> learnt;
  for (const std::size_t place : places) {
    if (rows[place].json.size() <= remembered_bytes)
      learnt.push_back({std::string(rows[place].class_name), std::string(rows[place].json), ids[place]});
  }
  tx.after_commit([&memory, learnt = std::move(learnt)] {
    for (const auto& [class_name, json, id] : learnt) memory.learn({class_name, json}, id);
  });
}

[[noreturn]] void broken(const char* what) {
  throw std::runtime_error(std::string("the stored components are broken: ") + what);
}

// "[]" and "{}" become no bytes at all.
base::Bytes compress(const std::string& json) {
  if (json.size() <= 2) return {};
  // Kept: to make it costs more than to compress a list.
  thread_local const std::unique_ptr<ZSTD_CCtx, std::size_t (*)(ZSTD_CCtx*)> context(ZSTD_createCCtx(),
                                                                                     ZSTD_freeCCtx);
  base::Bytes bytes(ZSTD_compressBound(json.size()));
  const std::size_t size = ZSTD_compressCCtx(context.get(), bytes.data(), bytes.size(), json.data(),
                                             json.size(), compression_level);
  if (ZSTD_isError(size)) throw std::runtime_error(ZSTD_getErrorName(size));
  bytes.resize(size);
  return bytes;
}

std::string decompress(std::span<const std::uint8_t> bytes) {
  constexpr unsigned long long most = 64 * 1024 * 1024;  // far above what a report may hold
  const unsigned long long size = ZSTD_getFrameContentSize(bytes.data(), bytes.size());
  if (size > most) broken("no size, or one beyond all reports");
  std::string json(static_cast<std::size_t>(size), '\0');
  const std::size_t read = ZSTD_decompress(json.data(), json.size(), bytes.data(), bytes.size());
  if (ZSTD_isError(read) || read != json.size()) broken("zstd");
  return json;
}

ComponentSet set_from(const store::Row& row) {
  ComponentSet set{row.text(0), unpack_ids(row.bytes(1)), {}, {}, row.integer(4)};
  if (!row.bytes(2).empty()) set.operational = columns_from_json(decompress(row.bytes(2)), set.ids);
  if (!row.bytes(3).empty()) set.transient = components_from_json(decompress(row.bytes(3)));
  return set;
}

}  // namespace

base::Bytes pack_ids(const RowIds& ids) {
  base::Bytes bytes;
  std::uint64_t last = 0;
  for (const RowId id : ids) {
    std::uint64_t rest = static_cast<std::uint64_t>(id) - last;
    last = static_cast<std::uint64_t>(id);
    for (; rest >= 0x80; rest >>= 7) bytes.push_back(static_cast<std::uint8_t>(rest | 0x80));
    bytes.push_back(static_cast<std::uint8_t>(rest));
  }
  return bytes;
}

bool is_packed(std::span<const std::uint8_t> bytes) {
  std::size_t length = 0;
  for (const std::uint8_t byte : bytes) {
    if (++length > 10) return false;
    if (byte < 0x80) length = 0;
  }
  return length == 0;
}

RowIds unpack_ids(std::span<const std::uint8_t> bytes) {
  RowIds ids;
  std::uint64_t last = 0, difference = 0;
  unsigned shift = 0;
  for (const std::uint8_t byte : bytes) {
    if (shift > 63) broken("a varint is too long");
    difference |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    shift += 7;
    if (byte & 0x80) continue;
    last += difference;
    ids.push_back(static_cast<RowId>(last));
    difference = 0;
    shift = 0;
  }
  if (shift != 0) broken("the last varint has no end");
  return ids;
}

std::optional<RowId> RowMemory::find(const RowText& row) {
  const Row* const expected = last_ ? last_->next : nullptr;
  if (expected && Equal()({expected->class_name, expected->json}, row)) {
    last_ = const_cast<Row*>(expected);
    return last_->id;
  }
  const auto known = by_text_.find(row);
  Row* const found = known == by_text_.end() ? nullptr : known->second;
  if (last_ && found) last_->next = found;
  last_ = found;
  return found ? std::optional(found->id) : std::nullopt;
}

void RowMemory::learn(const RowText& row, RowId id) {
  if (row.json.size() > remembered_bytes || by_text_.contains(row)) return;
  if (rows_.size() >= most_) {
    by_text_.clear();
    rows_.clear();
    last_ = nullptr;
  }
  Row& kept = rows_.emplace_back(Row{std::string(row.class_name), std::string(row.json), id});
  by_text_.emplace(RowText{kept.class_name, kept.json}, &kept);
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

void save_components(store::Transaction& tx, CiId ci, SourceId source, const ComponentSetText& set) {
  tx.execute(
      "insert into component_set (ci_id, source_id, section, packed_rows, operational, transient, since)"
      " values ($1, $2, $3, $4, $5, $6, $7) on conflict (ci_id, source_id, section) do update set"
      " packed_rows = excluded.packed_rows, operational = excluded.operational, transient = "
      "excluded.transient",
      ci.value, source.value, set.section, pack_ids(set.ids), compress(set.operational),
      compress(set.transient), set.since);
}

}  // namespace censo::cmdb
