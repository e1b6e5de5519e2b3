#include "cmdb/data_health.h"

#include "base/text.h"
#include "base/yaml.h"
#include "cmdb/health_findings.h"
#include "cmdb/query_terms.h"
#include "cmdb/search_memory.h"
#include "cmdb/search_run.h"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace censo::cmdb {
namespace {

using base::Errc;
using base::YamlValue;

constexpr std::array<std::string_view, 3> listed_figures{"duplicates", "open_reviews", "conflicting_values"};

const YamlValue& rules() {
  static const YamlValue loaded = [] {
    const auto files = built_in_schemas();
    const auto file =
        std::ranges::find(files, std::string_view("data_health.yaml"), &base::EmbeddedFile::path);
    if (file == files.end()) throw std::logic_error("schemas/data_health.yaml is not built in");
    auto root = base::parse_yaml(file->content, file->path);
    if (!root) throw std::logic_error(base::to_string(root.error()));
    return std::move(*root);
  }();
  return loaded;
}

const YamlValue& rule(std::string_view key) {
  const YamlValue* found = rules().find(key);
  if (!found) throw std::logic_error("schemas/data_health.yaml lacks " + std::string(key));
  return *found;
}

struct Figure {
  HealthFigure shown;
  std::string all;  // the items that it counts among
};

// Items of the classes below that have an age of their own do not count for the class above.
std::string without_nearer(const ClassCatalog& catalog, const std::string& class_name) {
  std::string text;
  for (const auto& [other, age] : rule("stale").mapping) {
    if (other != class_name && catalog.is_a(other, class_name)) text += " -class:" + other;
  }
  return text;
}

void add_named(std::vector<Figure>& figures, std::string_view key, const std::string& prefix,
               const std::string& kind) {
  for (const auto& [class_name, names] : rule(key).mapping) {
    const std::string all = "class:" + class_name;
    for (const YamlValue& name : names.sequence) {
      figures.push_back(
          {{prefix + "." + class_name + "." + name.scalar, kind, all + " missing:" + name.scalar, 0, 0},
           all});
    }
  }
}

std::vector<Figure> figures_of(const ClassCatalog& catalog) {
  std::vector<Figure> figures;
  add_named(figures, "required", "missing", "required");
  add_named(figures, "recommended", "missing", "recommended");
  add_named(figures, "relations", "orphan", "orphan");
  for (const auto& [class_name, age] : rule("stale").mapping) {
    const std::string all = "class:" + class_name + without_nearer(catalog, class_name);
    figures.push_back({{"stale." + class_name, "stale", all + " seen>" + age.scalar, 0, 0}, all});
  }
  return figures;
}

std::vector<std::string> unique_rules() {
  std::vector<std::string> names;
  for (const YamlValue& name : rule("unique").sequence) names.push_back(name.scalar);
  return names;
}

// Our own file: a text that does not parse is a fault of ours.
BoundQuery bound(const ClassCatalog& catalog, const std::string& text, base::TimeMs now) {
  const auto query = parse_query(text);
  if (!query) throw std::logic_error("schemas/data_health.yaml: " + base::to_string(query.error()));
  auto ready = bind_query(catalog, *query, now);
  if (!ready) throw std::logic_error("schemas/data_health.yaml: " + base::to_string(ready.error()));
  return std::move(*ready);
}

}  // namespace

std::vector<HealthFigure> health_figures(store::Transaction& tx, const ClassCatalog& catalog,
                                         const SearchMemory& memory, base::TimeMs now) {
  const auto figures = figures_of(catalog);
  std::vector<BoundQuery> queries;
  for (const Figure& figure : figures) {
    queries.push_back(bound(catalog, figure.shown.query, now));
    queries.push_back(bound(catalog, figure.all, now));
  }
  const auto counts = count_queries(tx, memory, queries);
  std::vector<HealthFigure> shown;
  for (std::size_t i = 0; i < figures.size(); ++i) {
    shown.push_back(figures[i].shown);
    shown.back().items = counts[2 * i];
    shown.back().of = counts[2 * i + 1];
  }
  shown.push_back({"duplicates", "duplicate", "", count_shared_keys(tx, unique_rules()), memory.size()});
  shown.push_back({"open_reviews", "duplicate", "", count_open_reviews(tx), memory.size()});
  shown.push_back(
      {"conflicting_values", "conflict", "", count_conflicting_values(tx, catalog), memory.size()});
  return shown;
}

base::Result<std::string> query_of_figure(const ClassCatalog& catalog, std::string_view name) {
  if (std::ranges::find(listed_figures, name) != listed_figures.end()) return std::string();
  for (const Figure& figure : figures_of(catalog)) {
    if (figure.shown.name == name) return figure.shown.query;
  }
  return base::fail(Errc::not_found, "there is no figure \"" + base::sanitize_utf8(name, 80) + "\"");
}

base::Result<Page<HealthFinding>> health_list(store::Transaction& tx, const ClassCatalog& catalog,
                                              std::string_view name, const PageRequest& page) {
  if (name == "duplicates") return shared_keys(tx, unique_rules(), page);
  if (name == "open_reviews") return open_reviews(tx, page);
  if (name == "conflicting_values") return conflicting_values(tx, catalog, page);
  return base::fail(Errc::not_found, "there is no figure \"" + base::sanitize_utf8(name, 80) + "\"");
}

}  // namespace censo::cmdb
