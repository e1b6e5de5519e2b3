// A container and an image as items of a report, whichever engine runs them.
#pragma once

#include "agent/source.h"

#include <string>

namespace censo::agent {

struct FoundContainer {
  std::string id, name, image, image_id, engine;
  std::string state;    // "running", "paused", "stopped"
  std::string created;  // ISO 8601
  inventory::TextList ports, addresses;
};

void add_container(const FoundContainer& container, SourceOutput& out);
void add_container_image(const std::string& engine, const std::string& name, const std::string& id,
                         SourceOutput& out);

}  // namespace censo::agent
