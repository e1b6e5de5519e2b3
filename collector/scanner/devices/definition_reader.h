// The pieces of a definition's file. One fault ends a file: the first is kept, what is read after it is
// empty.
#pragma once

#include "base/yaml.h"
#include "collector/scanner/device_definition.h"

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace censo::scanner {

class DefinitionReader {
 public:
  explicit DefinitionReader(std::string path) : path_(std::move(path)) {}

  void refuse(const base::YamlValue& at, std::string message);
  const std::optional<base::Error>& fault() const { return fault_; }

  // False, and a fault, for a node that is no mapping or has other keys.
  bool known_keys(const base::YamlValue& node, std::initializer_list<std::string_view> keys);
  bool required(const base::YamlValue& node, std::string_view key);
  // The members of a list; a node that is no list, by itself.
  std::vector<const base::YamlValue*> one_or_list(const base::YamlValue& node);
  Oid oid(const base::YamlValue& node);
  // "$enterprise.1.2.0", "$object.1.0", or numbers.
  PlacedOid placed_oid(const base::YamlValue& node, std::string_view text);
  std::optional<Pattern> pattern(const base::YamlValue& node);
  ValueSource source(const base::YamlValue& node);
  // All rows of a column, or those that another one chooses.
  ValueSource column(const base::YamlValue& node, const base::YamlValue* where);

 private:
  void scalar_source(const base::YamlValue& node, std::string_view text, ValueSource& source);
  void mapped_source(const base::YamlValue& node, ValueSource& source);
  void read_where(const base::YamlValue& node, ValueSource& source);
  void entity(const base::YamlValue& node, ValueSource& source);
  void words(const base::YamlValue& node, ValueSource& source);
  std::optional<Pattern> compiled(const base::YamlValue& node, std::string_view text);

  std::string path_;
  std::optional<base::Error> fault_;
};

}  // namespace censo::scanner
