// Changes and the differences that reports tell, in a database of their own.
#pragma once

#include "desk/change.h"
#include "desk/detected_change.h"
#include "desk/detection.h"
#include "desk/verification.h"
#include "tests/desk/desk_fixture.h"

#include <string>
#include <string_view>
#include <vector>

namespace censo::desk {

constexpr base::TimeMs minute_ms = 60'000, hour_ms = 60 * minute_ms, day_ms = 24 * hour_ms;

class ChangeTest : public DeskTest {
 protected:
  std::string in(base::TimeMs ms) { return base::to_iso8601(db.clock().now() + ms); }
  // Of luis, with this scope; its window begins now and is two hours long.
  Ticket draft(const FieldValues& more = {}) {
    NewTicket wanted;
    wanted.kind = "change";
    wanted.title = "Upgrade OpenSSL";
    wanted.requester = "luis";
    wanted.affected = {web01};
    wanted.fields = {{"justification", "CVE"}, {"plan", "apt"},     {"backout", "apt"},
                     {"test", "curl"},         {"start", in(0)},    {"end", in(2 * hour_ms)},
                     {"outage", "no"},         {"assignee", "eva"}, {"backout_tested", "yes"}};
    for (const auto& [name, value] : more) wanted.fields[name] = value;
    return open_with(wanted).value();
  }
  base::Result<Modification> modify(const Ticket& change, const std::string& subject,
                                    const std::string& value = "", cmdb::CiId ci = {}) {
    return as<base::Result<Modification>>("luis", desk_agent, [&](const Operation& operation) {
      return add_modification(operation, find_ticket(operation.tx, change.number).value(),
                              {0, ci, "", subject, value});
    });
  }
  base::Result<Ticket> act(const std::string& person, const Ticket& change, const std::string& event,
                           const FieldValues& fields = {}) {
    return move_as(person, all_desk_roles(), change, {event, fields, 0});
  }
  // With one modification.
  Ticket submitted(const FieldValues& more = {}, const std::string& subject = "software_package openssl") {
    const auto change = draft(more);
    modify(change, subject).value();
    return act("luis", change, "submit").value();
  }
  Ticket scheduled(const FieldValues& more = {}, const std::string& subject = "software_package openssl") {
    const auto change = act("mia", submitted(more, subject), "authorise").value();
    return act("mia", change, "approve").value();
  }
  Ticket implementing(const std::string& subject = "software_package openssl") {
    return act("eva", scheduled({}, subject), "implement").value();
  }
  Ticket completed(const Ticket& change) {
    const auto begun = now(change).field("actual_start");
    return act("eva", change, "complete",
               {{"result", "success"}, {"actual_start", begun}, {"actual_end", in(0)}})
        .value();
  }

  struct Tell {
    std::string what = "component_changed", subject = "software_package dpkg openssl amd64";
    std::string old_value = "version: 3.0.14", new_value = "version: 3.0.15";
    base::TimeMs not_before_ago = 10 * minute_ms;
    std::int64_t times = 1;
    std::string origin = "agent seed";
  };
  // As ingest writes it, now. next_id() never goes back, however this test's clock stands to the last one's.
  void tell(cmdb::CiId ci, const Tell& what) {
    db.write([&](store::Transaction& tx) {
      tx.execute(
          "insert into history (id, ci_id, at, not_before, origin, what, subject, old_value, new_value, "
          "times) "
          "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
          base::lowest_id_at(db.clock().now()) + ++told_, ci.value, db.clock().now(),
          db.clock().now() - what.not_before_ago, what.origin, what.what, what.subject, what.old_value,
          what.new_value, what.times);
    });
  }
  void detect_all() {
    db.advance_ms(settled_after_ms + 1);
    as<bool>("collector", {"rule"}, [](const Operation& operation) { return detect(operation, 1'000); });
  }
  std::vector<DetectedChange> detected(const DetectedFilter& filter = {}) {
    return as<std::vector<DetectedChange>>("ana", {}, [&](const Operation& operation) {
      return list_detected(operation.tx, filter, {}).value().rows;
    });
  }
  // The one that this becomes.
  DetectedChange becomes(cmdb::CiId ci, const Tell& what) {
    tell(ci, what);
    detect_all();
    const auto all = detected();
    if (all.empty()) {
      ADD_FAILURE() << "nothing detected";
      return {};
    }
    return all.front();
  }

  std::int64_t told_ = 0;
  const cmdb::CiId web01 = db.add_ci("server", "web01"), web02 = db.add_ci("server", "web02");
};

}  // namespace censo::desk
