// How the API shows why an item was identified as it was.
#pragma once

#include <boost/json.hpp>

namespace censo::cmdb {
struct Explanation;           // cmdb/explanation.h
struct IdentificationRecord;  // cmdb/identification_record.h
struct Review;                // cmdb/review.h
}  // namespace censo::cmdb

namespace censo::collector {

boost::json::object json_explanation(const cmdb::Explanation& explanation);
boost::json::object to_json(const cmdb::IdentificationRecord& record);
boost::json::object to_json(const cmdb::Review& review);

}  // namespace censo::collector
