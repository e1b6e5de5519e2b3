// JSON of the API: request bodies read strictly, and the parts that several answers share.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "cmdb/configuration_item.h"
#include "collector/route.h"
#include "inventory/report.h"

#include <boost/json.hpp>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace censo::collector {

// A request's body: one JSON object with known fields. The first fault is kept, what is read after it is
// empty, so a handler reads all its fields and then asks once:   JsonBody body(request, {"name", "port"});
// const auto name = body.text("name", 100);   if (const auto fault = body.fault()) return *fault; Faults are
// Errc::malformed with the JSON pointer in `where` and the reason JSON_SYNTAX, TOO_DEEP (16 levels),
// DUPLICATE_KEY, UNKNOWN_FIELD, MISSING_FIELD, WRONG_TYPE, FIELD_TOO_LONG, TOO_MANY or BAD_VALUE.
class JsonBody {
 public:
  JsonBody(const Request& request, std::initializer_list<std::string_view> known_fields);

  bool has(std::string_view field) const { return object_.contains(field); }
  // Required, trimmed of white space, not empty, at most `max_bytes`.
  std::string text(std::string_view field, std::size_t max_bytes);
  // Absent: `otherwise`. May be empty.
  std::string text_or(std::string_view field, std::size_t max_bytes, std::string_view otherwise);
  std::int64_t integer_or(std::string_view field, std::int64_t least, std::int64_t most,
                          std::int64_t otherwise);
  bool flag_or(std::string_view field, bool otherwise);
  // An object of names and values; absent: empty. Texts, numbers, flags and lists of texts, none of them
  // empty.
  inventory::Attributes attributes(std::string_view field);
  // Absent: empty. Members are not empty.
  std::vector<std::string> text_list(std::string_view field, std::size_t max_members, std::size_t max_bytes);

  // `place` is a JSON pointer without its first slash: "ranges/0".
  void refuse(std::string_view place, std::string message, std::string reason = "BAD_VALUE");
  const std::optional<base::Error>& fault() const { return fault_; }

 private:
  std::string checked_text(std::string_view field, const boost::json::value& value, std::size_t max_bytes);

  boost::json::object object_;
  std::optional<base::Error> fault_;
};

// `limit` (1 to 1,000, default 50) and `after`. Errc::invalid_argument.
base::Result<cmdb::PageRequest> page_of(const Request& request);

// `at`: ISO 8601, not in the future. Errc::invalid_argument.
base::Result<cmdb::Moment> moment_of(const Request& request, const base::Clock& clock);

// ISO 8601; null for 0.
boost::json::value json_time(base::TimeMs time);
boost::json::object json_attributes(const inventory::Attributes& attributes);
// {"id", "class", "name"}.
boost::json::object json_ci(cmdb::CiId id, std::string_view class_name, std::string_view name);

// {"items": [...], "next"} with each row through `to_json`.
template <class Rows, class ToJson>
std::string json_items(const Rows& rows, const ToJson& to_json, std::string_view next = {}) {
  boost::json::array items;
  for (const auto& row : rows) items.push_back(to_json(row));
  boost::json::object answer{{"items", std::move(items)}};
  if (!next.empty()) answer["next"] = next;
  return boost::json::serialize(answer);
}
template <class Row, class ToJson>
std::string json_page(const cmdb::Page<Row>& page, const ToJson& to_json) {
  return json_items(page.rows, to_json, page.next);
}

}  // namespace censo::collector
