#include "base/yaml.h"

#include "base/text.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <sstream>
#include <unordered_set>
#include <utility>

namespace censo::base {
namespace {

// Leaves yaml-cpp's parser, which knows no other way to be stopped; caught in parse_yaml.
struct Refusal {
  Errc code;
  std::string message;
  int line;
};

[[noreturn]] void refuse(const YAML::Mark& mark, std::string message, Errc code = Errc::malformed) {
  throw Refusal{code, std::move(message), mark.line + 1};
}

// Takes the parser's events and refuses before anything is unfolded.
class TreeBuilder final : public YAML::EventHandler {
 public:
  explicit TreeBuilder(const YamlLimits& limits) : limits_(limits) {}
  YamlValue take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) refuse(mark, "expected one document, found a second");
  }
  void OnDocumentEnd() override {}
  void OnAnchor(const YAML::Mark& mark, const std::string& name) override {
    refuse(mark, "anchors are not allowed, found &" + sanitize_utf8(name, 64));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { refuse(mark, "aliases are not allowed"); }

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    admit(mark, "?", anchor);
    if (key_is_next()) refuse(mark, "expected a key, found none");
    YamlValue missing;
    if (!open_.empty() && open_.back().has_key) missing.line = open_.back().value.mapping.back().value.line;
    add(mark, std::move(missing));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    admit(mark, tag, anchor);
    if (text.find('\0') != std::string::npos) refuse(mark, "NUL is not allowed in a text");
    const bool quoted = tag == "!";
    if (key_is_next()) return take_key(mark, text, quoted);
    YamlValue value;
    value.kind = YamlValue::Kind::scalar;
    value.scalar = text;
    value.quoted = quoted;
    add(mark, std::move(value));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, YamlValue::Kind::sequence);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, YamlValue::Kind::mapping);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override { close(); }

 private:
  // A sequence or mapping that is not closed yet.
  struct Open {
    YAML::Mark mark;
    YamlValue value;
    std::unordered_set<std::string> keys;
    bool has_key = false;  // the last member of the mapping waits for its value
  };

  void admit(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (anchor != 0) refuse(mark, "anchors are not allowed");
    if (!tag.empty() && tag != "?" && tag != "!") {
      refuse(mark, "tags are not allowed, found " + sanitize_utf8(tag, 64));
    }
    if (++nodes_ > limits_.max_nodes) {
      refuse(mark, "more than " + std::to_string(limits_.max_nodes) + " nodes", Errc::limit_exceeded);
    }
  }

  bool key_is_next() const {
    return !open_.empty() && open_.back().value.kind == YamlValue::Kind::mapping && !open_.back().has_key;
  }

  void take_key(const YAML::Mark& mark, const std::string& key, bool quoted) {
    if (key == "<<" && !quoted) refuse(mark, "merge keys are not allowed");
    Open& map = open_.back();
    if (!map.keys.insert(key).second)
      refuse(mark, "the key \"" + sanitize_utf8(key, 64) + "\" stands here twice");
    map.value.mapping.push_back({key, {}});
    map.value.mapping.back().value.line = mark.line + 1;
    map.has_key = true;
  }

  void add(const YAML::Mark& mark, YamlValue value) {
    if (value.line == 0) value.line = mark.line + 1;  // a missing value stands on its key's line
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (open_.back().value.kind == YamlValue::Kind::sequence) {
      open_.back().value.sequence.push_back(std::move(value));
    } else {
      open_.back().value.mapping.back().value = std::move(value);
      open_.back().has_key = false;
    }
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YamlValue::Kind kind) {
    admit(mark, tag, anchor);
    if (key_is_next()) refuse(mark, "expected a text as key, found a sequence or mapping");
    if (open_.size() == limits_.max_depth) {
      refuse(mark, "deeper than " + std::to_string(limits_.max_depth) + " levels", Errc::limit_exceeded);
    }
    Open& opened = open_.emplace_back();
    opened.mark = mark;
    opened.value.kind = kind;
  }

  void close() {
    Open closed = std::move(open_.back());
    open_.pop_back();
    add(closed.mark, std::move(closed.value));
  }

  const YamlLimits& limits_;
  std::size_t documents_ = 0;
  std::size_t nodes_ = 0;
  std::vector<Open> open_;
  YamlValue root_;
};

}  // namespace

const YamlValue* YamlValue::find(std::string_view key) const {
  for (const auto& [name, value] : mapping) {
    if (name == key) return &value;
  }
  return nullptr;
}

Result<YamlValue> parse_yaml(std::string_view text, std::string_view file_name, const YamlLimits& limits) {
  const auto refused = [file_name](Errc code, std::string message, int line) {
    return fail(code, std::move(message), std::string(file_name) + ":" + std::to_string(line));
  };
  if (text.size() > limits.max_bytes) {
    return refused(Errc::limit_exceeded, "more than " + std::to_string(limits.max_bytes) + " bytes", 1);
  }
  if (!is_valid_utf8(text)) return refused(Errc::malformed, "expected UTF-8", 1);
  if (text.find('\0') != std::string_view::npos)
    return refused(Errc::malformed, "expected text, found NUL", 1);
  TreeBuilder builder(limits);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const Refusal& refusal) {
    return refused(refusal.code, refusal.message, refusal.line);
  } catch (const YAML::Exception& error) {
    return refused(Errc::malformed, "expected YAML: " + error.msg, error.mark.line + 1);
  }
  return builder.take();
}

}  // namespace censo::base
