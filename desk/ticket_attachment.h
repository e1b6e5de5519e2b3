// Files attached to tickets: bounded, of known types, seen by whoever sees a comment of the same kind. All
// functions run inside a caller's transaction.
#pragma once

#include "base/digest.h"
#include "desk/attachment_rules.h"
#include "desk/ticket.h"

#include <string>
#include <string_view>
#include <vector>

namespace censo::desk {

using AttachmentId = base::Id<struct AttachmentTag>;

struct NewAttachment {
  std::string_view name;     // as given: another one may be kept
  std::string_view content;  // of any bytes
  bool internal = false;     // not for the requester
};

struct Attachment {
  AttachmentId id;
  base::TimeMs at = 0;
  std::string author;
  bool internal = false;
  std::string name, type;  // media type by its content
  std::int64_t bytes = 0;
  std::string digest;  // SHA-256 in hexadecimal
};

// As add_note() refuses; Errc::invalid_argument: nothing in it; Errc::limit_exceeded: TOO_LARGE, TOO_MANY,
// TICKET_FULL; Errc::unsupported, TYPE_NOT_TAKEN: its content is of no type that is taken.
base::Result<Attachment> attach(const Operation& operation, const AttachmentRules& rules,
                                const Ticket& ticket, const NewAttachment& file);

// Oldest first. Who has no role at the desk sees the public ones (rule 73).
std::vector<Attachment> attachments_of(const Operation& operation, const Ticket& ticket);

struct AttachedFile {
  Attachment what;
  base::Bytes content;
};
// Errc::not_found: not of this ticket, or not for the caller.
base::Result<AttachedFile> read_attachment(const Operation& operation, const Ticket& ticket, AttachmentId id);

// For good, where nothing else has the same content; the history keeps what it was. Errc::permission_denied:
// it is the desk's to do.
base::Result<void> detach(const Operation& operation, const Ticket& ticket, AttachmentId id);

// Part of a merge: `to` has them as well, whatever its limits.
void hand_over_attachments(const Operation& operation, const Ticket& from, const Ticket& to);

}  // namespace censo::desk
