#include "cmdb/query_terms.h"

#include "base/text.h"
#include "base/yaml.h"
#include "cmdb/address_range.h"
#include "cmdb/search.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <utility>

namespace censo::cmdb {
namespace {

using base::Errc;

struct FixedField {
  std::string_view name;
  TermKind kind;
};
constexpr std::array<FixedField, 13> fixed_fields{{{"text", TermKind::text},
                                                   {"class", TermKind::class_name},
                                                   {"name", TermKind::name},
                                                   {"stage", TermKind::stage},
                                                   {"origin", TermKind::origin},
                                                   {"seen", TermKind::seen},
                                                   {"first_seen", TermKind::first_seen},
                                                   {"software", TermKind::software},
                                                   {"port", TermKind::port},
                                                   {"ip", TermKind::ip},
                                                   {"mac", TermKind::mac},
                                                   {"serial", TermKind::serial},
                                                   {"has", TermKind::has}}};

using Names = std::map<std::string, std::vector<std::string>, std::less<>>;
struct ShortNames {
  Names aliases, components;
};

Names names_in(const base::YamlValue& root, std::string_view key) {
  Names names;
  const base::YamlValue* mapping = root.find(key);
  if (!mapping) throw std::logic_error("schemas/search.yaml lacks " + std::string(key));
  for (const auto& [name, value] : mapping->mapping) {
    auto& list = names[name];
    if (!value.scalar.empty()) list.push_back(value.scalar);
    for (const auto& one : value.sequence) list.push_back(one.scalar);
  }
  return names;
}

const ShortNames& short_names() {
  static const ShortNames loaded = [] {
    const auto files = built_in_schemas();
    const auto file = std::ranges::find(files, std::string_view("search.yaml"), &base::EmbeddedFile::path);
    if (file == files.end()) throw std::logic_error("schemas/search.yaml is not built in");
    const auto root = base::parse_yaml(file->content, file->path);
    if (!root) throw std::logic_error(base::to_string(root.error()));
    return ShortNames{names_in(*root, "aliases"), names_in(*root, "components")};
  }();
  return loaded;
}

class Binder {
 public:
  Binder(const ClassCatalog& catalog, base::TimeMs now) : catalog_(catalog), now_(now) {}

  base::Result<BoundQuery> bind(const Query& query) {
    BoundQuery bound{query.kind, {}, {}};
    if (query.kind == Query::Kind::term) {
      bound.term = bind(query.term);
      if (fault_) return *fault_;
    }
    for (const Query& part : query.parts) {
      auto inner = bind(part);
      if (!inner) return inner.error();
      bound.parts.push_back(std::move(*inner));
    }
    return bound;
  }

 private:
  BoundTerm bind(const QueryTerm& written) {
    BoundTerm term;
    term.comparison = written.comparison;
    term.prefix = written.prefix;
    term.text = base::to_lower(base::trim(written.value));
    term.negated = written.comparison == Comparison::not_equal;
    term.written = written;
    position_ = written.position;
    if (written.field.empty() || written.field == "text") term.names = forms_of(term.text);
    if (written.field.empty()) return term;
    const bool missing = written.field == "missing";
    const auto fixed = std::ranges::find(fixed_fields, std::string_view(written.field), &FixedField::name);
    if (missing || fixed != fixed_fields.end()) {
      term.kind = missing ? TermKind::has : fixed->kind;
      if (missing) term.negated = true;
      bind_fixed(term);
    } else {
      bind_named(term);
    }
    if (!fault_) term.without_past = without_past(term);
    if (!written.version.empty() && term.kind != TermKind::software) {
      refuse("only software: takes a version behind its name");
    }
    return term;
  }

