#include "inventory/codec/json_tree.h"

#include "base/text.h"

#include <boost/json/basic_parser_impl.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

namespace censo::inventory::codec {
namespace {

namespace json = boost::json;
using Kind = JsonNode::Kind;

// Takes the parser's events. The first fault stays and stops the parser.
class TreeBuilder {
 public:
  static constexpr std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_object_size = max_array_size;
  static constexpr std::size_t max_string_size = max_array_size;
  static constexpr std::size_t max_key_size = max_array_size;

  TreeBuilder(std::string_view text, const ReportLimits& limits) : json_(text), limits_(limits) {
    tree_.nodes.reserve(std::min(text.size() / 16 + 8, limits.max_nodes));
  }

  JsonTree take() { return std::move(tree_); }
  const std::optional<base::Error>& fault() const { return fault_; }

  // Where the next value will stand: "/sections/0/name".
  std::string pointer() const {
    std::string result;
    for (std::size_t i = 0; i < levels_.size(); ++i) {
      const JsonNode& around = tree_.nodes[levels_[i].node];
      const std::size_t index = i + 1 == levels_.size() ? around.size : around.size - 1;
      const bool object = around.kind == Kind::object;
      if (object && keys_[i].empty() && levels_[i].key.empty()) break;  // before its first name
      result += '/' + (object ? pointer_token(levels_[i].key) : std::to_string(index));
    }
    return result;
  }

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }
  bool on_object_begin(json::error_code& ec) { return open(Kind::object, ec); }
  bool on_object_end(std::size_t, json::error_code&) { return close(); }
  bool on_array_begin(json::error_code& ec) { return open(Kind::array, ec); }
  bool on_array_end(std::size_t, json::error_code&) { return close(); }

  bool on_key_part(json::string_view part, std::size_t, json::error_code&) { return keep_part(part); }
  bool on_key(json::string_view part, std::size_t size, json::error_code& ec) {
    const std::size_t offset = next_token();
    const std::string_view key = whole_text(part);
    Level& level = levels_.back();
    level.key = key;
    if (size > limits_.max_name_bytes) {
      level.key = key.substr(0, 32);
      refuse("FIELD_TOO_LONG",
             "expected a name of at most " + std::to_string(limits_.max_name_bytes) + " bytes", offset);
    }
    check_controls(key, offset);
    auto& keys = keys_[levels_.size() - 1];
    const auto place = std::lower_bound(keys.begin(), keys.end(), key);
    if (place != keys.end() && *place == key) {
      refuse("DUPLICATE_KEY", "expected each name once in an object", offset);
    }
    if (keys.size() == limits_.max_keys_per_object) {
      const auto most = std::to_string(limits_.max_keys_per_object);
      refuse("TOO_MANY", "expected at most " + most + " names in an object", offset);
    }
    keys.insert(place, key);
    return go_on(ec);
  }

  bool on_string_part(json::string_view part, std::size_t, json::error_code&) { return keep_part(part); }
  bool on_string(json::string_view part, std::size_t size, json::error_code& ec) {
    const std::size_t offset = next_token();
    const std::string_view text = whole_text(part);
    if (size > limits_.max_text_bytes) {
      refuse("FIELD_TOO_LONG",
             "expected a text of at most " + std::to_string(limits_.max_text_bytes) + " bytes", offset);
    }
    check_controls(text, offset);
    charge(size + sizeof(std::string), offset);
    add(Kind::text, offset).text = text;
    return go_on(ec);
  }

  bool on_number_part(json::string_view, json::error_code&) { return true; }
  bool on_int64(std::int64_t number, json::string_view, json::error_code& ec) {
    const std::size_t offset = next_token();
    cursor_ = offset + number_at(offset).size();
    add(Kind::integer, offset).integer = number;
    return go_on(ec);
  }
  bool on_uint64(std::uint64_t, json::string_view, json::error_code& ec) {
    refuse("BAD_VALUE", "expected an integer of 64 bits with sign", next_token());
    return go_on(ec);
  }
  bool on_double(double, json::string_view, json::error_code& ec) {
    const std::size_t offset = next_token();
    const std::string_view digits = number_at(offset);
    cursor_ = offset + digits.size();
    double number = 0;  // read again: the parser's own conversion may be off by one bit
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (digits.find_first_of(".eE") == std::string_view::npos) {
      refuse("BAD_VALUE", "expected an integer of 64 bits with sign", offset);
    } else if (read.ec != std::errc{} || !std::isfinite(number)) {
      refuse("NOT_FINITE", "expected a number that 64 bits hold", offset);
    }
    add(Kind::real, offset).real = number;
    return go_on(ec);
  }
  bool on_bool(bool value, json::error_code& ec) {
    const std::size_t offset = next_token();
    cursor_ = offset + (value ? 4 : 5);
    add(Kind::boolean, offset).boolean = value;
    return go_on(ec);
  }
  bool on_null(json::error_code& ec) {
    const std::size_t offset = next_token();
    cursor_ = offset + 4;
    add(Kind::null, offset);
    return go_on(ec);
  }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

