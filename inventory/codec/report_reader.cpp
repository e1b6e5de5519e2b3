#include "inventory/codec/item_lists.h"
#include "inventory/codec/json_tree.h"
#include "inventory/report_codec.h"

#include <algorithm>
#include <array>
#include <optional>
#include <stdexcept>
#include <unordered_set>

namespace censo::inventory {
namespace {

using codec::JsonNode;
using codec::JsonTree;
using Kind = JsonNode::Kind;
using std::string_view_literals::operator""sv;

constexpr std::string_view subject_ref = "self";
constexpr std::size_t memory_a_byte = 32;  // at most, of a report in memory

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::object: return "an object";
    case Kind::array: return "an array";
    case Kind::text: return "a text";
    case Kind::integer: return "an integer";
    case Kind::real: return "a number with fraction or exponent";
    case Kind::boolean: return "true or false";
    case Kind::null: return "null";
  }
  return "something else";
}

bool is_digest(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == text.npos;
}

// Makes a Report of a tree. The first fault stays; whatever is read after it is thrown away.
class ReportReader {
 public:
  ReportReader(const JsonTree& tree, const ReportLimits& limits) : tree_(tree), limits_(limits) {}

  Report read() {
    const JsonNode& root = tree_.nodes.front();
    const auto [format, origin, sequence, taken_at, subject, sections, boot_id, problems, unchanged] =
        members(root,
                std::array{"format"sv, "origin"sv, "sequence"sv, "taken_at"sv, "subject"sv, "sections"sv,
                           "boot_id"sv, "problems"sv, "unchanged"sv},
                6);
    Report report;
    if (name(format) != "censo.report/1") refuse(format, "BAD_VALUE", "expected the format censo.report/1");
    read_origin(origin, report.origin);
    report.sequence = sequence_of(sequence);
    report.taken_at = time_of(taken_at);
    read_subject(subject, report);
    report.boot_id = name(boot_id);
    read_array(sections, limits_.max_sections, report.sections,
               [this](const JsonNode& node) { return section(node); });
    read_unchanged(unchanged);
    read_array(problems, limits_.max_items_per_section, report.problems,
               [this](const JsonNode& node) { return problem(node); });
    check_refs();
    return report;
  }

  const std::optional<base::Error>& fault() const { return fault_; }
  std::vector<SectionDigest>& unchanged() { return unchanged_; }

  // What the sender wrote beside a section; "": nothing that is taken for one unseen.
  std::string digest_to_believe(std::size_t section) const {
    const JsonNode* given = given_digests_[section];
    const bool believed = given != nullptr && is_digest(given->text) && !given->text.starts_with('0');
    return believed ? std::string(given->text) : "";
  }
  // Every digest that the sender wrote must be the one of what he wrote.
  void check_digests(const Report& sealed) {
    for (std::size_t i = 0; i < given_digests_.size(); ++i) {
      const JsonNode* given = given_digests_[i];
      if (given == nullptr || given->text == sealed.sections[i].digest) continue;
      refuse(given, "DIGEST_MISMATCH",
             "expected the digest " + sealed.sections[i].digest + " of this section's content");
    }
  }

  Item item(const JsonNode& node) {
    const auto [class_name, ref, owner, attribute_node] =
        members(node, std::array{"class"sv, "ref"sv, "owner"sv, "attributes"sv}, 1);
    Item item{name(class_name), name(ref), name(owner), attributes(attribute_node)};
    if (ref != nullptr && (ref->text == subject_ref || !refs_.insert(ref->text).second)) {
      refuse(ref, "BAD_VALUE", "expected a ref that no other item has, and not self, which is the subject");
    }
    if (owner != nullptr) used_refs_.push_back(owner);
    return item;
  }

 private:
  void refuse(const JsonNode* node, std::string_view reason, std::string message) {
    if (!fault_ && node != nullptr)
      fault_ = codec::refusal(reason, std::move(message), tree_.pointer_to(*node), node->offset);
  }