  // Operational values and rows of transient classes are in no history.
  std::string without_past(const BoundTerm& term) const {
    if (term.kind == TermKind::seen) return "when items were last seen is written over by each report";
    if (term.kind == TermKind::attribute || term.kind == TermKind::has) {
      const bool lasts =
          std::ranges::any_of(term.names, [this](const auto& name) { return lasts_somewhere(name); });
      return lasts ? "" : "an operational value has no past";
    }
    if (term.kind != TermKind::component && term.kind != TermKind::has_component) return {};
    const ClassDefinition* component = catalog_.find_class(term.names.front());
    if (component->transient) return component->name + " has no past: it is only known now";
    const auto* attribute = component->find_attribute(term.names.back());
    return attribute && attribute->operational ? "an operational value has no past" : "";
  }

  bool lasts_somewhere(const std::string& attribute) const {
    return std::ranges::any_of(catalog_.classes(), [&](const ClassDefinition* one) {
      const auto* found =
          one->kind == ClassKind::configuration_item ? one->find_attribute(attribute) : nullptr;
      return found && !found->operational;
    });
  }

  void bind_fixed(BoundTerm& term) {
    switch (term.kind) {
      case TermKind::class_name: return bind_class(term);
      case TermKind::seen:
      case TermKind::first_seen: return bind_time(term);
      case TermKind::port: return bind_port(term);
      case TermKind::has: return bind_has(term);
      case TermKind::software: return allow(term, {Comparison::is, Comparison::equal, Comparison::contains});
      case TermKind::ip:
      case TermKind::mac: return bind_address(term);
      case TermKind::serial:
      case TermKind::origin:
      case TermKind::stage:
      case TermKind::name:
      case TermKind::text:
        return allow(term, {Comparison::is, Comparison::equal, Comparison::not_equal, Comparison::contains});
      default: return;
    }
  }

  void allow(const BoundTerm& term, std::initializer_list<Comparison> known) {
    if (std::ranges::find(known, term.comparison) != known.end()) return;
    std::vector<std::string> signs;
    for (const Comparison one : known) signs.emplace_back(sign_of(one));
    refuse(term.written.field + ": expected one of " + base::join(signs, " "));
  }

  void bind_address(BoundTerm& term) {
    allow(term, {Comparison::is, Comparison::equal, Comparison::not_equal, Comparison::contains});
    if (term.comparison == Comparison::contains) return;
    const bool ip = term.kind == TermKind::ip;
    const bool well_formed = ip ? term.prefix || address_range(term.text) : !mac_beginning(term.text).empty();
    if (!well_formed) {
      refuse(ip ? "expected an address, or a network as 10.20.0.0/16"
                : "expected a MAC address or its beginning");
    }
  }

  void bind_class(BoundTerm& term) {
    allow(term, {Comparison::is, Comparison::equal, Comparison::not_equal, Comparison::contains});
    std::vector<std::string> known;
    for (const ClassDefinition* one : catalog_.classes()) {
      if (one->kind != ClassKind::configuration_item) continue;
      known.push_back(one->name);
      const bool part =
          term.comparison == Comparison::contains && one->name.find(term.text) != std::string::npos;
      const bool begins = term.prefix && one->name.starts_with(term.text);
      const bool below = term.comparison == Comparison::is && catalog_.is_a(one->name, term.text);
      if (part || begins || below || one->name == term.text) term.names.push_back(one->name);
    }
    if (term.names.empty()) refuse_unknown("class", term.text, known);
  }

  void bind_time(BoundTerm& term) {
    if (term.prefix || term.comparison == Comparison::contains) refuse("expected one of : = != < <= > >= ..");
    const bool ranged = term.comparison == Comparison::range;
    const auto low = time_of(term.written.value), high = ranged ? time_of(term.written.upper) : low;
    if (!low && !high) return refuse("expected a time");
    if (term.comparison == Comparison::is && low && low->is_age) term.comparison = Comparison::at_most;
    term.interval = interval_of(low, high, term.comparison);
  }

  std::optional<NamedTime> time_of(const std::string& text) {
    if (text.empty()) return {};
    const auto time = parse_time(text, now_);
    if (!time) {
      refuse(time.error().message);
      return {};
    }
    return *time;
  }

