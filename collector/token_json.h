// What the routes of API tokens and of enrolment tokens share.
#pragma once

#include "base/config.h"
#include "base/id.h"
#include "collector/json_body.h"
#include "collector/route.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace censo::collector {

// "24h". A fault is the body's.
inline std::int64_t duration_of(JsonBody& body, std::string_view field, std::string_view otherwise) {
  const auto duration = base::parse_duration_ms(body.text_or(field, 20, otherwise));
  if (duration) return *duration;
  body.refuse(field, duration.error().message);
  return 0;
}

// A page of records in the order of their ids; `list(after, limit)` reads them.
template <class ToJson, class List>
base::Result<Response> id_page(const Request& request, const ToJson& to_json, const List& list) {
  const auto page = page_of(request);
  if (!page) return page.error();
  const auto after = page->after.empty() ? base::Result<std::int64_t>(0) : base::id_from_text(page->after);
  if (!after)
    return base::fail(base::Errc::invalid_argument, "expected the cursor of the page before", "after");
  const auto records = list(*after, page->limit);
  const auto next = records.size() < page->limit ? std::string() : base::id_to_text(records.back().id);
  return Response::ok(json_items(records, to_json, next));
}

}  // namespace censo::collector
