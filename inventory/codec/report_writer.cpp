// Writes reports and takes their digests: both are about the same text.
#include "base/long_digest.h"
#include "base/text.h"
#include "inventory/codec/decimal.h"
#include "inventory/codec/item_lists.h"
#include "inventory/report_codec.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace censo::inventory {
namespace {

std::string_view name_of(OriginKind kind) {
  switch (kind) {
    case OriginKind::agent: return "agent";
    case OriginKind::scanner: return "scanner";
    case OriginKind::import: return "import";
  }
  return "agent";
}

void append(std::string& out, std::string_view text) {
  base::append_json_string(out, text);
}
void append(std::string& out, bool value) {
  out += value ? "true" : "false";
}
void append(std::string& out, std::int64_t number) {
  out += std::to_string(number);
}
void append(std::string& out, std::uint64_t number) {
  out += std::to_string(number);
}

// The shortest digits that read back as the same number; always with a point or an exponent, which tell it
// from an integer.
void append(std::string& out, double number) {
  const std::string text = shortest_decimal(number);
  out += text;
  if (text.find_first_of(".e") == std::string::npos) out += ".0";
}

void append(std::string& out, const TextList& list) {
  char separator = '[';
  for (const auto& text : list) {
    out += separator;
    append(out, std::string_view(text));
    separator = ',';
  }
  out += ']';
}

// `"name":`, after a comma unless it is the first of its object.
void append_name(std::string& out, std::string_view name) {
  if (out.back() != '{') out += ',';
  append(out, name);
  out += ':';
}

template <class T>
void append_member(std::string& out, std::string_view name, const T& value) {
  append_name(out, name);
  append(out, value);
}

// A text as parse_report takes it. Refs and messages may hold what a host said; attributes are clean already.
std::string fit(std::string_view text, std::size_t max_bytes) {
  const bool has_controls = std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n';
  });
  const bool fits = !has_controls && text.size() <= max_bytes && base::is_valid_utf8(text);
  return fits ? std::string(text) : base::sanitize_utf8(text, max_bytes);
}

void append_text(std::string& out, std::string_view name, std::string_view text) {
  append_member(out, name, std::string_view(fit(text, ReportLimits{}.max_name_bytes)));
}

void append_known_text(std::string& out, std::string_view name, std::string_view text) {
  if (!fit(text, ReportLimits{}.max_name_bytes).empty()) append_text(out, name, text);
}

void append_attributes(std::string& out, const Attributes& attributes) {
  if (attributes.empty()) return;
  append_name(out, "attributes");
  out += '{';
  for (const auto& [name, value] : attributes) {
    append_name(out, name);
    std::visit([&out](const auto& known) { append(out, known); }, value);
  }
  out += '}';
}

void append(std::string& out, const Item& item) {
  out += '{';
  append_text(out, "class", item.class_name);
  append_known_text(out, "ref", item.ref);
  append_known_text(out, "owner", item.owner);
  append_attributes(out, item.attributes);
  out += '}';
}

void append(std::string& out, const Relationship& relationship) {
  out += '{';
  append_text(out, "type", relationship.type);
  append_text(out, "from", relationship.from);
  append_text(out, "to", relationship.to);
  append_attributes(out, relationship.attributes);
  out += '}';
}

void append(std::string& out, const Problem& problem) {
  out += '{';
  append_text(out, "source", problem.source);
  append_text(out, "code", problem.code);
  append_member(out, "message", std::string_view(fit(problem.message, ReportLimits{}.max_text_bytes)));
  append_known_text(out, "where", problem.where);
  out += '}';
}

void append(std::string& out, const Section& section);

template <class T>
void append_array(std::string& out, std::string_view name, const std::vector<T>& elements) {
  append_name(out, name);
  out += '[';
  for (const auto& element : elements) {
    if (&element != &elements.front()) out += ',';
    append(out, element);
  }
  out += ']';
}

// All of a section but its items and relationships, and the brace that closes it.
void append_section_head(std::string& out, const Section& section, bool with_digest) {
  out += '{';
  append_text(out, "name", section.name);
  append_member(out, "complete", section.complete);
  if (with_digest) append_member(out, "digest", std::string_view(section.digest));
  append_attributes(out, section.attributes);
}

void append(std::string& out, const Section& section) {
  append_section_head(out, section, true);
  if (!section.items.empty()) append_array(out, "items", section.items);
  if (!section.relationships.empty()) append_array(out, "relationships", section.relationships);
  out += '}';
}

// As they came, with the commas between them.
std::string_view all_of(const ItemTexts& items) {
  const char* const begin = items.front().whole.data();
  const std::string_view last = items.back().whole;
  return {begin, static_cast<std::size_t>(last.data() + last.size() - begin)};
}

void append_items(std::string& out, const ItemTexts& items) {
  append_name(out, "items");
  out += '[';
  out += all_of(items);
  out += "]}";
}

void append_sections(std::string& out, const Report& report, const ReportTexts& texts) {
  append_name(out, "sections");
  char separator = '[';
  for (const Section& section : report.sections) {
    out += separator;
    separator = ',';
    const ItemTexts* items = texts.of(section);
    if (items == nullptr) {
      append(out, section);
    } else {
      append_section_head(out, section, true);
      append_items(out, *items);
    }
  }
  out += report.sections.empty() ? "[]" : "]";
}

void append_unchanged(std::string& out, const std::vector<SectionDigest>& sections) {
  if (sections.empty()) return;
  append_name(out, "unchanged");
  out += '{';
  for (const auto& section : sections) append_text(out, section.name, section.digest);
  out += '}';
}

