#include "cmdb/identification_scheme.h"

#include "base/text.h"
#include "cmdb/schema_file.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <stdexcept>

namespace censo::cmdb {
namespace {

constexpr double most_weight = 100;

double decimal(SchemaMapping& mapping, std::string_view key) {
  const std::string text = mapping.optional_text(key);
  if (text.empty()) return 0;
  double value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc() || end != text.data() + text.size() || !(std::abs(value) <= most_weight)) {
    mapping.refuse(key, "expected a number from -100 to 100");
    return 0;
  }
  return value;
}

// "12h", "30d".
base::TimeMs duration_ms(SchemaMapping& mapping, std::string_view key) {
  const std::string text = mapping.optional_text(key);
  if (text.empty()) return 0;
  const auto number = base::parse_unsigned(std::string_view(text).substr(0, text.size() - 1));
  const base::TimeMs unit = text.back() == 'h' ? 3'600'000 : text.back() == 'd' ? 86'400'000 : 0;
  if (!number || unit == 0 || *number > 36'500) {
    mapping.refuse(key, "expected hours or days, as 12h or 30d");
    return 0;
  }
  return static_cast<base::TimeMs>(*number) * unit;
}

IdentifierWeight read_weight(SchemaFile& file, const base::YamlValue& node) {
  SchemaMapping mapping(file, node,
                        {"identifier", "attributes", "same", "more", "most", "differs", "veto", "strong",
                         "completes", "proposes", "copied", "of_board", "of_hypervisor", "qualified_by"});
  IdentifierWeight weight;
  weight.identifier = mapping.name("identifier");
  weight.attributes = mapping.optional_names("attributes");
  weight.same = decimal(mapping, "same");
  weight.more = decimal(mapping, "more");
  weight.most = std::max(weight.same, decimal(mapping, "most"));
  weight.differs = decimal(mapping, "differs");
  weight.veto = mapping.flag("veto");
  weight.strong = mapping.flag("strong");
  weight.completes = mapping.flag("completes");
  weight.proposes = mapping.flag("proposes");
  weight.copied = mapping.flag("copied");
  weight.of_board = mapping.flag("of_board");
  weight.of_hypervisor = mapping.flag("of_hypervisor");
  weight.qualified_by = mapping.optional_name("qualified_by");
  if (weight.attributes.empty()) mapping.refuse("attributes", "expected the attributes that carry it");
  if (weight.same < 0 || weight.differs > 0) mapping.refuse("expected same >= 0 and differs <= 0");
  return weight;
}

struct Loaded {
  IdentificationScheme scheme;
  std::string extends;
  std::vector<std::vector<std::string>> makers;
  std::vector<std::string> moving_drivers, hypervisor_macs;
};

std::vector<std::string> texts_of(const base::YamlValue& list) {
  std::vector<std::string> texts;
  for (const auto& one : list.sequence) texts.push_back(base::to_lower(one.scalar));
  return texts;
}

Loaded read_scheme(SchemaFile& file) {
  SchemaMapping root(file, file.root(),
                     {"class", "extends", "alone", "link", "review", "silent_after", "identifiers", "makers",
                      "moving_drivers", "hypervisor_macs"});
  Loaded loaded;
  loaded.scheme.class_name = root.name("class");
  loaded.extends = root.optional_name("extends");
  loaded.scheme.alone = root.flag("alone");
  loaded.scheme.link = decimal(root, "link");
  loaded.scheme.review = decimal(root, "review");
  loaded.scheme.silent_after_ms = duration_ms(root, "silent_after");
  for (const auto* node : root.optional_sequence("identifiers"))
    loaded.scheme.identifiers.push_back(read_weight(file, *node));
  for (const auto* node : root.optional_sequence("makers")) loaded.makers.push_back(texts_of(*node));
  for (const auto* node : root.optional_sequence("moving_drivers"))
    loaded.moving_drivers.push_back(node->scalar);
  for (const auto* node : root.optional_sequence("hypervisor_macs"))
    loaded.hypervisor_macs.push_back(node->scalar);
  if (loaded.extends.empty() && !(loaded.scheme.review > 0 && loaded.scheme.review < loaded.scheme.link))
    root.refuse("expected 0 < review < link");
  return loaded;
}

// What the parent says, but for what the scheme itself says.
void inherit(IdentificationScheme& scheme, const IdentificationScheme& parent) {
  scheme.link = scheme.link > 0 ? scheme.link : parent.link;
  scheme.review = scheme.review > 0 ? scheme.review : parent.review;
  scheme.silent_after_ms = scheme.silent_after_ms > 0 ? scheme.silent_after_ms : parent.silent_after_ms;
  for (const IdentifierWeight& weight : parent.identifiers) {
    if (!scheme.find(weight.identifier)) scheme.identifiers.push_back(weight);
  }
}

}  // namespace

