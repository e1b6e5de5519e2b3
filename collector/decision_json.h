// Decisions of identification as lists of figures and the audit show them.
#pragma once

#include <boost/json.hpp>

namespace censo::cmdb {
struct CountedDecision;  // cmdb/identity_figures.h
}

namespace censo::collector {

// {"id","ci":{},"other":{},"at","by","rule","score","verdict","reason"}
boost::json::object to_json(const cmdb::CountedDecision& decision);

}  // namespace censo::collector