  // Ages run against time: "seen<7d" is later than seven days ago, and 1d..7d begins seven days ago.
  static Interval interval_of(std::optional<NamedTime> low, std::optional<NamedTime> high,
                              Comparison comparison) {
    const bool ages = (low && low->is_age) || (high && high->is_age);
    if (ages) std::swap(low, high);
    const auto from = [](const NamedTime& time) { return static_cast<double>(time.at); };
    const auto behind = [](const NamedTime& time) { return static_cast<double>(time.at + time.length_ms); };
    Interval interval;
    const bool less = ages ? comparison == Comparison::greater : comparison == Comparison::less;
    const bool at_most = ages ? comparison == Comparison::at_least : comparison == Comparison::at_most;
    const bool greater = ages ? comparison == Comparison::less : comparison == Comparison::greater;
    const bool at_least = ages ? comparison == Comparison::at_most : comparison == Comparison::at_least;
    const bool upper = less || at_most, lower = greater || at_least;
    if (!upper && low) interval.low = greater ? behind(*low) : from(*low);
    if (!lower && high) {
      interval.high = less ? from(*high) : behind(*high);
      interval.high_open = true;
    }
    return interval;
  }

  void bind_port(BoundTerm& term) {
    const auto slash = term.text.find('/');
    const std::string number = term.text.substr(0, slash);
    const std::string protocol = slash == std::string::npos ? "" : term.text.substr(slash + 1);
    if (protocol != "" && protocol != "tcp" && protocol != "udp")
      refuse("expected tcp or udp behind the \"/\"");
    if (term.prefix) refuse("expected a whole number");
    term.text = protocol;
    bind_number(term, number, "");
  }

  void bind_number(BoundTerm& term, const std::string& value, std::string_view unit) {
    const auto number = [&](const std::string& text) -> std::optional<double> {
      if (text.empty()) return {};
      const auto read = parse_number(text, unit);
      if (!read) {
        refuse(read.error().message);
        return {};
      }
      return *read;
    };
    const bool ranged = term.comparison == Comparison::range;
    const auto low = number(value), high = ranged ? number(base::to_lower(term.written.upper)) : low;
    const bool upper = term.comparison == Comparison::less || term.comparison == Comparison::at_most;
    const bool lower = term.comparison == Comparison::greater || term.comparison == Comparison::at_least;
    if (!upper && low) term.interval.low = *low;
    if (!lower && high) term.interval.high = *high;
    term.interval.low_open = term.comparison == Comparison::greater;
    term.interval.high_open = term.comparison == Comparison::less;
    term.numeric = true;
  }

  void bind_has(BoundTerm& term) {
    if (term.comparison != Comparison::is || term.prefix)
      return refuse(term.written.field + ": expected \":\" and a name");
    term.names = attributes_named(term.text);
    if (!term.names.empty()) return;
    if (const auto* component = component_class(term.text)) {
      term.kind = TermKind::has_component;
      term.names = {component->name};
    } else if (catalog_.find_relation(term.text)) {
      term.kind = TermKind::has_relation;
      term.names = {term.text};
    }
    if (term.names.empty()) refuse_unknown("attribute, component or relation", term.text, all_fields());
  }

  // An attribute, an alias, a component's attribute or a relation type.
  void bind_named(BoundTerm& term) {
    const std::string& field = term.written.field;
    const auto dot = field.find('.');
    if (dot != std::string::npos) return bind_component(term, field.substr(0, dot), field.substr(dot + 1));
    if (const auto names = attributes_named(field); !names.empty()) {
      term.kind = TermKind::attribute;
      term.names = names;
      const auto* definition = names.size() == 1 ? attribute_of_any_class(names.front()) : nullptr;
      if (definition) bind_typed(term, *definition);
      return;
    }
    if (catalog_.find_relation(field)) {
      term.kind = TermKind::relation;
      term.names = {field};
      return allow(term, {Comparison::is, Comparison::equal});
    }
    refuse_unknown("field", field, all_fields());
  }

