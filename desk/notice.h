// Notices: who is told by mail of what happened to a ticket. Acts are noted in their own transaction; a job
// makes mails of them afterwards, by schemas/mail.yaml. All functions run inside a caller's transaction.
#pragma once

#include "desk/mail_rules.h"
#include "desk/ticket.h"

#include <cstdint>
#include <string_view>

namespace censo::desk {

// Part of every act. `event` as the history has it, or of a note; `reference` is the id of the row there.
// Nothing is noted as long as no server for mail out is set.
void note_for_mail(store::Transaction& tx, TicketId ticket, std::string_view event, std::int64_t reference);

// Makes mails of what was noted, at most `limit` acts. True: there may be more.
bool make_notices(const Operation& operation, const MailRules& rules, std::size_t limit);

}  // namespace censo::desk
