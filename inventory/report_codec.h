// The only reader and writer of report JSON and of its compressed form on the wire (zstd, RFC 8878).
#pragma once

#include "base/digest.h"
#include "base/result.h"
#include "inventory/item_text.h"
#include "inventory/report.h"

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace censo::inventory {

// What a reader takes; see docs/report-format.md for why each.
struct ReportLimits {
  std::size_t max_compressed_bytes = 2 * 1024 * 1024;
  std::size_t max_bytes = 8 * 1024 * 1024;
  std::size_t max_ratio = 100;  // checked once 64 KiB have come out
  std::size_t max_parse_bytes = 64 * 1024 * 1024;
  std::size_t max_depth = 16;
  std::size_t max_nodes = 500'000;
  std::size_t max_items_per_section = 50'000;
  std::size_t max_sections = 256;
  std::size_t max_keys_per_object = 256;
  std::size_t max_name_bytes = 1024;       // class, ref, attribute names, list members
  std::size_t max_text_bytes = 64 * 1024;  // text values
};

// Error::where is the JSON pointer (RFC 6901) of the first fault with its byte offset ("/sections/0/name,
// byte 113"; the root's pointer is empty: "byte 0"). Error::reason is JSON_SYNTAX, DUPLICATE_KEY, TOO_DEEP,
// BAD_UTF8, NUL_IN_STRING, CONTROL_IN_STRING, NOT_FINITE, UNKNOWN_FIELD, FIELD_TOO_LONG, TOO_MANY,
// WRONG_TYPE, MISSING_FIELD, BAD_VALUE, DIGEST_MISMATCH (Errc::malformed) or BODY_TOO_LARGE
// (Errc::limit_exceeded). An invalid report is refused as a whole; a valid one comes sealed. Thread-safe.
base::Result<Report> parse_report(std::string_view json, const ReportLimits& limits = {});

// Whether the items of a class may stay text. Called for the first of each run of items.
using LeavesAsText = std::function<bool(std::string_view class_name)>;
// Whether the digests that a sender wrote beside lists that stay text are compared with the lists. A sender
// who may leave a section out by its digest is believed anyway; one digest in sixteen is checked even so,
// that a program which takes them wrongly is found out.
enum class DigestsOfTexts { checked, believed };
// As parse_report(), same verdicts, for a reader that stores rows as they are: the items of a section that
// holds nothing but items without refs and owners, of such classes and in canonical form, stay text. Several
// times faster, since nearly all of a report is such lists. Sections may be left out here, and only here.
base::Result<ReceivedReport> read_report(std::string json, const LeavesAsText& leaves_as_text,
                                         DigestsOfTexts digests = DigestsOfTexts::checked,
                                         const ReportLimits& limits = {});
// The item, from its text.
Item item_of(const ItemText& text);
// Over what is left out too: the same as of the whole report.
std::string content_digest(const ReceivedReport& received);
// 64 hex digits over the problems alone; "" when there are none.
std::string problems_digest(const std::vector<Problem>& problems);

// Seals a copy if a digest is missing. Compact, what is empty is left out; the same facts give the same
// bytes. Texts are cleaned and cut as parse_report wants them, so that no text of a host can spoil its
// report.
std::string to_json(const Report& report);
std::string to_json(const ReceivedReport& received);
// Indented, for people.
std::string to_pretty_json(const Report& report);

std::string compress(std::string_view json);
// One frame, no dictionary, window at most 8 MiB. Error::reason is BODY_TOO_LARGE, RATIO_TOO_HIGH (both
// Errc::limit_exceeded) or BAD_COMPRESSION (Errc::malformed); Error::where the byte of the compressed form.
base::Result<std::string> decompress(std::string_view compressed, const ReportLimits& limits = {});

}  // namespace censo::inventory
