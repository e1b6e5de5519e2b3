// What a report is besides its items while it travels: long lists that stay text, and sections that are left
// out.
#pragma once

#include "inventory/report.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace censo::inventory {

// An item without ref and owner as the canonical JSON text that it came as (docs/report-format.md).
struct ItemText {
  std::string_view class_name;
  std::string_view attributes;  // the object: {"name":"openssl","version":"3.0.15"}
  std::string_view whole;       // {"class":"software_package","attributes":{...}}
};
using ItemTexts = std::vector<ItemText>;

// A section that a report leaves out because the collector has it.
struct SectionDigest {
  std::string name;
  std::string digest;  // as Section::digest
};

struct ReportTexts {
  // By section: instead of its items, sorted. Such a section has no relationships either.
  std::map<std::string, ItemTexts, std::less<>> item_texts;
  std::vector<SectionDigest> unchanged;     // sections that are left out
  std::shared_ptr<const std::string> text;  // of all item texts; shared by copies

  // nullptr: the section's items are items.
  const ItemTexts* of(const Section& section) const {
    const auto found = item_texts.find(section.name);
    return found == item_texts.end() ? nullptr : &found->second;
  }
};

// A report as the collector gets it.
struct ReceivedReport {
  Report report;  // sealed
  ReportTexts texts;
};

struct AttributeText {
  std::string_view name;
  std::string_view value;   // JSON: "\"3.0.15\"", "42", "[\"a\",\"b\"]"
  std::string_view member;  // name and value as they stand there: "\"version\":\"3.0.15\""
};

// As inventory::content_digest(), over what is left out too: the same as of the whole report.
std::string content_digest(const Report& report, const std::vector<SectionDigest>& unchanged);

// In their order. Views into the item's text; `into` is emptied first, so that one vector serves many items.
void attributes_of(const ItemText& item, std::vector<AttributeText>& into);

}  // namespace censo::inventory