  void bind_component(BoundTerm& term, const std::string& name, const std::string& attribute) {
    const ClassDefinition* definition = component_class(name);
    if (!definition) {
      std::vector<std::string> known;
      for (const auto& one : catalog_.classes()) {
        if (one->kind == ClassKind::component) known.push_back(one->name);
      }
      return refuse_unknown("component", name, known);
    }
    const AttributeDefinition* found = definition->find_attribute(attribute);
    if (!found) {
      std::vector<std::string> known;
      for (const auto& one : definition->attributes) known.push_back(one.name);
      return refuse_unknown("attribute of " + definition->name, attribute, known);
    }
    term.kind = TermKind::component;
    term.names = {definition->name, attribute};
    bind_typed(term, *found);
  }

  void bind_typed(BoundTerm& term, const AttributeDefinition& definition) {
    term.type = definition.type;
    const bool number =
        definition.type == AttributeType::integer || definition.type == AttributeType::decimal;
    if (term.prefix || term.comparison == Comparison::contains) return;
    if (number) return bind_number(term, term.text, definition.unit);
    if (definition.type == AttributeType::date) {
      bind_time(term);
      term.numeric = true;
    }
    if (definition.type == AttributeType::enumeration && term.comparison == Comparison::is &&
        std::ranges::find(definition.values, term.text) == definition.values.end()) {
      refuse(definition.name + ": expected one of " + base::join(definition.values, ", "));
    }
  }

  std::vector<std::string> attributes_named(const std::string& name) const {
    if (attribute_of_any_class(name)) return {name};
    const auto alias = short_names().aliases.find(name);
    return alias == short_names().aliases.end() ? std::vector<std::string>() : alias->second;
  }

  const AttributeDefinition* attribute_of_any_class(const std::string& name) const {
    for (const ClassDefinition* one : catalog_.classes()) {
      const auto* found = one->kind == ClassKind::configuration_item ? one->find_attribute(name) : nullptr;
      if (found) return found;
    }
    return nullptr;
  }

  const ClassDefinition* component_class(const std::string& name) const {
    const auto alias = short_names().components.find(name);
    const auto* found =
        catalog_.find_class(alias == short_names().components.end() ? name : alias->second.front());
    return found && found->kind == ClassKind::component ? found : nullptr;
  }

  std::vector<std::string> all_fields() const {
    std::set<std::string> all{"missing"};
    for (const auto& [name, kind] : fixed_fields) all.emplace(name);
    for (const auto& [name, attributes] : short_names().aliases) all.insert(name);
    for (const auto* relation : catalog_.relations()) all.insert(relation->name);
    for (const auto* definition : catalog_.classes()) {
      if (definition->kind != ClassKind::configuration_item) continue;
      for (const auto& attribute : definition->attributes) all.insert(attribute.name);
    }
    return {all.begin(), all.end()};
  }

  void refuse_unknown(const std::string& what, const std::string& name,
                      const std::vector<std::string>& known) {
    const std::string near = nearest(name, known);
    refuse("there is no " + what + " \"" + base::sanitize_utf8(name, 64) + "\"" +
           (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
  }
  void refuse(std::string message) {
    if (!fault_) fault_ = base::fail(Errc::invalid_argument, std::move(message), place_in_query(position_));
  }

  const ClassCatalog& catalog_;
  base::TimeMs now_;
  std::size_t position_ = 0;
  std::optional<base::Error> fault_;
};

}  // namespace

base::Result<BoundQuery> bind_query(const ClassCatalog& catalog, const Query& query, base::TimeMs now) {
  return Binder(catalog, now).bind(query);
}

std::vector<std::string> attributes_behind(const std::string& name) {
  const auto alias = short_names().aliases.find(name);
  return alias == short_names().aliases.end() ? std::vector{name} : alias->second;
}

bool mentions(const BoundQuery& query, TermKind kind) {
  if (query.kind == Query::Kind::term) return query.term.kind == kind;
  return std::ranges::any_of(query.parts, [kind](const BoundQuery& part) { return mentions(part, kind); });
}

}  // namespace censo::cmdb
