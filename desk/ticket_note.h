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

// Errc::conflict, FINAL: a closed ticket takes none (rule 16); Errc::permission_denied: internal notes and
// work are the desk's; Errc::invalid_argument: no text, over 16,000 bytes, minutes out of 1 to 1,440 for
// work. A requester's public comment ends a hold for the caller (rule 11).
base::Result<Ticket> add_note(const Operation& operation, const Ticket& ticket, const NewNote& note);
// Without any check: part of another act.
void keep_note(const Operation& operation, const Ticket& ticket, const NewNote& note);

// Oldest first. Who has no role at the desk sees the public ones (rule 73).
std::vector<Note> notes_of(const Operation& operation, const Ticket& ticket);

}  // namespace censo::desk
