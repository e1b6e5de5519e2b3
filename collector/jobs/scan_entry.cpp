#include "collector/jobs/scan_entry.h"

#include "cmdb/address_holder.h"

namespace censo::collector::jobs {
namespace {

void enter(store::Transaction& tx, const EntryTools& tools, FoundDevice& found) {
  auto& device = found.device;
  if (found.guess) {
    const auto known = cmdb::other_holder_of(tx, device.target.address, found.report.origin.id);
    if (known) {
      device.ci = *known;
      device.outcome = "known";
      return;
    }
  }
  found.report.sequence = static_cast<std::uint64_t>(base::next_id(tools.clock));
  const auto receipt = cmdb::ingest(tx, tools.catalog, found.report, tools.clock.now(), tools.clock);
  if (receipt) {
    device.ci = receipt->ci;
    device.outcome = name_of(receipt->outcome);
    return;
  }
  device.outcome = "refused";
  device.detail += (device.detail.empty() ? "" : "; ") + base::to_string(receipt.error());
}

}  // namespace

void enter_device(store::Transaction& tx, const EntryTools& tools, RunId run, FoundDevice& found) {
  enter(tx, tools, found);
  save_device(tx, run, found.device);
}

}  // namespace censo::collector::jobs
