// Rows of detected changes, for the files of the desk alone.
#pragma once

#include "cmdb/store/transaction.h"
#include "desk/difference.h"

#include <string>
#include <string_view>

namespace censo::desk {

// A statement for detected_of(); the condition is put together from literals alone. "d" is the row.
std::string detected_where(std::string_view condition);
DetectedChange detected_of(const store::Row& row);

void insert_detected(store::Transaction& tx, const DetectedChange& change);
// What was decided: state, verdict, rule, ticket, group, who, when and why.
void save_decision(store::Transaction& tx, const DetectedChange& change);

}  // namespace censo::desk
