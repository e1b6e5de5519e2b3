// Kinds of tickets with their states and transitions, from schemas/tickets (service-desk rule 01). Data, not
// code.
#pragma once

#include "base/embedded.h"
#include "base/result.h"
#include "cmdb/class_catalog.h"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace censo::desk {

struct TicketState {
  std::string name;
  cmdb::Label label;
  bool final = false;  // nothing leads out of it
};

// A transition that is not listed is refused.
struct Transition {
  std::string event;
  cmdb::Label label;
  std::vector<std::string> from;
  std::string to;
  std::vector<std::string> roles;  // who may: rule 04, and "assignee" and "rule"
  std::vector<std::string> needs;  // fields that the caller must fill
};

struct TicketKind {
  std::string name;    // "incident"
  std::string prefix;  // "INC", of the number
  cmdb::Label label;
  std::string initial;  // the state of a new ticket
  std::vector<TicketState> states;
  std::vector<Transition> transitions;

  const TicketState* find_state(std::string_view state) const;  // nullptr: no such state
};

// Immutable after loading; safe to read from any thread.
class TicketKinds {
 public:
  // Takes tickets/*.yaml of `files` and passes over the rest. Errc::malformed with file and line: an unknown
  // key or role, a transition from or to an unknown state or out of a final one, an event twice out of one
  // state, a state that no ticket can reach or leave, a prefix twice.
  static base::Result<TicketKinds> load(std::span<const base::EmbeddedFile> files);

  const TicketKind* find(std::string_view name) const;  // nullptr: no such kind
  bool has_state(std::string_view state) const;         // in any kind

 private:
  std::map<std::string, TicketKind, std::less<>> kinds_;
};

}  // namespace censo::desk
