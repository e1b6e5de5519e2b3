#include "collector/mail/html_text.h"

#include "base/text.h"

#include <libxml/HTMLparser.h>
#include <libxml/tree.h>

#include <algorithm>
#include <array>
#include <memory>

namespace censo::collector::mail {
namespace {

struct FreeDocument {
  void operator()(xmlDoc* document) const { xmlFreeDoc(document); }
};

template <std::size_t n>
bool is_one_of(const xmlNode* node, const std::array<std::string_view, n>& names) {
  const std::string_view name(reinterpret_cast<const char*>(node->name));
  return std::ranges::find(names, name) != names.end();
}

bool is_silent(const xmlNode* node) {
  static constexpr std::array<std::string_view, 7> names{"script", "style",  "head",    "title",
                                                         "object", "iframe", "noscript"};
  return is_one_of(node, names);
}

bool is_block(const xmlNode* node) {
  static constexpr std::array<std::string_view, 18> names{
      "p",  "div", "br", "tr", "li", "h1",  "h2",         "h3",    "h4",
      "h5", "h6",  "ul", "ol", "hr", "pre", "blockquote", "table", "section"};
  return is_one_of(node, names);
}

class Writer {
 public:
  explicit Writer(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  bool full() const { return out_.size() >= max_bytes_; }
  void text(std::string_view piece, bool as_it_is) {
    for (const char c : piece) {
      const bool space = c == ' ' || c == '\t' || c == '\n' || c == '\r';
      if (as_it_is ? c != '\r' : !space)
        out_ += c;
      else if (space && !out_.empty() && out_.back() != ' ' && out_.back() != '\n')
        out_ += ' ';
      if (full()) return;
    }
  }
  void line() {
    while (!out_.empty() && out_.back() == ' ') out_.pop_back();
    const bool two = out_.size() >= 2 && out_.ends_with("\n\n");
    if (!out_.empty() && !two) out_ += '\n';
  }
  std::string take() { return base::sanitize_utf8(base::trim(out_), max_bytes_); }

 private:
  const std::size_t max_bytes_;
  std::string out_;
};

std::string link_of(const xmlNode* node) {
  if (std::string_view(reinterpret_cast<const char*>(node->name)) != "a") return {};
  const std::unique_ptr<xmlChar, void (*)(void*)> address(
      xmlGetProp(node, reinterpret_cast<const xmlChar*>("href")), [](void* text) { xmlFree(text); });
  if (!address) return {};
  std::string text(reinterpret_cast<const char*>(address.get()));
  const bool web = text.starts_with("http://") || text.starts_with("https://");
  const auto content = node->children && node->children->content
                           ? std::string_view(reinterpret_cast<const char*>(node->children->content))
                           : std::string_view();
  return web && text.size() <= 500 && base::trim(content) != text ? " <" + text + ">" : std::string();
}

bool is_within_pre(const xmlNode* node) {
  for (const auto* up = node->parent; up; up = up->parent)
    if (up->type == XML_ELEMENT_NODE && std::string_view(reinterpret_cast<const char*>(up->name)) == "pre")
      return true;
  return false;
}

void enter(const xmlNode* node, Writer& out) {
  if (node->type == XML_TEXT_NODE && node->content)
    out.text(reinterpret_cast<const char*>(node->content), is_within_pre(node));
  if (node->type == XML_ELEMENT_NODE && is_block(node)) out.line();
}

void leave(const xmlNode* node, Writer& out) {
  if (node->type != XML_ELEMENT_NODE) return;
  out.text(link_of(node), true);
  if (is_block(node) && !is_one_of(node, std::array<std::string_view, 1>{"br"})) out.line();
}

}  // namespace

std::string text_of_html(std::string_view html, std::size_t max_bytes) {
  const std::unique_ptr<xmlDoc, FreeDocument> document(htmlReadMemory(
      html.data(), static_cast<int>(std::min<std::size_t>(html.size(), 16 * 1024 * 1024)), nullptr, "utf-8",
      HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET |
          HTML_PARSE_COMPACT));
  Writer out(max_bytes);
  const xmlNode* node = document ? xmlDocGetRootElement(document.get()) : nullptr;
  while (node && !out.full()) {
    enter(node, out);
    const bool down = node->type == XML_ELEMENT_NODE && node->children && !is_silent(node);
    if (down) {
      node = node->children;
      continue;
    }
    leave(node, out);
    while (node && !node->next) {
      node = node->parent;
      if (node) leave(node, out);
    }
    if (node) node = node->next;
  }
  return out.take();
}

}  // namespace censo::collector::mail
