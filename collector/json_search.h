// Searches in requests and answers, as several resources have them.
#pragma once

#include "cmdb/query_terms.h"
#include "cmdb/search_run.h"
#include "collector/json_body.h"
#include "collector/services.h"

#include <boost/json.hpp>

namespace censo::collector {

// `q` of a request. Errors name the place in it.
base::Result<cmdb::BoundQuery> query_of(const Services& services, std::string_view text,
                                        cmdb::Moment at = {});

// Comma-separated attribute names of a query parameter, at most eight. Errc::invalid_argument: none such.
base::Result<std::vector<std::string>> names_of(const Services& services, const Request& request,
                                                std::string_view parameter);

boost::json::object json_found(const cmdb::FoundItem& item);
boost::json::array json_facets(const std::vector<cmdb::Facet>& facets);

}  // namespace censo::collector
