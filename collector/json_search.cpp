#include "collector/json_search.h"

#include "base/clock.h"
#include "base/text.h"
#include "cmdb/class_catalog.h"

#include <algorithm>

namespace censo::collector {
namespace {

namespace json = boost::json;

// Every one is answered by reading the items found.
constexpr std::size_t most_names = 8;

base::Result<void> check_name(const Services& services, const std::string& name, std::string_view parameter) {
  if (name == "class" || name == "stage") return {};
  for (const std::string& attribute : cmdb::attributes_behind(name)) {
    const auto has = [&](const auto* one) { return one->find_attribute(attribute) != nullptr; };
    if (std::ranges::any_of(services.catalog.classes(), has)) continue;
    return base::fail(base::Errc::invalid_argument,
                      "no class has the attribute \"" + base::sanitize_utf8(name, 64) + "\"",
                      std::string(parameter));
  }
  return {};
}

}  // namespace

base::Result<cmdb::BoundQuery> query_of(const Services& services, std::string_view text, cmdb::Moment at) {
  const auto query = cmdb::parse_query(text);
  if (!query) return query.error();
  return cmdb::bind_query(services.catalog, *query, at.value_or(services.clock.now()));
}

base::Result<std::vector<std::string>> names_of(const Services& services, const Request& request,
                                                std::string_view parameter) {
  std::vector<std::string> names;
  const std::string text = request.query_or(parameter, "");
  for (const auto piece : base::split(text, ',')) {
    if (base::trim(piece).empty()) continue;
    names.push_back(base::to_lower(base::trim(piece)));
    if (const auto known = check_name(services, names.back(), parameter); !known) return known.error();
  }
  if (names.size() > most_names) {
    return base::fail(base::Errc::limit_exceeded, "expected at most 8 names", std::string(parameter));
  }
  return names;
}

json::object json_found(const cmdb::FoundItem& item) {
  json::object object{{"kind", "ci"}};
  for (auto& member : json_ci(item.id, item.class_name, item.name)) object.insert(std::move(member));
  object["stage"] = item.stage;
  if (!item.attributes.empty()) object["attributes"] = json_attributes(item.attributes);
  return object;
}

json::array json_facets(const std::vector<cmdb::Facet>& facets) {
  json::array list;
  for (const auto& facet : facets) {
    json::array values;
    for (const auto& [value, count] : facet.values) values.push_back({{"value", value}, {"count", count}});
    list.push_back({{"field", facet.field}, {"values", std::move(values)}, {"others", facet.others}});
  }
  return list;
}

}  // namespace censo::collector
