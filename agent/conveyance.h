// One report's way to the collector: its digest first, then only what the collector does not have
// (docs/report-format.md, "Offers").
#pragma once

#include "agent/collector_answer.h"
#include "agent/delivery.h"
#include "agent/spool.h"
#include "base/result.h"
#include "inventory/item_text.h"

#include <optional>
#include <string>

namespace censo::agent {

// What announces the report: under 1 kB.
std::string offer_of(const inventory::Report& report, const std::string& digest);

// The report without the sections that still have these digests, compressed; it has the same content digest.
std::string without_sections(inventory::ReceivedReport received, const DigestsByName& known);

class Conveyance {
 public:
  // All outlive it.
  Conveyance(const HttpsPeer& collector, const SpooledReport& report, const TimeLimits& limits);

  // The answer that decides: to the offer, or to the report.
  base::Result<HttpsAnswer> convey();

 private:
  base::Result<HttpsAnswer> send(std::string_view body);

  const HttpsPeer& collector_;
  const SpooledReport& spooled_;
  HttpsConversation conversation_;
};

}  // namespace censo::agent
