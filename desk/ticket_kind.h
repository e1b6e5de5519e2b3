// Kinds of tickets with their fields, states and transitions, from schemas/tickets (service-desk rule 01).
// Data, not code; docs/desk.md explains the keys.
#pragma once

#include "base/clock.h"
#include "base/embedded.h"
#include "base/result.h"
#include "cmdb/class_catalog.h"

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace censo::desk {

struct Calendar;  // desk/calendar.h

// A ticket is another one's number, a ci an item's id or "none", a time ISO 8601.
enum class FieldType { text, choice, integer, time, ticket, ci };

struct FieldDefinition {
  std::string name;
  cmdb::Label label;
  FieldType type = FieldType::text;
  std::vector<std::string> values;  // of a choice
  std::int64_t min = 0, max = 0;    // of an integer
  std::size_t max_bytes = 200;      // of a text
  std::string otherwise;            // of a new ticket, unless it is given; "": none
  bool edit = false;                // may be changed at any time, also when the ticket is opened
  bool open = false;                // may be given when the ticket is opened
};

struct TicketState {
  std::string name;
  cmdb::Label label;
  bool final = false;  // nothing leads out of it
  bool ended = false;  // final, or it counts as closed though something leads out of it
  // It ends by itself: by this event, so long after it began or at the time in this field. "": it does not.
  std::string end_event, end_field;
  base::TimeMs end_after_ms = 0;
};

using FieldsByValue = std::map<std::string, std::vector<std::string>, std::less<>>;

// A transition that is not listed is refused.
struct Transition {
  std::string event;
  cmdb::Label label;
  std::vector<std::string> from;
  std::string to;                         // "": the state stays
  std::vector<std::string> roles;         // who may: rule 04, and "assignee" and "rule"
  std::vector<std::string> needs, takes;  // fields that must be, and may be, filled in
  std::map<std::string, FieldsByValue, std::less<>> needs_when;  // field, its value: fields needed then
  std::vector<std::string> clears;                               // fields that are emptied
  std::vector<std::string> guards, effects;                      // desk/guards.h, desk/effects.h
  FieldsByValue when;  // only for tickets whose field has one of these values

  bool leads_from(std::string_view state) const;
};

// Who has to agree to a ticket whose fields fit (rule 34).
struct ApprovalRule {
  FieldsByValue when;
  std::vector<std::string> roles;
  std::int64_t votes = 1;
  bool majority = false;  // so many have voted, and more of them in favour
};

// Of a target (docs/service-levels.md): in one of these states, and every field has one of its values; what
// is empty does not matter.
struct TargetCondition {
  std::vector<std::string> states;
  FieldsByValue when;
};

struct TargetLimit {
  FieldsByValue when;
  std::string text;          // "4h", "3d"
  base::TimeMs open_ms = 0;  // open time; 0: `days` is given
  std::int64_t days = 0;     // until close of business of so many working days later (rule 58)
  std::shared_ptr<const Calendar> calendar;  // shared: a kind that is copied keeps it
};

// Once, when so much of the limit has passed (rule 63).
struct EscalationStep {
  std::int64_t percent = 0;
  std::string notify;  // a role, or a field with a person: it is written down for it
  std::string group;   // the ticket is reassigned to it
  bool raise = false;  // the priority
};

// How long until something has to be done (rule 52).
struct ServiceTarget {
  std::string name;
  cmdb::Label label;
  std::vector<TargetCondition> runs;        // only in these; none: always
  std::vector<TargetCondition> pauses;      // not in these
  std::vector<std::string> stops, cancels;  // states
  bool answered = false;                    // a public comment of somebody else than the requester stops it
  bool resumes = false;                     // goes on when its ticket is reopened; else once is enough
  bool repeats = false;                     // each note of the desk ends it, and it begins anew
  std::string every;                        // a field with its limit in minutes, instead of the limits'
  std::vector<TargetLimit> limits;
  std::vector<EscalationStep> steps;  // by percent
};

// When tickets alike are proposed to be gathered in one of this kind (rule 67).
struct GatheringRule {
  std::int64_t tickets = 0;  // at least so many
  base::TimeMs within_ms = 0;
  std::int64_t alike_percent = 100;  // of the words of their titles, by weight
};

// What a ticket of this kind says of others (docs/desk.md).
struct RelationDefinition {
  std::string name;                 // "contains"
  cmdb::Label label, reverse;       // as it is told of the ticket, and of the other one
  std::vector<std::string> to;      // kinds of the other one
  std::vector<std::string> roles;   // who may make and end it
  std::vector<std::string> states;  // in which it may be made and ended; none: in all that are not final
  std::string event;  // made, it moves the ticket by this event where that is listed and its guards hold
  bool one = false;   // the other one stands in one alone
  std::optional<GatheringRule> gathers;
};

struct TicketKind {
  std::string name;    // "incident"
  std::string prefix;  // "INC", of the number
  cmdb::Label label;
  std::string initial;  // the state of a new ticket
  std::vector<FieldDefinition> fields;
  bool changes_items = false;  // what is named when it is opened is linked as changed, not as affected
  std::vector<std::string> edit_roles, edit_states;  // no states: all that are not final
  std::vector<std::string> edit_effects;
  std::vector<ApprovalRule> approvals;                        // the first that fits
  std::optional<std::array<std::array<int, 3>, 3>> priority;  // rule 50: [impact - 1][urgency - 1]
  std::vector<TicketState> states;
  std::vector<Transition> transitions;
  std::vector<ServiceTarget> targets;
  std::vector<RelationDefinition> relations;

  const TicketState* find_state(std::string_view state) const;  // nullptr: no such state
  const FieldDefinition* find_field(std::string_view field) const;
  const ServiceTarget* find_target(std::string_view target) const;
  const RelationDefinition* find_relation(std::string_view relation) const;
};

// In the history and the comments, not in the ticket: every kind's transitions may ask for them.
inline constexpr std::string_view reason_field = "reason", message_field = "message";

bool is_desk_role(std::string_view role);  // rule 04, spelled out
// Besides those, "assignee" is the person that the ticket is with, "decider" who is asked at the step of its
// approval, "deputy" who decides in anybody's stead now, "rule" the collector itself.
bool is_transition_role(std::string_view role);
std::vector<std::string> all_desk_roles();

// Immutable after loading; safe to read from any thread.
class TicketKinds {
 public:
  // Takes tickets/*.yaml and calendars/*.yaml of `files`, no others. Errc::malformed with file and line: an
  // unknown key, role, field, guard or effect, a transition from or to an unknown state or out of a final
  // one, an event twice out of one state, a state that no ticket can reach or leave, a prefix twice.
  static base::Result<TicketKinds> load(std::span<const base::EmbeddedFile> files);

  const TicketKind* find(std::string_view name) const;  // nullptr: no such kind
  bool has_state(std::string_view state) const;         // in any kind

 private:
  std::map<std::string, TicketKind, std::less<>> kinds_;
};

}  // namespace censo::desk
