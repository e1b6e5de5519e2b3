// What devices found out of others' addresses, kept by source so that one device's scan can ask what another
// saw: MAC addresses at ports of switches, IP addresses of MAC addresses.
#pragma once

#include "base/clock.h"
#include "cmdb/configuration_item.h"
#include "inventory/report.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace censo::cmdb {

struct IngestRun;  // cmdb/ingest_run.h

// Of a report: what it lacks may hold any of the addresses.
constexpr std::string_view forwarding_section_name = "forwarding";
constexpr std::string_view address_pairs_section_name = "address_pairs";

// What a source said longer ago is believed no more.
constexpr base::TimeMs learned_believed_ms = base::TimeMs{7} * 24 * 60 * 60 * 1000;

// By the name of a port that is a member: its aggregate's.
using AggregateOf = std::map<std::string, std::string, std::less<>>;
const std::string& lifted(const AggregateOf& aggregates, const std::string& port);

// Replaces what the source said before; an incomplete section only adds. Writes what differs alone.
void keep_learned(IngestRun& run, const inventory::Report& report, const AggregateOf& aggregates);

// IP addresses, sorted.
std::vector<std::string> addresses_of_mac(const IngestRun& run, const std::string& mac);

// Where the device learned any of the other's MAC addresses. "": nowhere, or at several ports.
std::string port_towards(const IngestRun& run, CiId device, CiId other);

}  // namespace censo::cmdb
