#include "cmdb/item_text_walk.h"

#include "inventory/report_codec.h"

#include <algorithm>
#include <array>

namespace censo::cmdb {
namespace {

// What attachment.cpp, derived_section.cpp, evidence.cpp and flows.cpp look into.
constexpr std::array<std::string_view, 11> looked_into{
    "connection",       "discovered_neighbour", "disk",
    "forwarding_entry", "ip_interface",         "lldp_neighbour",
    "listening_socket", "network_interface",    "physical_entity",
    "routing_peer",     "user_session"};

// False also when it takes more than a look.
bool surely_fits(const AttributeDefinition& definition, std::string_view json, ExactTimes& times) {
  const bool unbounded =
      !definition.max_length && definition.pattern.empty() && !definition.min && !definition.max;
  const char first = json.front();
  switch (definition.type) {
    case AttributeType::string: return unbounded && first == '"';
    case AttributeType::integer:
      return unbounded && first != '"' && first != '[' && first != 't' && first != 'f';
    case AttributeType::boolean: return first == 't' || first == 'f';
    case AttributeType::list: return unbounded && first == '[';
    case AttributeType::date: return times.time_of(json).has_value();
    case AttributeType::enumeration:
      return first == '"' &&
             std::ranges::find(definition.values, json.substr(1, json.size() - 2)) != definition.values.end();
    case AttributeType::decimal:
    case AttributeType::reference: return false;
  }
  return false;
}

}  // namespace

bool stays_text(const ClassCatalog& catalog, std::string_view class_name) {
  const ClassDefinition* definition = catalog.find_class(class_name);
  return definition && definition->kind == ClassKind::component && !definition->abstract &&
         std::ranges::find(looked_into, class_name) == looked_into.end();
}

void ItemTextWalk::go_to(const inventory::ItemText& item) {
  if (!definition_ || definition_->name != item.class_name) {
    definition_ = catalog_.find_class(item.class_name);
    definitions_.clear();
  }
  inventory::attributes_of(item, attributes_);
  if (definitions_.size() < attributes_.size()) definitions_.resize(attributes_.size());
}

const AttributeDefinition* ItemTextWalk::definition(std::size_t place) {
  const std::string_view name = attributes_[place].name;
  const AttributeDefinition*& known = definitions_[place];
  if (!known || known->name != name) known = definition_->find_attribute(name);
  return known;
}

base::Result<void> check_text(const ClassCatalog& catalog, ItemTextWalk& walk,
                              const inventory::ItemText& item) {
  walk.go_to(item);
  const ClassDefinition* definition = walk.definition();
  if (!definition || definition->abstract) {
    return base::fail(base::Errc::malformed, "there is no class \"" + std::string(item.class_name) + "\"",
                      "/class");
  }
  for (std::size_t place = 0; place < walk.size(); ++place) {
    const AttributeDefinition* attribute = walk.definition(place);
    if (!attribute || !surely_fits(*attribute, walk.attribute(place).value, walk.times()))
      return catalog.check(*definition, inventory::item_of(item).attributes);
  }
  return {};
}

}  // namespace censo::cmdb
