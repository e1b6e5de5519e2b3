// The one shared vocabulary: what an agent, a scanner or an importer says about one configuration item and
// what belongs to it. The JSON form is docs/report-format.md; the only reader and writer is report_codec.h.
#pragma once

#include "base/clock.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace censo::inventory {

using TextList = std::vector<std::string>;

// An attribute's value. There is no null: what is not known is left out.
using Value = std::variant<std::string, std::int64_t, double, bool, TextList>;

struct Attribute {
  std::string name;  // as in schemas/classes: "serial_number"
  Value value;
  friend bool operator==(const Attribute&, const Attribute&) = default;
};

// Kept sorted by name, names unique.
class Attributes {
 public:
  Attributes() = default;
  // The entries as they are, but sorted; names must be unique.
  explicit Attributes(std::vector<Attribute> entries);

  // Replaces the value of an existing name. Empty texts, empty lists and numbers that are not finite are "not
  // known": the name is then absent. Texts go through base::sanitize_utf8 and are cut at the limits of
  // report_codec.h, so that no text of a host can spoil its report.
  void set(std::string_view name, Value value);
  void set(std::string_view name, const char* value) { set(name, Value(std::string(value))); }
  void set(std::string_view name, std::string value) { set(name, Value(std::move(value))); }
  void set(std::string_view name, std::string_view value) { set(name, Value(std::string(value))); }
  const Value* find(std::string_view name) const;     // nullptr: not known
  std::string text(std::string_view name) const;      // "" when not known or not a text
  std::int64_t integer(std::string_view name) const;  // 0 when not known or not an integer
  bool empty() const { return entries_.empty(); }
  std::size_t size() const { return entries_.size(); }
  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }
  friend bool operator==(const Attributes&, const Attributes&) = default;

 private:
  std::vector<Attribute> entries_;
};

// A configuration item or a component; schemas/classes says which its class is.
struct Item {
  std::string class_name;  // "disk", "generic_service"
  std::string ref;         // unique in the report where relationships or components name it; "" otherwise
  std::string owner;       // ref of the configuration item that a component belongs to; "" = the subject
  Attributes attributes;
};

// Both ends are refs of configuration items in this report; "self" is the subject.
struct Relationship {
  std::string type;  // as in schemas/relationships: "runs_on"
  std::string from;
  std::string to;
  Attributes attributes;  // the evidence: socket, LLDP row, count
};

// What one source found. Sections are compared, sent and stored one by one.
struct Section {
  std::string name;       // the source's name: "dpkg"; unique in the report
  bool complete = false;  // false: absence here deletes nothing
  std::string digest;     // set by seal(); 64 hex digits
  Attributes attributes;  // attributes of the subject
  std::vector<Item> items;
  std::vector<Relationship> relationships;
};

// A source or a device part that failed, and why. Travels with the report and is shown to people.
struct Problem {
  std::string source;   // section name
  std::string code;     // base::name_of(Errc), or a scan verdict
  std::string message;  // one sentence
  std::string where;    // path, OID; may be empty
};

enum class OriginKind { agent, scanner, import };

// Who says it.
struct Origin {
  OriginKind kind = OriginKind::agent;
  std::string id;       // agent id (UUID), scan job or probe, import's name
  std::string version;  // of the program
};

struct Report {
  Origin origin;
  std::uint64_t sequence = 0;  // per origin and subject, increasing; 0 only for reports never sent
  std::string boot_id;         // of the subject's running system, empty when unknown
  base::TimeMs taken_at = 0;   // by the reporter's clock; the collector's own time is what counts
  std::string subject_class;   // "server"
  std::string subject_name;    // host name or sysName; never identity alone
  std::vector<Section> sections;
  std::vector<Problem> problems;
};

// Sorts items and relationships so that the same facts give the same digest, and sets every section's digest.
// The canonical form is in docs/report-format.md.
void seal(Report& report);

// 64 hex digits over subject and section digests; equal for reports that say the same. Not over sequence,
// times, origin, problems and the order of sections. Seals a copy if a digest is missing.
std::string content_digest(const Report& report);

// The subject's attribute from the first section that has it; "" when none has, or it is no text.
std::string subject_text(const Report& report, std::string_view attribute);

}  // namespace censo::inventory
