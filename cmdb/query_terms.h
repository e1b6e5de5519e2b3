// What the fields of a search mean: a query bound to the classes that there are. Fields are `class`, `name`,
// `stage`, `origin`, `seen`, `first_seen`, `software`, `port`, `ip`, `mac`, `serial`, `has`, `missing`, every
// attribute of every class, "disk.model" for attributes of components, every relation type, and the aliases
// of schemas/search.yaml.
#pragma once

#include "base/clock.h"
#include "cmdb/class_catalog.h"
#include "cmdb/query.h"

#include <limits>
#include <string>
#include <vector>

namespace censo::cmdb {

struct Interval {
  double low = -std::numeric_limits<double>::infinity(), high = std::numeric_limits<double>::infinity();
  bool low_open = false, high_open = false;
  bool has(double value) const {
    return (low_open ? value > low : value >= low) && (high_open ? value < high : value <= high);
  }
};

enum class TermKind : std::uint8_t {
  text,        // names: the forms in which keys may have it
  class_name,  // names: the classes that fit
  name,
  stage,
  origin,
  seen,  // times of `interval`
  first_seen,
  attribute,  // names: one, or those of an alias
  software,   // text: the package
  port,       // `interval`; text: "tcp", "udp" or empty
  ip,
  mac,
  serial,
  component,      // names: class and attribute
  relation,       // names: the type; text: name or identifier of the other end
  has,            // names: an attribute, or those of an alias
  has_component,  // names: the class
  has_relation,   // names: the type
};

struct BoundTerm {
  TermKind kind = TermKind::text;
  Comparison comparison = Comparison::is;
  bool prefix = false;
  bool negated = false;  // "!=", "missing": what has no value at all does not fit "!="
  bool numeric = false;  // `interval` decides
  AttributeType type = AttributeType::string;
  std::string text;  // lower case, trimmed
  std::vector<std::string> names;
  Interval interval;
  std::string without_past;  // why it cannot be answered as of a moment; empty: it can
  QueryTerm written;
};

struct BoundQuery {
  Query::Kind kind = Query::Kind::all_of;
  BoundTerm term;
  std::vector<BoundQuery> parts;
};

// Errc::invalid_argument with the place: an unknown field (with the nearest), class or relation type, a value
// that is no number, date or address where one is expected. `now`: ages count from here.
base::Result<BoundQuery> bind_query(const ClassCatalog& catalog, const Query& query, base::TimeMs now);

// What a name stands for that is no field of its own: itself, or the attributes of an alias.
std::vector<std::string> attributes_behind(const std::string& name);

// True when any term is of this kind.
bool mentions(const BoundQuery& query, TermKind kind);

// "now" minus "7d", a date or a moment; the length of what was named: a day, or a millisecond.
struct NamedTime {
  base::TimeMs at = 0, length_ms = 1;
  bool is_age = false;
};
base::Result<NamedTime> parse_time(std::string_view text, base::TimeMs now);

// "16GiB" in the attribute's unit.
base::Result<double> parse_number(std::string_view text, std::string_view unit);

// Names that people may have meant, the nearest first; empty when none is near.
std::string nearest(std::string_view name, const std::vector<std::string>& known);

}  // namespace censo::cmdb