  void refuse(std::string_view reason, std::string message, std::size_t offset) {
    if (!fault_) fault_ = refusal(reason, std::move(message), pointer(), offset);
  }

 private:
  // An object or array that is not closed yet.
  struct Level {
    std::size_t node;
    std::string_view key;  // the last one
  };

  bool go_on(json::error_code& ec) const {
    if (fault_) ec = json::error::exception;
    return !fault_;
  }

  // The parser does not tell positions: this follows it from token to token.
  std::size_t next_token() {
    while (cursor_ < json_.size() &&
           std::string_view(" \t\r\n,:").find(json_[cursor_]) != std::string_view::npos) {
      ++cursor_;
    }
    return cursor_;
  }

  std::string_view number_at(std::size_t offset) const {
    const auto end = json_.find_first_not_of("+-.0123456789eE", offset);
    return json_.substr(offset, end - offset);
  }

  bool keep_part(json::string_view part) {
    if (tree_.decoded.capacity() == 0)
      tree_.decoded.reserve(json_.size());  // never moves: decoding only shortens
    tree_.decoded.insert(tree_.decoded.end(), part.begin(), part.end());
    return true;
  }

  // The text that ends with `part`, as a view of the JSON text or of `decoded`; the cursor goes behind it.
  std::string_view whole_text(json::string_view part) {
    const std::size_t first = cursor_ + 1;
    if (tree_.decoded.size() == decoded_used_ && part.data() == json_.data() + first) {
      cursor_ = first + part.size() + 1;
      return {part.data(), part.size()};
    }
    keep_part(part);
    std::size_t end = json_.find('"', first);
    while (is_escaped(end, first)) end = json_.find('"', end + 1);
    cursor_ = end + 1;
    const std::string_view text(tree_.decoded.data() + decoded_used_, tree_.decoded.size() - decoded_used_);
    decoded_used_ = tree_.decoded.size();
    has_escapes_ = true;
    return text;
  }

  bool is_escaped(std::size_t place, std::size_t first) const {
    std::size_t slashes = 0;
    while (place - slashes > first && json_[place - slashes - 1] == '\\') ++slashes;
    return slashes % 2 == 1;
  }

  // Only an escape can bring a control: the parser refuses bare ones.
  void check_controls(std::string_view text, std::size_t offset) {
    if (!std::exchange(has_escapes_, false)) return;
    const auto control = std::find_if(text.begin(), text.end(), [](char c) {
      return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n';
    });
    if (control == text.end()) return;
    if (*control == '\0') return refuse("NUL_IN_STRING", "expected a text without NUL", offset);
    refuse("CONTROL_IN_STRING", "expected a text without controls other than tab and newline", offset);
  }

  // Counts what the tree and the report made from it will take.
  void charge(std::size_t bytes, std::size_t offset) {
    memory_ += bytes;
    if (memory_ <= limits_.max_parse_bytes) return;
    refuse("TOO_MANY",
           "expected what fits into " + std::to_string(limits_.max_parse_bytes) + " bytes of memory", offset);
  }

  JsonNode& add(Kind kind, std::size_t offset) {
    if (tree_.nodes.size() == limits_.max_nodes) {
      refuse("TOO_MANY", "expected at most " + std::to_string(limits_.max_nodes) + " values", offset);
    }
    const bool member = !levels_.empty() && tree_.nodes[levels_.back().node].kind == Kind::object;
    charge(sizeof(JsonNode) + (kind == Kind::object ? sizeof(Item) : member ? sizeof(Attribute) : 0), offset);
    if (!levels_.empty()) ++tree_.nodes[levels_.back().node].size;
    JsonNode& node = tree_.nodes.emplace_back();
    node.kind = kind;
    node.offset = static_cast<std::uint32_t>(offset);
    if (member) node.key = levels_.back().key;
    return node;
  }