  bool is(const JsonNode& node, Kind kind) {
    if (node.kind == kind) return true;
    refuse(&node, "WRONG_TYPE",
           "expected " + std::string(name_of(kind)) + ", found " + std::string(name_of(node.kind)));
    return false;
  }

  // The members of an object under these names, nullptr for those it has not; the first `required` must be
  // there and others than these must not.
  template <std::size_t count>
  std::array<const JsonNode*, count> members(const JsonNode& node,
                                             const std::array<std::string_view, count>& names,
                                             std::size_t required) {
    std::array<const JsonNode*, count> found{};
    if (!is(node, Kind::object)) return found;
    for (const auto* child = node.first_child(); child != node.end(); child = child->end()) {
      const auto place = std::find(names.begin(), names.end(), child->key);
      if (place == names.end()) {
        refuse(child, "UNKNOWN_FIELD", "expected only fields of this format");
      } else {
        found[static_cast<std::size_t>(place - names.begin())] = child;
      }
    }
    for (std::size_t i = 0; i < required && !fault_; ++i) {
      if (found[i] != nullptr) continue;
      fault_ = codec::refusal("MISSING_FIELD", "expected this field",
                              tree_.pointer_to(node) + '/' + std::string(names[i]), node.offset);
    }
    return found;
  }

  template <class T, class ReadOne>
  void read_array(const JsonNode* node, std::size_t max_size, std::vector<T>& into, const ReadOne& read_one) {
    if (node == nullptr || !is(*node, Kind::array)) return;
    if (node->size > max_size) {
      return refuse(
          node, "TOO_MANY",
          "expected at most " + std::to_string(max_size) + " elements, found " + std::to_string(node->size));
    }
    into.reserve(node->size);
    for (const auto* child = node->first_child(); child != node->end(); child = child->end()) {
      into.push_back(read_one(*child));
    }
  }

  // A text that is not empty; "" for nullptr.
  std::string text(const JsonNode* node, std::size_t max_bytes) {
    if (node == nullptr || !is(*node, Kind::text)) return {};
    if (node->text.empty())
      refuse(node, "BAD_VALUE", "expected a text that is not empty; leave out what is not known");
    if (node->text.size() > max_bytes) {
      refuse(node, "FIELD_TOO_LONG", "expected a text of at most " + std::to_string(max_bytes) + " bytes");
    }
    return std::string(node->text);
  }
  std::string name(const JsonNode* node) { return text(node, limits_.max_name_bytes); }

  std::uint64_t sequence_of(const JsonNode* node) {
    if (node == nullptr || !is(*node, Kind::integer)) return 0;
    if (node->integer < 0) refuse(node, "BAD_VALUE", "expected a sequence of 0 or more");
    return static_cast<std::uint64_t>(node->integer);
  }

  base::TimeMs time_of(const JsonNode* node) {
    const auto time = base::parse_iso8601(name(node));
    if (!time) refuse(node, "BAD_VALUE", time.error().message);
    return time ? *time : 0;
  }

  void read_origin(const JsonNode* node, Origin& origin) {
    if (node == nullptr) return;
    const auto [kind, id, version] = members(*node, std::array{"kind"sv, "id"sv, "version"sv}, 2);
    const std::string word = name(kind);
    if (word == "scanner")
      origin.kind = OriginKind::scanner;
    else if (word == "import")
      origin.kind = OriginKind::import;
    else if (word != "agent")
      refuse(kind, "BAD_VALUE", "expected agent, scanner or import");
    origin.id = name(id);
    origin.version = name(version);
  }

  void read_subject(const JsonNode* node, Report& report) {
    if (node == nullptr) return;
    const auto [class_name, subject_name] = members(*node, std::array{"class"sv, "name"sv}, 1);
    report.subject_class = name(class_name);
    report.subject_name = name(subject_name);
  }

