#include "agent/container_item.h"

#include "agent/attributes.h"

namespace censo::agent {

void add_container(const FoundContainer& container, SourceOutput& out) {
  auto& item = out.add("container");
  item.ref = "container:" + container.id;
  auto& attributes = item.attributes;
  set_text(attributes, "container_id", container.id);
  set_text(attributes, "host_name", container.name.empty() ? container.id.substr(0, 12) : container.name);
  set_text(attributes, "image", container.image);
  set_text(attributes, "image_id", container.image_id);
  set_text(attributes, "engine", container.engine);
  set_text(attributes, "power_state", container.state);
  // Engines write nanoseconds, and "no time" as the year 1.
  const auto created = base::parse_iso8601(container.created.substr(0, 19) + "Z");
  if (created && *created > 0) set_text(attributes, "created", base::to_iso8601(*created));
  attributes.set("ports", container.ports);
  attributes.set("ip_addresses", container.addresses);
}

void add_container_image(const std::string& engine, const std::string& name, const std::string& id,
                         SourceOutput& out) {
  auto& attributes = out.add("container_image").attributes;
  set_text(attributes, "engine", engine);
  set_text(attributes, "name", name);
  set_text(attributes, "image_id", id);
}

}  // namespace censo::agent
