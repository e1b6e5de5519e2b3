// What a change touched is looked at again when it is completed (service-desk rule 37): agents are asked for
// a report of everything, devices that a scan knows are scanned alone.
#pragma once

#include "cmdb/store/transaction.h"
#include "collector/services.h"
#include "desk/ticket.h"

namespace censo::collector {

// True: a scan waits, wake the scanner once this is durable. At most 256 items are looked at.
bool order_looks(const Services& services, store::Transaction& tx, const desk::Ticket& change);

}  // namespace censo::collector