  bool open(Kind kind, json::error_code& ec) {
    const std::size_t offset = next_token();
    cursor_ = offset + 1;
    if (levels_.size() == limits_.max_depth) {
      refuse("TOO_DEEP", "expected at most " + std::to_string(limits_.max_depth) + " levels", offset);
    }
    if (!fault_) add(kind, offset);
    if (fault_) return go_on(ec);
    levels_.push_back({tree_.nodes.size() - 1, {}});
    if (keys_.size() < levels_.size()) keys_.emplace_back();
    keys_[levels_.size() - 1].clear();
    return go_on(ec);
  }

  bool close() {
    cursor_ = next_token() + 1;
    JsonNode& node = tree_.nodes[levels_.back().node];
    node.span = static_cast<std::uint32_t>(tree_.nodes.size() - levels_.back().node);
    levels_.pop_back();
    return true;
  }

  std::string_view json_;
  const ReportLimits& limits_;
  JsonTree tree_;
  std::vector<Level> levels_;
  std::vector<std::vector<std::string_view>> keys_;  // sorted, of each level; kept for the next object
  std::size_t cursor_ = 0;                           // behind the last token
  std::size_t decoded_used_ = 0;
  bool has_escapes_ = false;
  std::size_t memory_ = 0;
  std::optional<base::Error> fault_;
};

// "...\\ud83d", which only a trailing surrogate may follow.
bool ends_with_leading_surrogate(std::string_view text) {
  constexpr std::size_t escape_size = 6;
  if (text.ends_with('\\')) text.remove_suffix(1);  // of the escape that stands there instead
  if (text.size() < escape_size) return false;
  const std::string escape = base::to_lower(text.substr(text.size() - escape_size));
  return escape >= "\\ud800" && escape <= "\\udbff";
}

// What Boost.JSON refused after `consumed` bytes.
void refuse_syntax(TreeBuilder& builder, std::string_view text, std::size_t consumed,
                   const json::error_code& ec) {
  const std::size_t valid = base::valid_utf8_bytes(text);
  if (valid <= consumed && valid < text.size()) return builder.refuse("BAD_UTF8", "expected UTF-8", valid);
  if (ec == json::error::illegal_leading_surrogate || ec == json::error::illegal_trailing_surrogate ||
      ec == json::error::expected_utf16_escape || ends_with_leading_surrogate(text.substr(0, consumed))) {
    return builder.refuse("BAD_UTF8", "expected surrogates in pairs", consumed);
  }
  if (ec == json::error::exponent_overflow) {
    return builder.refuse("NOT_FINITE", "expected a number that 64 bits hold", consumed);
  }
  builder.refuse("JSON_SYNTAX", "expected JSON: " + ec.message(), consumed);
}

}  // namespace

std::string pointer_token(std::string_view key) {
  std::string token;
  for (const char c : key) {
    if (c == '~')
      token += "~0";
    else if (c == '/')
      token += "~1";
    else
      token += c;
  }
  return base::sanitize_utf8(token, 256);
}

std::string JsonTree::pointer_to(const JsonNode& node) const {
  std::string pointer;
  const JsonNode* around = nodes.data();
  while (around != &node) {
    std::size_t index = 0;
    const JsonNode* child = around->first_child();
    for (; child->end() <= &node; child = child->end()) ++index;
    pointer +=
        '/' + (around->kind == JsonNode::Kind::object ? pointer_token(child->key) : std::to_string(index));
    around = child;
  }
  return pointer;
}

base::Error refusal(std::string_view reason, std::string message, const std::string& pointer,
                    std::size_t offset) {
  const auto code = reason == "BODY_TOO_LARGE" ? base::Errc::limit_exceeded : base::Errc::malformed;
  std::string where = (pointer.empty() ? "" : pointer + ", ") + "byte " + std::to_string(offset);
  return base::fail(code, std::move(message), std::move(where), std::string(reason));
}

base::Result<JsonTree> read_json_tree(std::string_view text, const ReportLimits& limits) {
  if (text.size() > limits.max_bytes) {
    return refusal("BODY_TOO_LARGE",
                   "expected at most " + std::to_string(limits.max_bytes) + " bytes, found " +
                       std::to_string(text.size()),
                   "", limits.max_bytes);
  }
  json::parse_options options;
  options.max_depth = limits.max_depth + 1;  // ours speaks first
  json::basic_parser<TreeBuilder> parser(options, text, limits);
  json::error_code ec;
  const std::size_t consumed = parser.write_some(false, text.data(), text.size(), ec);
  TreeBuilder& builder = parser.handler();
  if (!ec && consumed < text.size()) ec = json::error::extra_data;
  if (ec && !builder.fault()) refuse_syntax(builder, text, consumed, ec);
  if (builder.fault()) return *builder.fault();
  return builder.take();
}

}  // namespace censo::inventory::codec
