// Class, relationship and stage files from outside: whatever the bytes are, loading ends with a catalogue or
// an error, as a first definition and as what users add to others.
#include "cmdb/attribute_value.h"
#include "cmdb/class_tables.h"
#include "cmdb/user_schema.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

namespace {

using censo::base::EmbeddedFile;

constexpr std::string_view thing =
    "class: thing\nabstract: true\nlabel: {en: Thing, es: Cosa}\nidentity: [{rule: s, attributes: "
    "[serial]}]\n"
    "attributes:\n  serial: {type: string, label: {en: S, es: S}}\n";

void look(const std::vector<EmbeddedFile>& built_in, const std::vector<EmbeddedFile>& added,
          std::size_t classes) {
  const auto loaded = censo::cmdb::load_tables(built_in, added);
  if (!loaded && (loaded.error().message.empty() || loaded.error().where.empty())) std::abort();
  if (!loaded) return;
  if ((*loaded)->classes.size() != classes) std::abort();
  for (const auto& [name, definition] : (*loaded)->classes)
    for (const auto& attribute : definition.attributes)
      censo::cmdb::fault_of(attribute, std::string(name) + "-17");
}

}  // namespace

// The line "---" parts a class file from a relationship file, and that from a stage's.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(bytes), size);
  std::vector<std::string_view> parts;
  for (auto at = rest.find("---\n"); at != rest.npos && parts.size() < 2; at = rest.find("---\n")) {
    parts.push_back(rest.substr(0, at));
    rest.remove_prefix(at + 4);
  }
  parts.push_back(rest);
  std::vector<EmbeddedFile> files{{"classes/box.yaml", parts[0]}};
  if (parts.size() > 1) files.push_back({"relationships/holds.yaml", parts[1]});
  std::vector<EmbeddedFile> with_stage = files;
  if (parts.size() > 2) with_stage.push_back({"lifecycle/stock.yaml", parts[2]});
  look(with_stage, {}, 1);
  look({{"classes/thing.yaml", thing}}, files, 2);
  look({{"classes/thing.yaml", thing}}, {{"classes/thing.yaml", parts[0]}}, 1);
  const auto name = censo::cmdb::defined_name(censo::cmdb::DefinitionKind::class_definition, parts[0]);
  if (name && name->empty()) std::abort();
  return 0;
}
