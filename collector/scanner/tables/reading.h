// One device being read: the session, the report so far, and what went wrong. A failure is kept as a Problem
// and makes its section incomplete; the rest is read all the same, unless the device has fallen silent.
#pragma once

#include "base/clock.h"
#include "collector/scanner/inventory_device.h"
#include "collector/scanner/snmp_session.h"
#include "inventory/report.h"

#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace censo::scanner {

// A MIB table's rows by index; an absent column has no entry.
using TableIndex = std::vector<std::uint32_t>;
struct TableRow {
  std::map<std::uint32_t, VarBind> columns;
  const VarBind* find(std::uint32_t column) const;
  std::string text(std::uint32_t column, std::size_t max_bytes = 1024) const;  // "" when absent
  std::int64_t integer(std::uint32_t column) const;                            // 0 when absent
};
using Table = std::map<TableIndex, TableRow>;

class Reading {
 public:
  Reading(SnmpSession& session, DeviceInventory& inventory) : session_(session), inventory_(inventory) {}

  // The section that what follows belongs to; complete until a read fails.
  void begin(std::string_view section);
  inventory::Section& section() { return inventory_.report.sections.back(); }
  inventory::Report& report() { return inventory_.report; }
  RowCounts& rows() { return inventory_.rows; }

  // The values that the device has, by OID. Missing ones have no entry.
  std::map<Oid, VarBind> values(const std::vector<Oid>& oids);
  std::vector<VarBind> column(const Oid& root);
  Table table(const Oid& entry, std::initializer_list<std::uint32_t> columns);  // a column 0 is none
  // The same of a table that most devices lack: one question shows that, by the first column.
  Table rare_table(const Oid& entry, std::initializer_list<std::uint32_t> columns);
  // What follows is asked of this VLAN's own instances (SnmpSession::in_vlan) until leave_vlan(). False:
  // nobody answers there, which says nothing of the device.
  bool enter_vlan(std::uint16_t vlan);
  void leave_vlan() { session_.in_vlan(0); }
  // What the device said that we cannot use.
  void note(std::string_view code, std::string message, std::string where);

 private:
  bool failed(const Oid& at);
  void add_column(Table& table, const Oid& entry, std::uint32_t column);
  void add_columns(Table& table, const Oid& entry, std::vector<std::uint32_t> columns);

  SnmpSession& session_;
  DeviceInventory& inventory_;
  int silent_ = 0;  // reads in a row without an answer
  bool given_up_ = false;
};

// The arcs of a row's name after its column.
TableIndex index_of(const VarBind& bind, const Oid& root);
Oid below(const Oid& oid, std::initializer_list<std::uint32_t> arcs);
Oid oid_of(std::initializer_list<std::uint32_t> arcs);

}  // namespace censo::scanner