  Section section(const JsonNode& node) {
    const auto [name_node, complete, digest, attribute_node, items, relationships] = members(
        node, std::array{"name"sv, "complete"sv, "digest"sv, "attributes"sv, "items"sv, "relationships"sv},
        2);
    Section section;
    section.name = name(name_node);
    if (name_node != nullptr && !section_names_.insert(name_node->text).second) {
      refuse(name_node, "BAD_VALUE", "expected a section's name once in a report");
    }
    section.complete = complete != nullptr && is(*complete, Kind::boolean) && complete->boolean;
    if (digest != nullptr) is(*digest, Kind::text);
    given_digests_.push_back(digest);
    section.attributes = attributes(attribute_node);
    read_array(items, limits_.max_items_per_section, section.items,
               [this](const JsonNode& n) { return item(n); });
    read_array(relationships, limits_.max_items_per_section, section.relationships,
               [this](const JsonNode& n) { return relationship(n); });
    return section;
  }

  Relationship relationship(const JsonNode& node) {
    const auto [type, from, to, attribute_node] =
        members(node, std::array{"type"sv, "from"sv, "to"sv, "attributes"sv}, 3);
    for (const auto* end : {from, to}) {
      if (end != nullptr && end->text != subject_ref) used_refs_.push_back(end);
    }
    return {name(type), name(from), name(to), attributes(attribute_node)};
  }

  Problem problem(const JsonNode& node) {
    const auto [source, code, message, where] =
        members(node, std::array{"source"sv, "code"sv, "message"sv, "where"sv}, 3);
    return {name(source), name(code), text(message, limits_.max_text_bytes), name(where)};
  }

  Attributes attributes(const JsonNode* node) {
    if (node == nullptr || !is(*node, Kind::object)) return {};
    std::vector<Attribute> entries;
    entries.reserve(node->size);
    for (const auto* child = node->first_child(); child != node->end(); child = child->end()) {
      if (child->key.empty()) refuse(child, "BAD_VALUE", "expected an attribute's name, found an empty one");
      entries.push_back({std::string(child->key), value(*child)});
    }
    return Attributes(std::move(entries));
  }

  Value value(const JsonNode& node) {
    switch (node.kind) {
      case Kind::text: return text(&node, limits_.max_text_bytes);
      case Kind::integer: return node.integer;
      case Kind::real: return node.real;
      case Kind::boolean: return node.boolean;
      case Kind::array: return list(node);
      case Kind::object:
      case Kind::null: break;
    }
    refuse(&node, "WRONG_TYPE",
           "expected a text, number, boolean or array of texts, found " + std::string(name_of(node.kind)));
    return false;
  }

  void read_unchanged(const JsonNode* node) {
    if (node == nullptr || !is(*node, Kind::object)) return;
    for (const auto* child = node->first_child(); child != node->end(); child = child->end()) {
      unchanged_.push_back({std::string(child->key), name(child)});
      if (!is_digest(unchanged_.back().digest))
        refuse(child, "BAD_VALUE", "expected a digest of 64 lower-case hexadecimal digits");
      if (child->key.empty() || !section_names_.insert(child->key).second)
        refuse(child, "BAD_VALUE", "expected a section's name once in a report");
    }
  }

  TextList list(const JsonNode& node) {
    TextList texts;
    if (node.size == 0)
      refuse(&node, "BAD_VALUE", "expected a list that is not empty; leave out what is not known");
    read_array(&node, limits_.max_items_per_section, texts, [this](const JsonNode& n) { return name(&n); });
    return texts;
  }

  void check_refs() {
    for (const auto* used : used_refs_) {
      if (!refs_.contains(used->text))
        refuse(used, "BAD_VALUE", "expected the ref of an item in this report");
    }
  }

  const JsonTree& tree_;
  const ReportLimits& limits_;
  std::unordered_set<std::string_view> section_names_;
  std::unordered_set<std::string_view> refs_;
  std::vector<const JsonNode*> used_refs_;
  std::vector<SectionDigest> unchanged_;
  std::vector<const JsonNode*> given_digests_;  // of each section; nullptr: none
  std::optional<base::Error> fault_;
};

// The class of the one item that stands for the list.
std::string mark_of(std::size_t list) {
  return "#" + std::to_string(list);
}

