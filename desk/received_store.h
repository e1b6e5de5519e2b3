// Rows of mail that came in, for the files of the desk alone.
#pragma once

#include "desk/mail_message.h"
#include "desk/ticket.h"

#include <string>
#include <string_view>
#include <vector>

namespace censo::desk {

struct IncomingRules;  // desk/mail_rules.h
struct MailIntake;     // desk/incoming_mail.h

bool is_received(store::Transaction& tx, const std::string& digest);
// The desk wrote it, or it came before in another envelope.
bool is_own_message(store::Transaction& tx, const std::string& message_id);
// What answers it later belongs to the ticket. "" is none.
void note_message(store::Transaction& tx, const std::string& message_id, TicketId ticket, base::TimeMs now);
// Mails that the desk sent and that came back have failed. To whom; "": none of them is the desk's.
std::string note_returned(store::Transaction& tx, const std::vector<std::string>& message_ids,
                          base::TimeMs now);
// False: the sender is over the limit.
bool count_sender(store::Transaction& tx, const IncomingRules& rules, const std::string& address,
                  base::TimeMs now);

struct ReceivedRow {
  const IncomingMail& mail;
  const std::string& person;
  const WholeMail& whole;
};
// What became of it, which is over_limit where too many wait.
TakenMail keep_received(const Operation& operation, const IncomingRules& rules, const ReceivedRow& row,
                        TakenMail taken);
void decide(const Operation& operation, ReceivedId id, std::string_view outcome, const std::string& ticket);

// What is not taken, each in a line.
std::vector<std::string> attach_files(const Operation& operation, const MailIntake& intake,
                                      const Ticket& ticket, const IncomingMail& mail);
std::string text_of(const IncomingMail& mail, const std::vector<std::string>& refused);
// Of the act's actor.
base::Result<Ticket> open_by_mail(const Operation& operation, const MailIntake& intake,
                                  const IncomingMail& mail, const std::string& follows);

}  // namespace censo::desk
