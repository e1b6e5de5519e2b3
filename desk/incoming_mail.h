// Mail that comes in: answers become comments, new mail of known people becomes incidents, the rest waits or
// is dropped, with the reason kept. Who reads mail off a server makes an IncomingMail of it
// (collector/mail/message_reader.h). All functions run inside a caller's transaction.
#pragma once

#include "desk/mail_message.h"
#include "desk/ticket.h"

#include <string>
#include <string_view>
#include <vector>

namespace censo::desk {

struct AttachmentRules;  // desk/attachment_rules.h
struct MailRules;        // desk/mail_rules.h

// What mail is taken with; all of it outlives the call.
struct MailIntake {
  const MailRules& rules;
  const AttachmentRules& attachments;
};

// The operation's act is the collector's.
TakenMail take_mail(const Operation& operation, const MailIntake& intake, const IncomingMail& mail,
                    const WholeMail& whole);

// One that cannot be read: it waits.
TakenMail take_unreadable(const Operation& operation, const MailIntake& intake, const std::string& reason,
                          const WholeMail& whole);

struct ReceivedMail {
  ReceivedId id;
  base::TimeMs at = 0;
  std::string address, person, subject;
  std::string outcome, reason, ticket, decided_by;
};
// Newest first; `outcome` "" is any. Errc::malformed for a bad cursor.
base::Result<cmdb::Page<ReceivedMail>> list_received(store::Transaction& tx, std::string_view outcome,
                                                     const cmdb::PageRequest& page);
// The whole mail of one that waits. Errc::not_found; Errc::conflict, DECIDED: it does not wait any more.
base::Result<std::string> waiting_message(store::Transaction& tx, ReceivedId id);

// What a person decides of one that waits: a comment of a ticket in his own name, where `ticket` names one,
// else an incident of `requester`. Errors of these.
struct MailPlace {
  std::string ticket, requester;
};
base::Result<Ticket> place_mail(const Operation& operation, const MailIntake& intake, ReceivedId id,
                                const IncomingMail& mail, const MailPlace& place);
base::Result<void> discard_mail(const Operation& operation, ReceivedId id);
// What has waited too long is dropped, what was decided long ago and senders who write no more are forgotten.
// True: there may be more.
bool forget_received(const Operation& operation, const MailRules& rules, std::size_t limit);

// How far a folder of a server was read.
struct MailFolder {
  std::string name;
  std::int64_t validity = 0, last_uid = 0;
};
MailFolder find_folder(store::Transaction& tx, const std::string& name);  // zeros: never
void save_folder(store::Transaction& tx, const MailFolder& folder);

}  // namespace censo::desk
