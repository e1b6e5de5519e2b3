#include "collector/scanner/devices/definition_reader.h"

#include "base/text.h"
#include "collector/scanner/conversion.h"
#include "collector/scanner/devices/entity_words.h"

#include <algorithm>

namespace censo::scanner {
namespace {

using Kind = base::YamlValue::Kind;

struct Word {
  std::string_view text;
  ValueSource::Kind kind;
};
constexpr Word whole_sources[] = {{"models", ValueSource::Kind::models},
                                  {"enterprise", ValueSource::Kind::enterprise},
                                  {"oui", ValueSource::Kind::oui},
                                  {"sys_name", ValueSource::Kind::sys_name},
                                  {"sys_descr", ValueSource::Kind::sys_descr}};

}  // namespace

void DefinitionReader::refuse(const base::YamlValue& at, std::string message) {
  if (fault_) return;
  fault_ = base::fail(base::Errc::malformed, std::move(message),
                      path_ + ":" + std::to_string(std::max(at.line, 1)));
}

bool DefinitionReader::known_keys(const base::YamlValue& node, std::initializer_list<std::string_view> keys) {
  std::string list;
  for (const auto key : keys) list += (list.empty() ? "" : ", ") + std::string(key);
  if (node.kind != Kind::mapping) {
    refuse(node, "expected a mapping with " + list);
    return false;
  }
  for (const auto& [key, value] : node.mapping) {
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) {
      refuse(value, "unknown key '" + key + "', expected one of " + list);
      return false;
    }
  }
  return true;
}

bool DefinitionReader::required(const base::YamlValue& node, std::string_view key) {
  const auto* value = node.find(key);
  if (value && value->kind != Kind::null) return true;
  refuse(node, "missing key '" + std::string(key) + "'");
  return false;
}

std::vector<const base::YamlValue*> DefinitionReader::one_or_list(const base::YamlValue& node) {
  std::vector<const base::YamlValue*> members;
  if (node.kind == Kind::null || (node.kind == Kind::sequence && node.sequence.empty())) {
    refuse(node, "expected a value or a list of them");
  } else if (node.kind == Kind::sequence) {
    for (const auto& member : node.sequence) members.push_back(&member);
  } else {
    members.push_back(&node);
  }
  return members;
}

Oid DefinitionReader::oid(const base::YamlValue& node) {
  const auto parsed = parse_oid(node.scalar);
  if (node.kind == Kind::scalar && parsed && !parsed->arcs.empty()) return *parsed;
  refuse(node, "expected an object identifier, found '" + node.scalar + "'");
  return {};
}

PlacedOid DefinitionReader::placed_oid(const base::YamlValue& node, std::string_view text) {
  PlacedOid placed;
  for (const auto& [word, from] : {std::pair{std::string_view("$enterprise."), OidBase::enterprise},
                                   std::pair{std::string_view("$object."), OidBase::object},
                                   std::pair{std::string_view("$parent."), OidBase::parent}}) {
    if (!text.starts_with(word)) continue;
    placed.base = from;
    text.remove_prefix(word.size());
  }
  auto parsed = parse_oid(text);
  if (!parsed) refuse(node, "expected an object identifier, found '" + std::string(text) + "'");
  if (parsed) placed.oid = std::move(*parsed);
  return placed;
}

std::optional<Pattern> DefinitionReader::compiled(const base::YamlValue& node, std::string_view text) {
  auto made = Pattern::compile(text);
  if (made) return *made;
  refuse(node, made.error().message);
  return std::nullopt;
}

std::optional<Pattern> DefinitionReader::pattern(const base::YamlValue& node) {
  if (node.kind == Kind::scalar && !node.scalar.empty()) return compiled(node, node.scalar);
  refuse(node, "expected a regular expression");
  return std::nullopt;
}

ValueSource DefinitionReader::source(const base::YamlValue& node) {
  ValueSource source;
  source.line = node.line;
  if (node.kind == Kind::mapping) {
    mapped_source(node, source);
  } else {
    scalar_source(node, node.scalar, source);
  }
  return source;
}

ValueSource DefinitionReader::column(const base::YamlValue& node, const base::YamlValue* where) {
  ValueSource source;
  source.line = node.line;
  source.kind = ValueSource::Kind::column;
  source.at = placed_oid(node, node.scalar);
  if (where) read_where(*where, source);
  return source;
}

