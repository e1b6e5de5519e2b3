// A JSON text as a flat tree, read with bounds on depth, nodes, keys, texts and memory. What the report is
// read from.
#pragma once

#include "base/result.h"
#include "inventory/report_codec.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace censo::inventory::codec {

// A value; the members of an object and the elements of an array follow it directly, each with all below it.
struct JsonNode {
  enum class Kind : std::uint8_t { object, array, text, integer, real, boolean, null };
  Kind kind = Kind::null;
  std::uint32_t offset = 0;  // of its first byte in the JSON text
  std::uint32_t size = 0;    // of an object or array
  std::uint32_t span = 1;    // nodes from here to the next sibling
  std::string_view key;      // of a member
  std::string_view text;
  union {
    std::int64_t integer = 0;
    double real;
    bool boolean;
  };

  // for (const auto* c = node.first_child(); c != node.end(); c = c->end())
  const JsonNode* first_child() const { return this + 1; }
  const JsonNode* end() const { return this + span; }
};

// Refers to the JSON text, which must outlive it.
struct JsonTree {
  std::vector<JsonNode> nodes;  // the first is the root
  std::vector<char> decoded;    // texts that had escapes

  // "/sections/0/name"; `node` is one of ours.
  std::string pointer_to(const JsonNode& node) const;
};

// "~" and "/" as RFC 6901 escapes them.
std::string pointer_token(std::string_view key);

// An Error as report_codec.h describes it; every reason but BODY_TOO_LARGE is Errc::malformed.
base::Error refusal(std::string_view reason, std::string message, const std::string& pointer,
                    std::size_t offset);

base::Result<JsonTree> read_json_tree(std::string_view json, const ReportLimits& limits);

}  // namespace censo::inventory::codec
