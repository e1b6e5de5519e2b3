// What the routes of the desk share: who acts with which roles, and tickets as JSON.
#pragma once

#include "cmdb/impact.h"
#include "collector/route.h"
#include "collector/services.h"
#include "desk/detection_rules.h"
#include "desk/event_rules.h"
#include "desk/sight.h"
#include "desk/ticket.h"
#include "desk/ticket_kind.h"

#include <boost/json.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace censo::desk {
struct DetectedChange;  // desk/difference.h
}

namespace censo::collector {

// One for the routes of a resource; shared by their handlers, which live as long as the last of them.
struct Desk {
  const Services& services;
  desk::TicketKinds kinds;
  desk::DetectionRules detection;
  desk::EventRules events;
};
std::shared_ptr<const Desk> make_desk(const Services& services);

// A request's act on tickets. Refers to the request and the desk, which outlive it.
class DeskAct {
 public:
  DeskAct(const Desk& desk, store::Transaction& tx, const Request& request);
  const desk::Operation& operation() const { return operation_; }

 private:
  const desk::Act act_;
  const cmdb::ImpactSource impact_;
  const desk::Operation operation_;
};

boost::json::object to_json(const desk::TicketKinds& kinds, const desk::Ticket& ticket);
// With its links and what the caller may do now.
// Why somebody was given it is the desk's to know.
boost::json::object told_ticket(const desk::Operation& operation, const desk::Ticket& ticket);
boost::json::object whole_ticket(const desk::Operation& operation, const desk::Ticket& ticket);
// [{"event","label":{"en","es"},"to","needs","takes"}]
boost::json::array allowed_json(const desk::Operation& operation, const desk::Ticket& ticket);

// [{"relation","label","forward","ticket":{"number","kind","title","state"}}]; the label as it is told of it.
boost::json::array related_json(const desk::Operation& operation, const desk::Ticket& ticket);

boost::json::object to_json(const desk::DetectedChange& change);

// The body's "fields": texts and numbers by name.
class JsonBody;
desk::FieldValues fields_of(JsonBody& body);

// The ticket that the path names. Errc::not_found also for one that the caller may not see (rule 73).
base::Result<desk::Ticket> ticket_of(const Desk& desk, store::Transaction& tx, const Request& request);

// Another one that a path or body names, in the same way.
base::Result<desk::Ticket> seen_ticket(const desk::Operation& operation, std::string_view number);

// The tickets that the caller finds in lists.
desk::Sight sight_of(const Services& services, store::Transaction& tx, const Request& request);

// What tells of everybody's tickets is for those with a role at the desk. Errc::permission_denied.
base::Result<void> check_desk(const desk::Operation& operation);

}  // namespace censo::collector
