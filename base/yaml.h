// YAML as our files may use it: plain trees. Anchors, aliases, tags and merge keys are refused, since a
// 400-byte alias bomb unfolds to millions of nodes.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace censo::base {

struct YamlLimits {
  std::size_t max_bytes = 256 * 1024;
  std::size_t max_nodes = 10'000;
  std::size_t max_depth = 32;
};

struct YamlMember;

// A node of the tree; owns everything below it.
struct YamlValue {
  enum class Kind { null, scalar, sequence, mapping };
  Kind kind = Kind::null;
  std::string scalar;
  bool quoted = false;  // a quoted scalar is always text
  std::vector<YamlValue> sequence;
  std::vector<YamlMember> mapping;  // in file order, keys unique
  int line = 0;                     // 1-based

  // The member of a mapping, or nullptr.
  const YamlValue* find(std::string_view key) const;
};

struct YamlMember {
  std::string key;
  YamlValue value;
};

// At most one document; none gives a null. UTF-8 only; keys are scalars and unique. Error::where is
// "file:line". Errc::malformed, Errc::limit_exceeded.
Result<YamlValue> parse_yaml(std::string_view text, std::string_view file_name,
                             const YamlLimits& limits = {});

}  // namespace censo::base
