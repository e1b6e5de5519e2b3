#include "cmdb/class_catalog.h"
#include "cmdb/user_schema.h"
#include "collector/edit_request.h"
#include "collector/json_body.h"
#include "collector/route.h"
#include "collector/services.h"

#include <boost/json.hpp>

#include <optional>

namespace censo::collector::api {
namespace {

namespace json = boost::json;
using base::Errc;
using cmdb::DefinitionKind;
using store::Transaction;

constexpr std::size_t longest_yaml = 60 * 1024;

json::object to_json(const cmdb::Label& label) {
  return {{"en", label.en}, {"es", label.es}};
}

template <class Number>
void add_if(json::object& object, std::string_view name, const std::optional<Number>& value) {
  if (value) object[name] = *value;
}

json::object to_json(const cmdb::AttributeDefinition& attribute) {
  json::object object{{"name", attribute.name},
                      {"type", cmdb::name_of(attribute.type)},
                      {"label", to_json(attribute.label)},
                      {"unit", attribute.unit},
                      {"values", json::value_from(attribute.values)},
                      {"operational", attribute.operational},
                      {"required", attribute.required},
                      {"unique", attribute.unique},
                      {"defined_by", attribute.defined_by}};
  if (!attribute.to_class.empty()) object["to"] = attribute.to_class;
  if (!attribute.pattern.empty()) object["pattern"] = attribute.pattern;
  add_if(object, "min", attribute.min);
  add_if(object, "max", attribute.max);
  add_if(object, "max_length", attribute.max_length);
  return object;
}

json::object to_json(const cmdb::IdentityRule& rule) {
  return {{"rule", rule.name},
          {"attributes", json::value_from(rule.attributes)},
          {"optional", json::value_from(rule.optional)},
          {"within", rule.within}};
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
          {"built_in", definition.built_in},
          {"label", to_json(definition.label)},
          {"identity", std::move(identity)},
          {"key", json::value_from(definition.key)},
          {"attributes", std::move(attributes)}};
}

json::object to_json(const cmdb::RelationDefinition& relation) {
  json::object object{{"relation", relation.name},
                      {"label", to_json(relation.label)},
                      {"reverse", to_json(relation.reverse_label)},
                      {"from", json::value_from(relation.from_classes)},
                      {"to", json::value_from(relation.to_classes)},
                      {"impact", cmdb::name_of(relation.impact)},
                      {"cardinality", cmdb::name_of(relation.cardinality)},
                      {"identifying", relation.identifying},
                      {"built_in", relation.built_in}};
  add_if(object, "min_up", relation.redundant_min_up);
  add_if(object, "expires_after_ms", relation.expires_after_ms);
  return object;
}

json::object to_json(const cmdb::StageDefinition& stage) {
  json::array statuses;
  for (const auto& status : stage.statuses)
    statuses.push_back({{"status", status.name}, {"label", to_json(status.label)}});
  return {{"stage", stage.name}, {"label", to_json(stage.label)}, {"statuses", std::move(statuses)}};
}

json::array relations_of(const cmdb::ClassCatalog& catalog) {
  json::array relations;
  for (const auto* relation : catalog.relations()) relations.push_back(to_json(*relation));
  return relations;
}

base::Result<Response> list_classes(const Services& services, Transaction&, const Request&) {
  json::array classes, stages;
  for (const auto* definition : services.catalog.classes()) classes.push_back(to_json(*definition));
  for (const auto& stage : services.catalog.stages()) stages.push_back(to_json(stage));
  return Response::ok(json::serialize(json::object{{"items", std::move(classes)},
                                                   {"relations", relations_of(services.catalog)},
                                                   {"stages", std::move(stages)}}));
}

base::Result<Response> list_relations(const Services& services, Transaction&, const Request&) {
  return Response::ok(json::serialize(json::object{{"items", relations_of(services.catalog)}}));
}

std::optional<json::object> complete_definition(const cmdb::ClassCatalog& catalog, DefinitionKind kind,
                                                std::string_view name) {
  if (kind == DefinitionKind::relation) {
    const auto* relation = catalog.find_relation(name);
    return relation ? std::optional(to_json(*relation)) : std::nullopt;
  }
  const auto* definition = catalog.find_class(name);
  return definition ? std::optional(to_json(*definition)) : std::nullopt;
}

// With the YAML that users wrote, if they did.
template <DefinitionKind kind>
base::Result<Response> show(const Services& services, Transaction& tx, const Request& request) {
  const auto& name = request.parameter("name");
  auto object = complete_definition(services.catalog, kind, name);
  if (!object) return base::fail(Errc::not_found, "nothing is defined as \"" + name.substr(0, 64) + "\"");
  if (const auto written = cmdb::user_definition(tx, kind, name)) {
    (*object)["yaml"] = written->content;
    (*object)["author"] = written->author;
    (*object)["changed_at"] = json_time(written->changed_at);
  }
  return Response::ok(json::serialize(*object));
}

base::Result<cmdb::SchemaEdit> edit_of(const Services& services, const Request& request) {
  const auto dry_run = dry_run_of(request);
  if (!dry_run) return dry_run.error();
  return cmdb::SchemaEdit{services.catalog, services.clock, request.caller.name, *dry_run};
}

base::Result<Response> put_text(const Services& services, Transaction& tx, const cmdb::SchemaEdit& edit,
                                const cmdb::UserDefinition& wanted, DefinitionKind kind) {
  const auto done = cmdb::put_definition(tx, edit, kind, wanted.path, wanted.content);
  if (!done) return done.error();
  json::object answer{{"name", wanted.path}, {"dry_run", edit.dry_run}};
  if (!edit.dry_run) answer["definition"] = *complete_definition(services.catalog, kind, wanted.path);
  return Response::ok(json::serialize(answer));
}

// What users did not define yet, or add to a built-in class for the first time.
template <DefinitionKind kind>
base::Result<Response> add(const Services& services, Transaction& tx, const Request& request) {
  JsonBody body(request, {"yaml"});
  cmdb::UserDefinition wanted;
  wanted.content = body.text("yaml", longest_yaml);
  if (const auto fault = body.fault()) return *fault;
  const auto edit = edit_of(services, request);
  if (!edit) return edit.error();
  const auto name = cmdb::defined_name(kind, wanted.content);
  if (!name) return name.error();
  wanted.path = *name;
  if (cmdb::user_definition(tx, kind, *name))
    return base::fail(Errc::conflict, *name + " is defined already; replace it with PUT", {}, "EXISTS");
  auto response = put_text(services, tx, *edit, wanted, kind);
  if (response && !edit->dry_run) response->status = 201;
  return response;
}

template <DefinitionKind kind>
base::Result<Response> replace(const Services& services, Transaction& tx, const Request& request) {
  JsonBody body(request, {"yaml"});
  cmdb::UserDefinition wanted;
  wanted.content = body.text("yaml", longest_yaml);
  wanted.path = request.parameter("name");
  if (const auto fault = body.fault()) return *fault;
  const auto edit = edit_of(services, request);
  if (!edit) return edit.error();
  return put_text(services, tx, *edit, wanted, kind);
}

template <DefinitionKind kind>
base::Result<Response> remove(const Services& services, Transaction& tx, const Request& request) {
  const auto edit = edit_of(services, request);
  if (!edit) return edit.error();
  const auto done = cmdb::remove_definition(tx, *edit, kind, request.parameter("name"));
  if (!done) return done.error();
  return Response::ok(
      json::serialize(json::object{{"name", request.parameter("name")}, {"dry_run", edit->dry_run}}));
}

struct Words {
  std::string_view all, one, what_all, what_one, what_add, what_put, what_remove;
};
constexpr Words class_words{"/api/v1/classes",
                            "/api/v1/classes/{name}",
                            "Classes, relation types and stages, with labels",
                            "One class with all it inherits",
                            "A new class, or attributes for a built-in one",
                            "Replaces what users defined",
                            "Removes what users defined"};
constexpr Words relation_words{"/api/v1/relations",
                               "/api/v1/relations/{name}",
                               "Relation types, with labels",
                               "One relation type",
                               "A new relation type",
                               "Replaces a relation type of users",
                               "Removes a relation type of users"};

template <DefinitionKind kind, class List, class With>
void add_routes(Routes& routes, const Words& words, const List& list, const With& with) {
  routes.push_back({"GET", words.all, Role::viewer, Access::read, words.what_all, {}, with(list)});
  routes.push_back({"GET", words.one, Role::viewer, Access::read, words.what_one, {}, with(show<kind>)});
  routes.push_back(
      {"POST", words.all, Role::admin, Access::write, words.what_add, {"dry_run"}, with(add<kind>)});
  routes.push_back(
      {"PUT", words.one, Role::admin, Access::write, words.what_put, {"dry_run"}, with(replace<kind>)});
  routes.push_back(
      {"DELETE", words.one, Role::admin, Access::write, words.what_remove, {"dry_run"}, with(remove<kind>)});
}

}  // namespace

Routes classes(const Services& services) {
  const auto with = [&services](auto handler) {
    return [&services, handler](Transaction& tx, const Request& request) {
      return handler(services, tx, request);
    };
  };
  Routes routes;
  add_routes<DefinitionKind::class_definition>(routes, class_words, list_classes, with);
  add_routes<DefinitionKind::relation>(routes, relation_words, list_relations, with);
  return routes;
}

}  // namespace censo::collector::api
