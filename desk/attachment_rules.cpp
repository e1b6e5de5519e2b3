#include "desk/attachment_rules.h"

#include "base/text.h"
#include "cmdb/schema_file.h"

#include <algorithm>
#include <array>
#include <set>

namespace censo::desk {
namespace {

using cmdb::SchemaFile;
using cmdb::SchemaMapping;

constexpr std::size_t longest_name = 200, longest_ending = 10;

bool is_media_type(std::string_view text) {
  const auto parts = base::split(text, '/');
  constexpr std::string_view taken = "abcdefghijklmnopqrstuvwxyz0123456789.+-";
  return parts.size() == 2 && !parts[0].empty() && !parts[1].empty() &&
         parts[0].find_first_not_of(taken) == std::string_view::npos &&
         parts[1].find_first_not_of(taken) == std::string_view::npos;
}

bool is_ending(std::string_view text) {
  constexpr std::string_view taken = "abcdefghijklmnopqrstuvwxyz0123456789";
  return !text.empty() && text.size() <= longest_ending &&
         text.find_first_not_of(taken) == std::string_view::npos;
}

AttachmentType read_type(SchemaFile& file, const base::YamlValue& node, std::set<std::string>& known) {
  SchemaMapping mapping(file, node, {"type", "endings", "also"});
  AttachmentType type{mapping.text("type"), mapping.optional_texts("endings"),
                      mapping.optional_texts("also")};
  if (type.endings.empty()) mapping.refuse("endings", "expected at least one");
  for (const auto& ending : type.endings)
    if (!is_ending(ending)) mapping.refuse("endings", "expected 1 to 10 small letters and digits");
  auto names = type.also;
  names.push_back(type.type);
  for (const auto& name : names) {
    if (!is_media_type(name)) mapping.refuse("expected a media type, found \"" + name + "\"");
    if (!known.insert(name).second) mapping.refuse("\"" + name + "\" stands twice");
  }
  return type;
}

AttachmentRules read_rules(SchemaFile& file) {
  SchemaMapping mapping(file, file.root(), {"limits", "types"});
  AttachmentRules rules;
  const base::YamlValue nothing;
  const auto* node = file.root().find("limits");
  SchemaMapping limits(file, node ? *node : nothing, {"bytes", "count", "bytes_of_a_ticket"});
  rules.bytes = limits.count("bytes", 1, 64 * 1024 * 1024);
  rules.count = limits.count("count", 1, 1'000);
  rules.bytes_of_a_ticket = limits.count("bytes_of_a_ticket", 1, 1024 * 1024 * 1024);
  std::set<std::string> known;
  for (const auto* type : mapping.optional_sequence("types"))
    rules.types.push_back(read_type(file, *type, known));
  if (rules.types.empty()) mapping.refuse("types", "expected at least one");
  return rules;
}

// LRM, RLM, ALM; embeddings, overrides and isolates; line and paragraph separators: "exe.txt" may look like
// "txt.exe".
bool is_unseen(std::string_view character) {
  constexpr std::array<std::string_view, 15> unseen{"\u200E", "\u200F", "\u061C", "\u202A", "\u202B",
                                                    "\u202C", "\u202D", "\u202E", "\u2066", "\u2067",
                                                    "\u2068", "\u2069", "\u2028", "\u2029", "\uFEFF"};
  return std::ranges::find(unseen, character) != unseen.end();
}

std::size_t bytes_of_character(char first) {
  const auto byte = static_cast<unsigned char>(first);
  return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

std::string neutralised(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto character = text.substr(at, bytes_of_character(text[at]));
    at += character.size();
    constexpr std::string_view not_in_names = "\"<>:|?*\t\n\r%&;`$";
    if (is_unseen(character)) continue;
    if (not_in_names.find(character) != std::string_view::npos)
      out += '_';
    else
      out += character;
  }
  return out;
}

}  // namespace

base::Result<AttachmentRules> AttachmentRules::load(std::span<const base::EmbeddedFile> files) {
  return cmdb::read_schema_file(files, "attachments.yaml", read_rules);
}

const AttachmentType* AttachmentRules::find(std::string_view media_type) const {
  const auto found = std::ranges::find_if(types, [&](const AttachmentType& one) {
    return one.type == media_type || std::ranges::find(one.also, media_type) != one.also.end();
  });
  return found == types.end() ? nullptr : &*found;
}

std::string attachment_name(std::string_view given, const AttachmentType& type) {
  if (const auto folder = given.find_last_of("/\\"); folder != std::string_view::npos)
    given.remove_prefix(folder + 1);
  auto name = neutralised(base::sanitize_utf8(given, longest_name - longest_ending - 1));
  const auto first = name.find_first_not_of(" .");
  const auto last = name.find_last_not_of(" .");
  name = first == std::string::npos ? "attachment" : name.substr(first, last + 1 - first);
  const auto dot = name.rfind('.');
  const auto ending = dot == std::string::npos ? "" : base::to_lower(std::string_view(name).substr(dot + 1));
  if (std::ranges::find(type.endings, ending) == type.endings.end()) name += "." + type.endings.front();
  return name;
}

}  // namespace censo::desk
