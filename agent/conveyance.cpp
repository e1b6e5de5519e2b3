#include "agent/conveyance.h"

#include "inventory/report_codec.h"

#include <boost/json.hpp>

#include <utility>

namespace censo::agent {
namespace {

using Then = HttpsConversation::Then;

// Lists stay text: whole, they would cost several times the memory.
base::Result<inventory::ReceivedReport> report_in(const SpooledReport& spooled) {
  auto json = inventory::decompress(spooled.body);
  if (!json) return json.error();
  return inventory::read_report(std::move(*json), [](std::string_view) { return true; });
}

}  // namespace

std::string offer_of(const inventory::Report& report, const std::string& digest) {
  boost::json::object offer{{"sequence", report.sequence}, {"digest", digest}};
  const auto set_known = [&offer](const char* name, const std::string& text) {
    if (!text.empty()) offer[name] = text;
  };
  const std::string boot_id =
      report.boot_id.empty() ? inventory::subject_text(report, "boot_id") : report.boot_id;
  set_known("boot_id", boot_id);
  set_known("version", report.origin.version);
  set_known("problems", inventory::problems_digest(report.problems));
  return boost::json::serialize(offer);
}

std::string without_sections(inventory::ReceivedReport received, const DigestsByName& known) {
  std::erase_if(received.report.sections, [&](const inventory::Section& section) {
    const auto one = known.find(section.name);
    const bool is_known = one != known.end() && one->second == section.digest;
    if (is_known) received.texts.unchanged.push_back({section.name, section.digest});
    return is_known;
  });
  return inventory::compress(inventory::to_json(received));
}

Conveyance::Conveyance(const HttpsPeer& collector, const SpooledReport& report, const TimeLimits& limits)
    : collector_(collector), spooled_(report), conversation_(collector, limits) {}

base::Result<HttpsAnswer> Conveyance::convey() {
  auto received = report_in(spooled_);
  if (!received) return send(spooled_.body);  // the collector will say what is wrong with it
  const std::string offer = offer_of(received->report, spooled_.digest);
  auto answer = conversation_.post({collector_.url.path + "/offer", offer, ""}, Then::more);
  if (!answer) return answer;
  const auto known = parse_wanted(*answer, spooled_.sequence);
  if (!known) return takes_no_offer(*answer) ? send(spooled_.body) : std::move(answer);
  if (known->empty()) return send(spooled_.body);
  answer = send(without_sections(std::move(*received), *known));
  return answer && wants_all_sections(*answer) ? send(spooled_.body) : std::move(answer);
}

base::Result<HttpsAnswer> Conveyance::send(std::string_view body) {
  return conversation_.post({collector_.url.path, body, "zstd"}, Then::close);
}

}  // namespace censo::agent
