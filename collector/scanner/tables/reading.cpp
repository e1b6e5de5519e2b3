#include "collector/scanner/tables/reading.h"

#include "collector/scanner/varbind.h"

#include <algorithm>
#include <array>
#include <utility>

namespace censo::scanner {

const VarBind* TableRow::find(std::uint32_t column) const {
  const auto found = columns.find(column);
  return found == columns.end() ? nullptr : &found->second;
}

std::string TableRow::text(std::uint32_t column, std::size_t max_bytes) const {
  const auto* bind = find(column);
  return bind ? text_of(*bind, max_bytes) : std::string();
}

std::int64_t TableRow::integer(std::uint32_t column) const {
  const auto* bind = find(column);
  return bind ? integer_of(*bind).value_or(0) : 0;
}

Oid oid_of(std::initializer_list<std::uint32_t> arcs) {
  return Oid{{arcs.begin(), arcs.end()}};
}

Oid below(const Oid& oid, std::initializer_list<std::uint32_t> arcs) {
  auto longer = oid;
  longer.arcs.insert(longer.arcs.end(), arcs.begin(), arcs.end());
  return longer;
}

TableIndex index_of(const VarBind& bind, const Oid& root) {
  const auto rest = bind.oid.arcs.begin() + static_cast<std::ptrdiff_t>(root.arcs.size());
  return {rest, bind.oid.arcs.end()};
}

void Reading::begin(std::string_view section) {
  auto& added = inventory_.report.sections.emplace_back();
  added.name = section;
  added.complete = !given_up_;
}

void Reading::note(std::string_view code, std::string message, std::string where) {
  inventory_.report.problems.push_back(
      {section().name, std::string(code), std::move(message), std::move(where)});
}

// Notes why the last read failed. One table without an answer may be the table's fault, two in a row are the
// device's.
bool Reading::failed(const Oid& at) {
  const auto failure = session_.last_failure();
  silent_ = failure.verdict == Verdict::no_answer ? silent_ + 1 : 0;
  if (failure.verdict == Verdict::ok) return false;
  section().complete = false;
  note(name_of(failure.verdict), failure.detail, to_text(at));
  given_up_ = silent_ >= 2 || failure.verdict == Verdict::cancelled;
  const bool local =
      failure.verdict == Verdict::refused || (failure.verdict == Verdict::no_answer && !given_up_);
  if (inventory_.verdict == Verdict::ok && !local) {
    inventory_.verdict = failure.verdict;
    inventory_.detail = failure.detail;
  }
  return true;
}

std::map<Oid, VarBind> Reading::values(const std::vector<Oid>& oids) {
  std::map<Oid, VarBind> found;
  if (given_up_) return found;
  const auto binds = session_.get(oids);
  if (!binds) {
    failed(oids.front());
    return found;
  }
  silent_ = 0;
  for (const auto& bind : *binds) {
    if (!is_missing(bind)) found.emplace(bind.oid, bind);
  }
  return found;
}

std::vector<VarBind> Reading::column(const Oid& root) {
  std::vector<VarBind> binds;
  if (given_up_) return binds;
  [[maybe_unused]] const auto walked = session_.walk(root, binds);  // failed() asks the session
  failed(root);
  return binds;
}

bool Reading::enter_vlan(std::uint16_t vlan) {
  if (given_up_) return false;
  static const std::array bridge_ports{oid_of({1, 3, 6, 1, 2, 1, 17, 1, 2, 0})};
  session_.in_vlan(vlan);
  if (session_.get(bridge_ports)) return true;
  const auto failure = session_.last_failure();
  note(name_of(failure.verdict), failure.detail, "VLAN " + std::to_string(vlan));
  session_.in_vlan(0);
  return false;
}

void Reading::add_column(Table& table, const Oid& entry, std::uint32_t column) {
  const auto root = below(entry, {column});
  std::vector<VarBind> binds;
  [[maybe_unused]] const auto walked = session_.walk(root, binds);  // failed() asks the session
  // Rows come in their order, and so did those of the columns before.
  auto row = table.begin();
  for (auto& bind : binds) {
    if (is_missing(bind)) continue;
    row = table.try_emplace(row, index_of(bind, root));
    row->second.columns.emplace_hint(row->second.columns.end(), column, std::move(bind));
    ++row;
  }
}

Table Reading::rare_table(const Oid& entry, std::initializer_list<std::uint32_t> columns) {
  Table table;
  if (given_up_) {
    section().complete = false;
    return table;
  }
  add_column(table, entry, *columns.begin());
  if (failed(below(entry, {*columns.begin()})) || table.empty()) return table;
  add_columns(table, entry, {columns.begin() + 1, columns.end()});
  return table;
}

Table Reading::table(const Oid& entry, std::initializer_list<std::uint32_t> columns) {
  Table table;
  add_columns(table, entry, columns);
  return table;
}

// In their order: what was heard beyond the end of one column is the begin of the next.
void Reading::add_columns(Table& table, const Oid& entry, std::vector<std::uint32_t> columns) {
  std::sort(columns.begin(), columns.end());
  for (const auto column : columns) {
    if (column == 0) continue;
    if (given_up_) {
      section().complete = false;
      return;
    }
    add_column(table, entry, column);
    if (failed(below(entry, {column}))) return;
  }
}

}  // namespace censo::scanner
