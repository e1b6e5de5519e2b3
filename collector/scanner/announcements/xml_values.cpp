#include "collector/scanner/announcements/xml_values.h"

#include <libxml/parser.h>
#include <libxml/tree.h>

#include <algorithm>
#include <memory>

namespace censo::scanner {
namespace {

constexpr std::size_t longest = 64 * 1024, longest_value = 1024, most_values = 64;

std::string_view view(const xmlChar* text) {
  return text ? std::string_view(reinterpret_cast<const char*>(text)) : std::string_view();
}

std::string text_in(const xmlNode* element) {
  std::string text;
  for (const auto* node = element->children; node && text.size() < longest_value; node = node->next)
    if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE) text += view(node->content);
  text.resize(std::min(text.size(), longest_value));
  return text;
}

void say_nothing(void*, const char*, ...) {}

// The next one in the order of the document.
const xmlNode* after(const xmlNode* node) {
  if (node->type == XML_ELEMENT_NODE && node->children) return node->children;
  while (node && !node->next) node = node->parent;
  return node ? node->next : nullptr;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> xml_values(std::string_view xml,
                                                            std::initializer_list<std::string_view> names) {
  std::vector<std::pair<std::string, std::string>> values;
  if (xml.size() > longest) return values;
  xmlSetGenericErrorFunc(nullptr, say_nothing);  // of this thread; some faults go to stderr otherwise
  constexpr int options = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_RECOVER;
  const std::unique_ptr<xmlDoc, void (*)(xmlDoc*)> document(
      xmlReadMemory(xml.data(), static_cast<int>(xml.size()), "", nullptr, options), xmlFreeDoc);
  const xmlNode* root = document ? xmlDocGetRootElement(document.get()) : nullptr;
  for (const auto* node = root; node && values.size() < most_values; node = after(node)) {
    if (node->type != XML_ELEMENT_NODE) continue;
    const auto name = view(node->name);
    if (std::find(names.begin(), names.end(), name) != names.end())
      values.emplace_back(std::string(name), text_in(node));
  }
  return values;
}

}  // namespace censo::scanner