const IdentifierWeight* IdentificationScheme::find(std::string_view identifier) const {
  const auto found = std::ranges::find(identifiers, identifier, &IdentifierWeight::identifier);
  return found == identifiers.end() ? nullptr : &*found;
}

base::Result<IdentificationSchemes> IdentificationSchemes::load(std::span<const base::EmbeddedFile> files) {
  std::map<std::string, Loaded, std::less<>> all;
  IdentificationSchemes schemes;
  for (const base::EmbeddedFile& one : files) {
    if (!one.path.starts_with("identification/")) continue;
    SchemaFile file(one.path, one.content);
    Loaded loaded = read_scheme(file);
    if (file.fault()) return *file.fault();
    for (const auto& group : loaded.makers) {
      for (const std::string& name : group) schemes.makers_[name] = group.front();
    }
    std::ranges::copy(loaded.moving_drivers, std::back_inserter(schemes.moving_drivers_));
    std::ranges::copy(loaded.hypervisor_macs, std::back_inserter(schemes.hypervisor_macs_));
    all[loaded.scheme.class_name] = std::move(loaded);
  }
  for (auto& [name, loaded] : all) {
    IdentificationScheme whole = loaded.scheme;
    std::string next = loaded.extends;
    for (std::size_t steps = 0; !next.empty(); ++steps) {
      const auto parent = all.find(next);
      if (parent == all.end() || steps > all.size()) {
        return base::fail(base::Errc::malformed, "no scheme \"" + next + "\", or a circle of them",
                          "identification/" + name + ".yaml");
      }
      inherit(whole, parent->second.scheme);
      next = parent->second.extends;
    }
    schemes.schemes_.emplace(name, std::move(whole));
  }
  return schemes;
}

const IdentificationSchemes& IdentificationSchemes::built_in() {
  static const IdentificationSchemes loaded = [] {
    auto read = load(built_in_schemas());
    if (!read) throw std::logic_error(base::to_string(read.error()));
    return std::move(*read);
  }();
  return loaded;
}

const IdentificationScheme* IdentificationSchemes::of_class(const ClassCatalog& catalog,
                                                            std::string_view class_name) const {
  for (const auto* one = catalog.find_class(class_name); one; one = catalog.find_class(one->parent)) {
    const auto found = schemes_.find(one->name);
    if (found != schemes_.end()) return &found->second;
  }
  return nullptr;
}

const IdentificationScheme* IdentificationSchemes::named(std::string_view class_name) const {
  const auto found = schemes_.find(class_name);
  return found == schemes_.end() ? nullptr : &found->second;
}

std::string IdentificationSchemes::maker_of(std::string_view name) const {
  const std::string lower = base::to_lower(base::trim(name));
  const std::string first = lower.substr(0, lower.find_first_of(" ,("));
  const auto known = makers_.find(first);
  return known == makers_.end() ? first : known->second;
}

bool IdentificationSchemes::same_maker(std::string_view a, std::string_view b) const {
  return maker_of(a) == maker_of(b);
}

bool IdentificationSchemes::is_moving_driver(std::string_view driver) const {
  return std::ranges::find(moving_drivers_, driver) != moving_drivers_.end();
}

bool IdentificationSchemes::is_hypervisor_mac(std::string_view canonical) const {
  return std::ranges::any_of(hypervisor_macs_,
                             [&](const std::string& prefix) { return canonical.starts_with(prefix); });
}

IdentifierWeight weight_between(const IdentifierWeight& weight, const IdentificationScheme& other) {
  const IdentifierWeight* there = other.find(weight.identifier);
  return there && there->same > weight.same ? *there : weight;
}

}  // namespace censo::cmdb
