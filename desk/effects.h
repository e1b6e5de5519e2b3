// What a transition does besides moving its ticket (service-desk rule 01). A file in schemas/tickets names
// them.
#pragma once

#include "desk/ticket.h"

#include <span>
#include <string_view>

namespace censo::desk {

struct WantedTransition;  // desk/transition.h

struct Effect {
  std::string_view name;
  // On the ticket, before it is saved.
  void (*change)(const Operation& operation, Ticket& ticket) = nullptr;
  // On others, after it is saved.
  base::Result<void> (*follow)(const Operation& operation, const Ticket& ticket) = nullptr;
};
const Effect* find_effect(std::string_view name);  // nullptr: no such effect
// Those that only one kind has.
std::span<const Effect> change_effects();
std::span<const Effect> freeze_effects();
std::span<const Effect> problem_effects();
std::span<const Effect> request_effects();

// An act of the collector itself, in the name of who acts.
base::Result<void> move_by_rule(const Operation& operation, const std::string& number,
                                const WantedTransition& wanted);
void count_field(Ticket& ticket, std::string_view field);  // one more

}  // namespace censo::desk