// As append_array, but sorts first: byte by byte of the elements' JSON texts, an order that every program can
// make.
template <class T>
void append_sorted_array(std::string& out, std::string_view name, std::vector<T>& elements) {
  if (elements.empty()) return;
  std::string all;
  std::vector<std::size_t> ends;
  ends.reserve(elements.size());
  for (const auto& element : elements) {
    append(all, element);
    ends.push_back(all.size());
  }
  const auto text = [&](std::size_t i) {
    const std::size_t begin = i == 0 ? 0 : ends[i - 1];
    return std::string_view(all).substr(begin, ends[i] - begin);
  };
  const auto before = [&](std::size_t a, std::size_t b) { return text(a) < text(b); };
  std::vector<std::size_t> order(elements.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const bool sorted = std::is_sorted(order.begin(), order.end(), before);
  if (!sorted) std::sort(order.begin(), order.end(), before);
  append_name(out, name);
  char separator = '[';
  for (const auto i : order) {
    (out += separator) += text(i);
    separator = ',';
  }
  out += ']';
  if (sorted) return;
  std::vector<T> in_order;
  in_order.reserve(elements.size());
  for (const auto i : order) in_order.push_back(std::move(elements[i]));
  elements = std::move(in_order);
}

bool is_sealed(const Report& report) {
  return std::none_of(report.sections.begin(), report.sections.end(),
                      [](const Section& s) { return s.digest.empty(); });
}

Report sealed_copy(const Report& report) {
  Report copy = report;
  seal(copy);
  return copy;
}

void append_subject(std::string& out, const Report& report) {
  append_name(out, "subject");
  out += '{';
  append_text(out, "class", report.subject_class);
  append_known_text(out, "name", report.subject_name);
  out += '}';
}

void append_origin(std::string& out, const Origin& origin) {
  append_name(out, "origin");
  out += '{';
  append_member(out, "kind", name_of(origin.kind));
  append_text(out, "id", origin.id);
  append_known_text(out, "version", origin.version);
  out += '}';
}

std::string write(const Report& report, const ReportTexts& texts) {
  std::string out = "{";
  append_member(out, "format", std::string_view("censo.report/1"));
  append_origin(out, report.origin);
  append_member(out, "sequence", report.sequence);
  append_known_text(out, "boot_id", report.boot_id);
  append_member(out, "taken_at", std::string_view(base::to_iso8601(report.taken_at)));
  append_subject(out, report);
  append_sections(out, report, texts);
  append_unchanged(out, texts.unchanged);
  if (!report.problems.empty()) append_array(out, "problems", report.problems);
  out += '}';
  return out;
}

}  // namespace

void seal(Report& report) {
  std::string text;
  for (auto& section : report.sections) {
    text.clear();
    append_section_head(text, section, false);
    append_sorted_array(text, "items", section.items);
    append_sorted_array(text, "relationships", section.relationships);
    text += '}';
    section.digest = base::to_hex(base::sha256(text));
  }
}

void codec::seal(Section& section, const ItemTexts& items) {
  std::string text;
  append_section_head(text, section, false);
  append_name(text, "items");
  section.digest = base::to_hex(base::sha256_of_all({text, "[", all_of(items), "]}"}));
}

std::string content_digest(const Report& report) {
  return content_digest(report, {});
}

std::string content_digest(const ReceivedReport& received) {
  return content_digest(received.report, received.texts.unchanged);
}

std::string content_digest(const Report& report, const std::vector<SectionDigest>& unchanged) {
  if (!is_sealed(report)) return content_digest(sealed_copy(report), unchanged);
  std::vector<std::pair<std::string_view, std::string_view>> sections;
  for (const auto& section : report.sections) sections.emplace_back(section.name, section.digest);
  for (const auto& section : unchanged) sections.emplace_back(section.name, section.digest);
  std::sort(sections.begin(), sections.end());
  std::string text = "{";
  append_subject(text, report);
  append_name(text, "sections");
  text += '{';
  for (const auto& [name, digest] : sections) append_member(text, name, digest);
  text += "}}";
  return base::to_hex(base::sha256(text));
}

std::string problems_digest(const std::vector<Problem>& problems) {
  if (problems.empty()) return {};
  std::string text = "{";
  append_array(text, "problems", problems);
  text += '}';
  return base::to_hex(base::sha256(text));
}

std::string to_json(const Report& report) {
  return is_sealed(report) ? write(report, {}) : write(sealed_copy(report), {});
}

std::string to_json(const ReceivedReport& received) {
  return write(received.report, received.texts);
}

std::string to_pretty_json(const Report& report) {
  const std::string compact = to_json(report);
  std::string out;
  std::size_t depth = 0;
  bool in_text = false;
  const auto new_line = [&] { out.append(1, '\n').append(depth * 2, ' '); };
  for (std::size_t i = 0; i < compact.size(); ++i) {
    const char c = compact[i];
    const bool opens = !in_text && (c == '{' || c == '[');
    const bool closes = !in_text && (c == '}' || c == ']');
    const bool empty = i > 0 && closes && (compact[i - 1] == '{' || compact[i - 1] == '[');
    if (closes) --depth;
    if (closes && !empty) new_line();
    out += c;
    if (opens) ++depth;
    if (in_text && c == '\\') out += compact[++i];
    if (c == '"') in_text = !in_text;
    if (!in_text && c == ':') out += ' ';
    const bool filled = opens && compact[i + 1] != '}' && compact[i + 1] != ']';
    if (filled || (!in_text && c == ',')) new_line();
  }
  out += '\n';
  return out;
}

}  // namespace censo::inventory
