// The collector's side of its probes: what a probe is told when it calls, and what becomes of what it
// delivers. All functions run inside a caller's transaction, for a probe whose certificate is proven.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "cmdb/ingest.h"
#include "cmdb/store/transaction.h"
#include "collector/access/probes.h"
#include "collector/jobs/probe_delivery.h"
#include "inventory/item_text.h"
#include "inventory/report.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace censo::collector::jobs {

class CredentialBox;  // collector/jobs/credential_box.h
struct ProbeAnswer;   // collector/jobs/probe_entry.h
struct ProbeCall;

// Hands over the runs that wait for it and that it has not, with credentials of these alone; takes the
// progress of those that it has; stops what people stopped.
ProbeAnswer answer_call(store::Transaction& tx, const CredentialBox& box, const access::Probe& probe,
                        const ProbeCall& call, const base::Clock& clock);

// {"agents": [...], "groups": [...]}: whom the probe may admit, and what they are to be told.
std::string agents_json(store::Transaction& tx, std::string_view probe);

// An entry with its report read, which needs no transaction.
struct ReadEntry {
  ProbeEntry entry;
  std::optional<base::Error> fault;                   // it is of no use
  std::optional<inventory::ReceivedReport> of_agent;  // of kind "report"
  std::optional<inventory::Report> of_device;         // of kind "devices", where it has one
};
ReadEntry read_entry(ProbeEntry entry, const cmdb::ClassCatalog& catalog);

struct Delivery {
  std::int64_t delivered = 0;
  std::vector<std::string_view> outcomes;  // of agents' reports
};
// In order, each once: what has the number of an earlier one is left out. Errc::malformed with the reason
// ENTRY_REFUSED and the entry in `where` ("/entries/2"): none of them was taken; those before it may be sent
// again, and in its place one of kind "refused", which counts it.
base::Result<Delivery> take_entries(store::Transaction& tx, const cmdb::IngestTools& tools,
                                    const access::Probe& probe, const std::vector<ReadEntry>& entries);

}  // namespace censo::collector::jobs
