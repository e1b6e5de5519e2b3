// How the API shows why an item was identified as it was.
#pragma once

#include "cmdb/identification_record.h"
#include "cmdb/review.h"

#include <boost/json.hpp>

namespace censo::collector {

boost::json::object json_explanation(const cmdb::Explanation& explanation);
boost::json::object to_json(const cmdb::IdentificationRecord& record);
boost::json::object to_json(const cmdb::Review& review);

}  // namespace censo::collector
