// What is said about a ticket: comments, and the log of work. Only ever added to.
#pragma once

#include "desk/ticket.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace censo::desk {

enum class NoteKind { shared /* "public": for the requester too */, internal, work };
std::string_view name_of(NoteKind kind);
base::Result<NoteKind> parse_note_kind(std::string_view text);

// Has a role towards the ticket besides that of its requester: sees what is internal (rule 73).
bool is_of_the_desk(const Operation& operation, const Ticket& ticket);
// May say or attach something of this kind now. Errc::conflict, FINAL: a closed ticket takes nothing (rule
// 16); Errc::permission_denied, ROLE_NEEDED: what is not public is the desk's, the rest the requester's too.
base::Result<void> check_speaker(const Operation& operation, const Ticket& ticket, NoteKind kind);

struct NewNote {
  NoteKind kind = NoteKind::shared;
  std::string text;
  std::int64_t minutes = 0;  // of work
};
struct Note {
  std::string author;
  base::TimeMs at = 0;
  NewNote what;
};

// As check_speaker() refuses; Errc::invalid_argument: no text, over 16,000 bytes, minutes out of 1 to 1,440
// for work. A requester's public comment ends a hold for the caller (rule 11).
base::Result<Ticket> add_note(const Operation& operation, const Ticket& ticket, const NewNote& note);
// Without any check: part of another act.
void keep_note(const Operation& operation, const Ticket& ticket, const NewNote& note);

// Oldest first. Who has no role at the desk sees the public ones (rule 73).
std::vector<Note> notes_of(const Operation& operation, const Ticket& ticket);

}  // namespace censo::desk
