// Report JSON: whatever is accepted is written and read back as the same text; the reader that leaves lists
// as text says the same of everything.
#include "inventory/report_codec.h"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>

namespace {

using namespace censo::inventory;

void check_texts(ReceivedReport received, const Report& expected) {
  if (to_json(received) != to_json(expected) || content_digest(received) != content_digest(expected))
    std::abort();
  std::vector<AttributeText> attributes;
  for (Section& section : received.report.sections) {
    const ItemTexts* texts = received.texts.of(section);
    for (const ItemText& text : texts ? *texts : ItemTexts()) {
      section.items.push_back(item_of(text));
      attributes_of(text, attributes);
      if (attributes.size() != section.items.back().attributes.size()) std::abort();
    }
  }
  if (to_json(received.report) != to_json(expected)) std::abort();
}

void compare_readers(const std::string& json, const censo::base::Result<Report>& expected) {
  const auto report = read_report(json, [](std::string_view) { return true; });
  if (report && !report->texts.unchanged.empty()) return;
  if (report.has_value() != expected.has_value()) std::abort();
  if (report) check_texts(*report, *expected);
  if (!report && censo::base::to_string(report.error()) != censo::base::to_string(expected.error()))
    std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  const auto report = parse_report(text);
  compare_readers(text, report);
  if (!report) {
    if (report.error().reason.empty() || report.error().where.empty()) std::abort();
    return 0;
  }
  const std::string json = to_json(*report);
  const auto again = parse_report(json);
  compare_readers(json, again);
  if (!again || to_json(*again) != json || content_digest(*again) != content_digest(*report)) std::abort();
  const auto pretty = parse_report(to_pretty_json(*report));
  if (!pretty || to_json(*pretty) != json) std::abort();
  return 0;
}
