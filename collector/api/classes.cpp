#include "cmdb/class_catalog.h"
#include "collector/json_body.h"
#include "collector/route.h"
#include "collector/services.h"

#include <boost/json.hpp>

namespace censo::collector::api {
namespace {

namespace json = boost::json;

json::object to_json(const cmdb::Label& label) {
  return {{"en", label.en}, {"es", label.es}};
}

json::object to_json(const cmdb::AttributeDefinition& attribute) {
  return {{"name", attribute.name},
          {"type", cmdb::name_of(attribute.type)},
          {"label", to_json(attribute.label)},
          {"unit", attribute.unit},
          {"values", json::value_from(attribute.values)},
          {"operational", attribute.operational}};
}

json::object to_json(const cmdb::IdentityRule& rule) {
  return {{"rule", rule.name}, {"attributes", json::value_from(rule.attributes)}, {"within", rule.within}};
}

json::object to_json(const cmdb::ClassDefinition& definition) {
  json::array identity, attributes;
  for (const auto& rule : definition.identity) identity.push_back(to_json(rule));
  for (const auto& attribute : definition.attributes) attributes.push_back(to_json(attribute));
  return {{"class", definition.name},
          {"extends", definition.parent},
          {"kind", cmdb::name_of(definition.kind)},
          {"abstract", definition.abstract},
          {"transient", definition.transient},
          {"label", to_json(definition.label)},
          {"identity", std::move(identity)},
          {"key", json::value_from(definition.key)},
          {"attributes", std::move(attributes)}};
}

json::object to_json(const cmdb::RelationDefinition& relation) {
  return {{"relation", relation.name},
          {"label", to_json(relation.label)},
          {"reverse", to_json(relation.reverse_label)},
          {"from", relation.from_class},
          {"to", relation.to_class},
          {"impact", cmdb::name_of(relation.impact)}};
}

std::string to_json(const cmdb::ClassCatalog& catalog) {
  json::array classes, relations;
  for (const auto* definition : catalog.classes()) classes.push_back(to_json(*definition));
  for (const auto* relation : catalog.relations()) relations.push_back(to_json(*relation));
  return json::serialize(json::object{{"items", std::move(classes)}, {"relations", std::move(relations)}});
}

}  // namespace

Routes classes(const Services& services) {
  const auto list = [&catalog = services.catalog](store::Transaction&,
                                                  const Request&) -> base::Result<Response> {
    return Response::ok(to_json(catalog));
  };
  return {{"GET",
           "/api/v1/classes",
           Role::viewer,
           Access::read,
           "Classes and relation types, with labels",
           {},
           list}};
}

}  // namespace censo::collector::api
