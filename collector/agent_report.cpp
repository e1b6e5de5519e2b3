#include "collector/agent_report.h"

#include "base/id.h"
#include "base/log.h"
#include "collector/access/agent_events.h"
#include "collector/access/agents.h"
#include "inventory/report_codec.h"

#include <string>

namespace censo::collector {

base::Result<cmdb::IngestReceipt> take_agent_report(store::Transaction& tx, const cmdb::IngestTools& tools,
                                                    const inventory::ReceivedReport& received) {
  auto receipt = cmdb::ingest(tx, tools, received, tools.clock.now());
  if (!receipt) return receipt;
  const auto& agent = received.report.origin.id;
  const bool is_whole =
      received.texts.unchanged.empty() && receipt->outcome != cmdb::IngestOutcome::duplicate;
  if (is_whole) access::settle_refresh(tx, agent, tools.clock);
  if (receipt->decision == "clone")
    access::note_agent_event(tx, agent, {std::string(access::agent_event::two_machines), receipt->conflict},
                             tools.clock);
  if (receipt->came_back)
    base::log(base::LogLevel::info, "ci.came_back", "a retired item reports again",
              {{"ci", base::to_text(receipt->ci)}});
  return receipt;
}

}  // namespace censo::collector