void DefinitionReader::scalar_source(const base::YamlValue& node, std::string_view text,
                                     ValueSource& source) {
  const auto* whole = std::find_if(std::begin(whole_sources), std::end(whole_sources),
                                   [&](const Word& word) { return word.text == text; });
  if (node.kind == Kind::scalar && whole != std::end(whole_sources)) {
    source.kind = whole->kind;
  } else if (text.size() > 2 && text.front() == '/' && text.back() == '/') {
    source.kind = ValueSource::Kind::sys_descr;
    source.pattern = compiled(node, text.substr(1, text.size() - 2));
  } else if (text.ends_with(".*")) {
    source.kind = ValueSource::Kind::column;
    source.at = placed_oid(node, text.substr(0, text.size() - 2));
  } else if (!text.empty()) {
    source.kind = ValueSource::Kind::scalar;
    source.at = placed_oid(node, text);
  } else {
    refuse(node, "expected an object identifier, a /pattern/ of sysDescr, or a mapping");
  }
}

void DefinitionReader::mapped_source(const base::YamlValue& node, ValueSource& source) {
  if (!known_keys(node, {"oid", "from", "text", "entity", "join", "with", "pattern", "unless", "where", "row",
                         "words", "convert"})) {
    return;
  }
  int places = 0;
  for (const auto& [key, value] : node.mapping) {
    if (key == "oid" || key == "from") {
      scalar_source(value, value.scalar, source);
    } else if (key == "text") {
      source.kind = ValueSource::Kind::text;
      source.text = value.scalar;
    } else if (key == "entity") {
      entity(value, source);
    } else if (key == "join") {
      source.kind = ValueSource::Kind::joined;
      for (const auto* part : one_or_list(value)) source.parts.push_back(this->source(*part));
    }
    places += key == "oid" || key == "from" || key == "text" || key == "entity" || key == "join";
  }
  if (places != 1) refuse(node, "expected one of oid, from, text, entity, join");
  if (const auto* with = node.find("with")) source.text = with->scalar;
  if (const auto* expression = node.find("pattern")) source.pattern = pattern(*expression);
  if (const auto* exception = node.find("unless")) source.unless = pattern(*exception);
  if (const auto* rows = node.find("where")) read_where(*rows, source);
  if (const auto* row = node.find("row")) source.row = placed_oid(*row, row->scalar);
  if (const auto* meanings = node.find("words")) words(*meanings, source);
  if (const auto* name = node.find("convert")) {
    source.convert = conversion(name->scalar);
    if (!source.convert) refuse(*name, "no conversion is called '" + name->scalar + "'");
  }
}

void DefinitionReader::read_where(const base::YamlValue& node, ValueSource& source) {
  if (source.kind != ValueSource::Kind::column) refuse(node, "where: only rows of a column can be chosen");
  if (!known_keys(node, {"oid", "pattern"}) || !required(node, "oid") || !required(node, "pattern")) return;
  auto expression = pattern(*node.find("pattern"));
  if (expression) source.where = ValueSource::Row{placed_oid(node, node.find("oid")->scalar), *expression};
}

void DefinitionReader::entity(const base::YamlValue& node, ValueSource& source) {
  source.kind = ValueSource::Kind::entity;
  const auto dot = node.scalar.find('.');
  const auto part = node.scalar.substr(0, dot);
  const auto column = dot == std::string::npos ? std::string() : node.scalar.substr(dot + 1);
  const auto number = part == "device"  ? std::optional<std::int64_t>(entity_device)
                      : part == "first" ? std::optional<std::int64_t>(entity_first)
                                        : entity_class_number(part);
  if (!number || !entity_column(column)) {
    refuse(node,
           "expected PART.COLUMN, as device.model or module.serial_number, found '" + node.scalar + "'");
    return;
  }
  source.entity_class = *number;
  source.text = column;
}

void DefinitionReader::words(const base::YamlValue& node, ValueSource& source) {
  if (node.kind != Kind::mapping) refuse(node, "words: expected a mapping of values to words");
  for (const auto& [key, value] : node.mapping) source.words.emplace(key, value.scalar);
}

}  // namespace censo::scanner
