// YAML: no tree is larger or deeper than its limits.
#include "base/yaml.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace {

using censo::base::YamlValue;

struct Extent {
  std::size_t nodes = 0;
  std::size_t depth = 0;
};

Extent extent_of(const YamlValue& value) {
  Extent extent{1, 0};
  const auto add = [&extent](const YamlValue& child) {
    const Extent below = extent_of(child);
    extent.nodes += below.nodes;
    extent.depth = std::max(extent.depth, below.depth);
  };
  for (const auto& child : value.sequence) add(child);
  for (const auto& member : value.mapping) add(member.value);
  const bool container = value.kind == YamlValue::Kind::sequence || value.kind == YamlValue::Kind::mapping;
  if (container) ++extent.depth;
  return extent;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const censo::base::YamlLimits limits;
  const auto tree =
      censo::base::parse_yaml({reinterpret_cast<const char*>(bytes), size}, "fuzz.yaml", limits);
  if (!tree) {
    if (tree.error().message.empty() || !tree.error().where.starts_with("fuzz.yaml:")) std::abort();
    return 0;
  }
  const Extent extent = extent_of(*tree);
  if (extent.nodes > limits.max_nodes || extent.depth > limits.max_depth) std::abort();
  return 0;
}