std::string with_marks(std::string_view json, const std::vector<codec::ItemList>& lists) {
  std::string around;
  std::size_t from = 0;
  for (std::size_t i = 0; i < lists.size(); ++i) {
    around += json.substr(from, lists[i].begin - from);
    around += "[{\"class\":\"" + mark_of(i) + "\"}]";
    from = lists[i].end;
  }
  around += json.substr(from);
  return around;
}

// False: a list was no section's, or an item of the report looks like a mark.
bool put_back(ReceivedReport& received, std::vector<codec::ItemList>& lists) {
  std::size_t next = 0;
  for (Section& section : received.report.sections) {
    const bool marked = next < lists.size() && section.items.size() == 1 && section.relationships.empty() &&
                        section.items.front().class_name == mark_of(next);
    if (marked) {
      section.items.clear();
      received.texts.item_texts.emplace(section.name, std::move(lists[next++].items));
    }
    for (const Item& item : section.items) {
      if (item.class_name.starts_with('#')) return false;
    }
  }
  return next == lists.size();
}

base::Result<ReceivedReport> read_around(std::string_view around, std::vector<codec::ItemList>& lists,
                                         DigestsOfTexts digests, const ReportLimits& limits) {
  const auto tree = codec::read_json_tree(around, limits);
  if (!tree) return tree.error();
  ReportReader reader(*tree, limits);
  ReceivedReport received{reader.read(), {}};
  received.texts.unchanged = std::move(reader.unchanged());
  if (reader.fault()) return *reader.fault();
  if (!lists.empty() && !put_back(received, lists))
    return base::fail(base::Errc::malformed, "a list stands where none belongs");
  seal(received.report);
  for (std::size_t i = 0; i < received.report.sections.size(); ++i) {
    Section& section = received.report.sections[i];
    const ItemTexts* items = received.texts.of(section);
    if (!items) continue;
    section.digest = digests == DigestsOfTexts::believed ? reader.digest_to_believe(i) : "";
    if (section.digest.empty()) codec::seal(section, *items);
  }
  reader.check_digests(received.report);
  if (reader.fault()) return *reader.fault();
  return received;
}

std::vector<codec::ItemList> lists_in(const std::string& json, const LeavesAsText& leaves_as_text,
                                      const ReportLimits& limits) {
  const bool fits = json.size() <= limits.max_bytes && json.size() * memory_a_byte <= limits.max_parse_bytes;
  return fits ? codec::find_item_lists(json, leaves_as_text, limits) : std::vector<codec::ItemList>();
}

}  // namespace

// What is around the lists is a small report. If anything is wrong with it, all of the text is read to say
// what.
base::Result<ReceivedReport> read_report(std::string json, const LeavesAsText& leaves_as_text,
                                         DigestsOfTexts digests, const ReportLimits& limits) {
  const auto text = std::make_shared<const std::string>(std::move(json));
  auto lists = lists_in(*text, leaves_as_text, limits);
  if (!lists.empty()) {
    ReportLimits rest = limits;
    for (const auto& list : lists) rest.max_nodes -= std::min(rest.max_nodes, list.nodes);
    auto received = read_around(with_marks(*text, lists), lists, digests, rest);
    if (received) received->texts.text = text;
    if (received) return received;
  }
  lists.clear();
  return read_around(*text, lists, DigestsOfTexts::checked, limits);
}

Item item_of(const ItemText& text) {
  const ReportLimits limits;
  const auto tree = codec::read_json_tree(text.whole, limits);
  if (!tree) throw std::logic_error("an item's text is none: " + base::to_string(tree.error()));
  return ReportReader(*tree, limits).item(tree->nodes.front());
}

base::Result<Report> parse_report(std::string_view json, const ReportLimits& limits) {
  std::vector<codec::ItemList> none;
  auto received = read_around(json, none, DigestsOfTexts::checked, limits);
  if (!received) return received.error();
  if (received->texts.unchanged.empty()) return std::move(received->report);
  return codec::refusal("UNKNOWN_FIELD", "expected a report with all its sections", "/unchanged", 0);
}

}  // namespace censo::inventory
