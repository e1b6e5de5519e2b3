// Requests for figures and the lists behind them: their time, and lists as JSON or CSV.
#pragma once

#include "cmdb/configuration_item.h"
#include "cmdb/figure.h"
#include "collector/route.h"

#include <boost/json.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace censo::collector {

// `since` and `until`, ISO 8601; left out: the last 30 days. Errc::invalid_argument.
base::Result<cmdb::FigureTime> figure_time_of(const Request& request, const base::Clock& clock);

// {"since","until","items":[{"figure","kind","items","of","percent", ...}]}
Response figures_answer(const cmdb::FigureTime& time, const std::vector<cmdb::Figure>& figures);

struct CsvColumn {
  std::string_view title, pointer;  // JSON pointer into a row
};
using JsonPage = cmdb::Page<boost::json::object>;
// A page as `limit` and `after` ask, or with `format=csv` all rows. Errc::invalid_argument: another format;
// Errc::limit_exceeded: more than 100,000 rows.
base::Result<Response> list_answer(
    const Request& request, const std::vector<CsvColumn>& columns,
    const std::function<base::Result<JsonPage>(const cmdb::PageRequest&)>& page_at);

}  // namespace censo::collector
