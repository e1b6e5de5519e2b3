#include "collector/scanner/devices/device_identity.h"

#include "base/text.h"
#include "collector/scanner/devices/entity_words.h"
#include "collector/scanner/tables/device_tables.h"
#include "collector/scanner/varbind.h"

#include <algorithm>
#include <iterator>

namespace censo::scanner {
namespace {

using Kind = ValueSource::Kind;

constexpr std::size_t most_a_question = 16;
constexpr std::size_t longest_value = 255;

// What devices say when they have nothing to say.
bool is_nothing(std::string_view value) {
  constexpr std::string_view words[] = {"n/a",
                                        "na",
                                        "none",
                                        "null",
                                        "(null)",
                                        "unknown",
                                        "-",
                                        "--",
                                        "not available",
                                        "not set",
                                        "not specified",
                                        "unspecified",
                                        "default string",
                                        "to be filled by o.e.m.",
                                        "nil",
                                        "undefined",
                                        "not applicable",
                                        "\"\"",
                                        "no such object",
                                        "empty",
                                        "noname"};
  const auto is = [&](std::string_view word) { return base::equal_ignoring_case(word, value); };
  return value.empty() || std::any_of(std::begin(words), std::end(words), is);
}

// Octets for a conversion, text for everything else; numbers as digits.
std::string plain_value(const VarBind& bind, bool octets) {
  if (const auto number = integer_of(bind)) return std::to_string(*number);
  if (bind.type == VarType::address) return address_of_octets(octets_of(bind));
  return octets ? octets_of(bind) : text_of(bind, 1024);
}

std::string unquoted(std::string_view text) {
  text = base::trim(text);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  return base::sanitize_utf8(base::trim(text), longest_value);
}

std::string entity_value(const ValueSource& source, const Table& entities) {
  const auto column = entity_column(source.text).value_or(0);
  if (source.entity_class == entity_device) {
    const auto* chassis = chassis_of(entities);
    return chassis ? chassis->text(column) : std::string();
  }
  constexpr std::uint32_t class_column = 5;
  for (const auto& [index, row] : entities) {
    if (source.entity_class != entity_first && row.integer(class_column) != source.entity_class) continue;
    if (auto text = row.text(column); !is_nothing(text)) return text;
  }
  return {};
}

}  // namespace

DeviceIdentity::DeviceIdentity(Reading& reading, const DeviceCatalog& catalog, DeviceSignature signature)
    : reading_(reading), catalog_(catalog), signature_(std::move(signature)) {
  choose();
  ask_for_scalars();
}

void DeviceIdentity::choose() {
  const auto candidates = catalog_.candidates(signature_);
  std::vector<Oid> wanted;
  for (const auto& candidate : candidates) {
    if (candidate.rule->present.empty()) break;  // what comes after it cannot be better
    for (const auto& presence : candidate.rule->present) wanted.push_back(placed(presence.oid));
  }
  ask(wanted);
  const auto best = std::find_if(candidates.begin(), candidates.end(),
                                 [&](const Candidate& candidate) { return holds(*candidate.rule); });
  definition_ = best == candidates.end() ? &catalog_.fallback() : best->definition;
  match_.definition = definition_->name;
  match_.file = definition_->file;
  match_.line = best == candidates.end() ? 1 : best->rule->line;
  for (const auto& candidate : candidates) match_.candidates.push_back(candidate.definition->name);
}

bool DeviceIdentity::holds(const MatchRule& rule) const {
  if (rule.present.empty()) return true;
  return std::any_of(rule.present.begin(), rule.present.end(), [&](const MatchRule::Presence& presence) {
    const auto* bind = variable(placed(presence.oid));
    return bind && (!presence.pattern || presence.pattern->matches(plain_value(*bind, false)));
  });
}

void DeviceIdentity::ask(const std::vector<Oid>& oids) {
  std::vector<Oid> fresh;
  for (const auto& oid : oids) {
    if (!oid.arcs.empty() && asked_.insert(oid).second) fresh.push_back(oid);
  }
  for (std::size_t i = 0; i < fresh.size(); i += most_a_question) {
    const auto end = std::min(i + most_a_question, fresh.size());
    const auto at = [&](std::size_t n) { return fresh.begin() + static_cast<std::ptrdiff_t>(n); };
    variables_.merge(reading_.values({at(i), at(end)}));
  }
}

const VarBind* DeviceIdentity::variable(const Oid& oid) const {
  const auto found = variables_.find(oid);
  return found == variables_.end() ? nullptr : &found->second;
}

// Empty where the device has no identifier to start from.
Oid DeviceIdentity::placed(const PlacedOid& at) const {
  if (at.base == OidBase::root) return at.oid;
  constexpr std::size_t enterprise_arcs = 7;
  if (signature_.object_id.arcs.size() < enterprise_arcs) return {};
  Oid oid = signature_.object_id;
  if (at.base == OidBase::enterprise) oid.arcs.resize(enterprise_arcs);
  if (at.base == OidBase::parent) oid.arcs.pop_back();
  oid.arcs.insert(oid.arcs.end(), at.oid.arcs.begin(), at.oid.arcs.end());
  return oid;
}

// All variables that the definition may need at once: a few questions instead of some for each attribute.
void DeviceIdentity::ask_for_scalars() {
  std::vector<Oid> wanted;
  for (const auto* owner = definition_; owner; owner = owner->parent) {
    for (const auto& [attribute, sources] : owner->sources) {
      for (const auto& source : sources) {
        if (source.kind == Kind::scalar) wanted.push_back(placed(source.at));
        for (const auto& part : source.parts) {
          if (part.kind == Kind::scalar) wanted.push_back(placed(part.at));
        }
      }
    }
  }
  ask(wanted);
}

std::string DeviceIdentity::find(std::string_view attribute, const DeviceParts& parts) {
  const auto found = [&](std::string value, const DeviceDefinition& owner, int line) {
    match_.evidence.push_back({std::string(attribute), value, owner.file, line});
    return value;
  };
  for (const auto* owner = definition_; owner; owner = owner->parent) {
    if (const auto sources = owner->sources.find(attribute); sources != owner->sources.end()) {
      for (const auto& source : sources->second) {
        if (auto value = value_of(source, *owner, parts); !is_nothing(value)) {
          return found(std::move(value), *owner, source.line);
        }
      }
    }
    for (const auto& pattern : owner->descriptions) {
      const auto groups = pattern.named(signature_.sys_descr);
      const auto group = groups ? groups->find(std::string(attribute))
                                : std::map<std::string, std::string>::const_iterator{};
      if (!groups || group == groups->end()) continue;
      if (auto value = unquoted(group->second); !is_nothing(value)) return found(std::move(value), *owner, 0);
    }
    if (attribute == "model") {
      if (auto name = model_name(*owner); !name.empty()) return found(std::move(name), *owner, 0);
    }
  }
  return {};
}

std::string DeviceIdentity::value_of(const ValueSource& source, const DeviceDefinition& owner,
                                     const DeviceParts& parts) {
  auto value = raw_value(source, owner, parts);
  if (value.empty() || (source.unless && source.unless->matches(value))) return {};
  if (source.pattern) value = source.pattern->capture(value).value_or(std::string());
  if (source.convert && !value.empty()) value = source.convert(value);
  value = unquoted(value);
  if (source.words.empty() || value.empty()) return value;
  auto word = source.words.find(value);
  if (word == source.words.end()) word = source.words.find("*");
  return word == source.words.end() ? std::string() : word->second;
}

std::string DeviceIdentity::raw_value(const ValueSource& source, const DeviceDefinition& owner,
                                      const DeviceParts& parts) {
  switch (source.kind) {
    case Kind::scalar: {
      const auto* bind = variable(placed(source.at));
      return bind ? plain_value(*bind, source.convert != nullptr) : std::string();
    }
    case Kind::column: return column_value(source);
    case Kind::sys_descr: return signature_.sys_descr;
    case Kind::sys_name: return signature_.sys_name;
    case Kind::text: return source.text;
    case Kind::models: return model_name(owner);
    case Kind::entity: return entity_value(source, parts.entities);
    case Kind::enterprise: return catalog_.enterprise_name(signature_.object_id);
    case Kind::oui: return catalog_.owner_of_mac(parts.mac);
    case Kind::joined: return joined(source, owner, parts);
  }
  return {};
}

const std::vector<VarBind>& DeviceIdentity::column(const Oid& root) {
  const auto known = columns_.find(root);
  if (known != columns_.end() || root.arcs.empty()) return columns_[root];
  return columns_[root] = reading_.column(root);
}

bool DeviceIdentity::is_chosen(const ValueSource& source, const VarBind& bind) {
  if (source.row) {
    const auto at = placed(*source.row);
    ask({at});
    const auto* chosen = variable(at);
    if (!chosen || bind.oid.arcs.back() != integer_of(*chosen).value_or(-1)) return false;
  }
  if (!source.where) return true;
  const auto index = index_of(bind, placed(source.at));
  const auto other = placed(source.where->at);
  const auto& rows = column(other);
  return std::any_of(rows.begin(), rows.end(), [&](const VarBind& row) {
    return index_of(row, other) == index && source.where->pattern.matches(plain_value(row, false));
  });
}

std::string DeviceIdentity::column_value(const ValueSource& source) {
  for (const auto& bind : column(placed(source.at))) {
    if (is_missing(bind)) continue;
    auto value = plain_value(bind, source.convert != nullptr);
    if (!is_nothing(base::trim(value)) && is_chosen(source, bind)) return value;
  }
  return {};
}

std::string DeviceIdentity::joined(const ValueSource& source, const DeviceDefinition& owner,
                                   const DeviceParts& parts) {
  std::vector<std::string> pieces;
  for (const auto& part : source.parts) {
    auto piece = value_of(part, owner, parts);
    if (!is_nothing(piece)) pieces.push_back(std::move(piece));
  }
  return base::join(pieces, source.text);
}

std::string DeviceIdentity::model_name(const DeviceDefinition& owner) const {
  if (owner.models.empty() || !signature_.object_id.starts_with(owner.models_under)) return {};
  const auto& arcs = signature_.object_id.arcs;
  Oid part;
  part.arcs.assign(arcs.begin() + static_cast<std::ptrdiff_t>(owner.models_under.arcs.size()), arcs.end());
  // The longest entry that the identifier starts with.
  for (; !part.arcs.empty(); part.arcs.pop_back()) {
    if (const auto found = owner.models.find(part); found != owner.models.end()) return found->second;
  }
  return {};
}

}  // namespace censo::scanner
