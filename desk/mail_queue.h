// Mail on its way out: kept until a server has taken it, tried again after a while that doubles. All
// functions run inside a caller's transaction.
#pragma once

#include "desk/delivery.h"
#include "desk/mail_rules.h"
#include "desk/ticket.h"

#include <string>
#include <string_view>
#include <vector>

namespace censo::desk {

using MailId = base::Id<struct MailTag>;

struct OutgoingMail {
  MailId id;
  TicketId ticket;     // none: of no ticket
  std::string notice;  // of schemas/mail.yaml, or "test"
  std::string person, address;
  std::string message_id;            // without the brackets, unguessable
  std::vector<std::string> answers;  // message ids before it in its thread, oldest first
  std::string subject, body;         // UTF-8, one line; lines that end with "\n"
  base::TimeMs created_at = 0;
  std::string state = "waiting";  // "sent", "failed"
  std::int64_t tries = 0;
  base::TimeMs next_at = 0, sent_at = 0;
  std::string problem;  // of the last try
};

// Written down, and for a ticket in its thread.
void queue_mail(store::Transaction& tx, OutgoingMail& mail, const base::Clock& clock);

// A server is set, and something waits for it.
bool is_mail_due(store::Transaction& tx, base::TimeMs now);
// What is due, for whoever calls it until `until`: after that it is anybody's again. At most `limit`, oldest
// first.
std::vector<OutgoingMail> claim_mails(store::Transaction& tx, base::TimeMs now, base::TimeMs until,
                                      std::size_t limit);

// Claimed, and not tried: anybody's again at once.
void release_mails(store::Transaction& tx, const std::vector<MailId>& mails);

// A mail that was claimed.
void settle_mail(store::Transaction& tx, const MailRules& rules, MailId id, const DeliveryTry& one,
                 base::TimeMs now);

base::Result<OutgoingMail> find_mail(store::Transaction& tx, MailId id);  // Errc::not_found
// Newest first; `state` "" is any. Errc::malformed for a bad cursor.
base::Result<cmdb::Page<OutgoingMail>> list_mails(store::Transaction& tx, std::string_view state,
                                                  const cmdb::PageRequest& page);
// At once, also what was given up. Errc::not_found; Errc::conflict: it is sent.
base::Result<void> retry_mail(store::Transaction& tx, MailId id, base::TimeMs now);
// What was sent or given up long ago. True: there may be more.
bool forget_mails(store::Transaction& tx, const MailRules& rules, base::TimeMs now, std::size_t limit);

// A message id of this domain that nobody guesses; `ticket` "" is none.
std::string new_message_id(std::string_view ticket, std::string_view domain);

}  // namespace censo::desk
