#include "collector/scanner/snmp/variables.h"

#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include <algorithm>

namespace censo::scanner {
namespace {

Oid to_oid(const oid* arcs, std::size_t count) {
  Oid out;
  out.arcs.reserve(count);
  std::transform(arcs, arcs + count, std::back_inserter(out.arcs),
                 [](oid arc) { return static_cast<std::uint32_t>(arc); });
  return out;
}

VarType type_of(u_char type) {
  switch (type) {
    case ASN_INTEGER: return VarType::integer;
    case ASN_OCTET_STR:
    case ASN_BIT_STR: return VarType::octets;
    case ASN_OBJECT_ID: return VarType::oid;
    case ASN_IPADDRESS: return VarType::address;
    case ASN_COUNTER: return VarType::counter32;
    case ASN_GAUGE:
    case ASN_UINTEGER: return VarType::unsigned32;
    case ASN_TIMETICKS: return VarType::ticks;
    case ASN_COUNTER64: return VarType::counter64;
    case ASN_NULL: return VarType::null;
    case SNMP_NOSUCHOBJECT: return VarType::no_such_object;
    case SNMP_NOSUCHINSTANCE: return VarType::no_such_instance;
    case SNMP_ENDOFMIBVIEW: return VarType::end_of_view;
    default: return VarType::opaque;  // among them the floats that libsnmp unpacks
  }
}

}  // namespace

VarBind to_bind(const variable_list& variable, std::size_t max_string_bytes, std::uint64_t& cut_strings) {
  VarBind bind{to_oid(variable.name, variable.name_length), type_of(variable.type), {}};
  switch (bind.type) {
    case VarType::integer: bind.value = std::int64_t{*variable.val.integer}; break;
    case VarType::counter32:
    case VarType::unsigned32:
    case VarType::ticks: bind.value = std::uint64_t{static_cast<std::uint32_t>(*variable.val.integer)}; break;
    case VarType::counter64:
      bind.value =
          (std::uint64_t{variable.val.counter64->high} << 32) | (variable.val.counter64->low & 0xffffffff);
      break;
    case VarType::oid: bind.value = to_oid(variable.val.objid, variable.val_len / sizeof(oid)); break;
    case VarType::octets:
    case VarType::address:
    case VarType::opaque: {
      const auto size = std::min(variable.val_len, max_string_bytes);
      if (size < variable.val_len) ++cut_strings;
      bind.value =
          size == 0 ? std::string() : std::string(reinterpret_cast<const char*>(variable.val.string), size);
      break;
    }
    default: break;
  }
  return bind;
}

}  // namespace censo::scanner
