// Strict reading of the YAML files below schemas/: every key is known, every value is of its type, every
// label is there in both languages. One fault ends a file: the first is kept, what is read after it is empty.
#pragma once

#include "base/embedded.h"
#include "base/result.h"
#include "base/yaml.h"
#include "cmdb/class_catalog.h"

#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace censo::cmdb {

// Names of classes, attributes, states: lower-case letters, digits and "_", a letter first, at most 64.
bool is_schema_name(std::string_view text);

// One file, and the first fault found in it.
class SchemaFile {
 public:
  SchemaFile(std::string_view path, std::string_view content);

  const base::YamlValue& root() const { return root_; }
  // Errc::malformed at this node's line, unless a fault is already known.
  void refuse(const base::YamlValue& at, std::string message);
  // At the line of this member of the root, or of the root where it has none such.
  void refuse(std::string_view key, std::string message);
  const std::optional<base::Error>& fault() const { return fault_; }
  // "classes/server.yaml" -> "server".
  std::string stem() const;

 private:
  std::string path_;
  base::YamlValue root_;
  std::optional<base::Error> fault_;
};

// What `read` makes of the file of this path, a function of a SchemaFile. Errc::malformed with file and line;
// Errc::not_found: it is not among them.
template <class Read>
auto read_schema_file(std::span<const base::EmbeddedFile> files, std::string_view path, const Read& read)
    -> base::Result<decltype(read(std::declval<SchemaFile&>()))> {
  for (const auto& one : files) {
    if (one.path != path) continue;
    SchemaFile file(one.path, one.content);
    auto made = read(file);
    if (file.fault()) return *file.fault();
    return made;
  }
  return base::fail(base::Errc::not_found, "no file " + std::string(path));
}

// One mapping of a file. Refers to the file and the node, which outlive it.
class SchemaMapping {
 public:
  // Refuses a node that is no mapping, and keys other than these.
  SchemaMapping(SchemaFile& file, const base::YamlValue& node,
                std::initializer_list<std::string_view> known_keys);

  bool has(std::string_view key) const { return node_.find(key) != nullptr; }
  bool is_sequence(std::string_view key) const;
  // Required, not empty.
  std::string text(std::string_view key);
  std::string name(std::string_view key);
  base::TimeMs length(std::string_view key);  // "30m", "5d"; not "forever"
  // `min` where it is refused.
  std::int64_t count(std::string_view key, std::int64_t min, std::int64_t max);
  Label label(std::string_view key);
  // "" and {} when absent.
  std::string optional_text(std::string_view key);
  std::string optional_name(std::string_view key);
  bool flag(std::string_view key);
  std::vector<std::string> optional_names(std::string_view key);  // each once
  std::vector<std::string> optional_texts(std::string_view key);  // none empty
  std::vector<const base::YamlValue*> optional_sequence(std::string_view key);
  // Name and value of each member; the names are checked.
  std::vector<std::pair<std::string, const base::YamlValue*>> optional_members(std::string_view key);
  // One of `words`; its place in the list. Absent: `otherwise`, or a fault when there is none.
  std::size_t choice(std::string_view key, std::span<const std::string_view> words,
                     std::optional<std::size_t> otherwise = {});

  void refuse(std::string message) { file_.refuse(node_, std::move(message)); }
  void refuse(std::string_view key, std::string message);

 private:
  const base::YamlValue* required(std::string_view key);
  std::string scalar(std::string_view key, const base::YamlValue* value);

  SchemaFile& file_;
  const base::YamlValue& node_;
};

}  // namespace censo::cmdb
