// A desk with a server for mail out, and what it queues.
#pragma once

#include "desk/mail_account.h"
#include "desk/mail_address.h"
#include "desk/mail_queue.h"
#include "desk/mail_rules.h"
#include "desk/notice.h"
#include "tests/desk/desk_fixture.h"

namespace censo::desk {

inline MailAccount server_for_mail_out() {
  MailAccount account;
  account.way = "out";
  account.host = "127.0.0.1";
  account.port = 25;
  account.security = MailSecurity::none;
  account.address = "desk@example.org";
  account.language = "en";
  return account;
}

class MailTest : public DeskTest {
 protected:
  MailTest() {
    db.write([&](store::Transaction& tx) { save_account(tx, server_for_mail_out()); });
  }
  void address(const std::string& person, const std::string& address) {
    db.write([&](store::Transaction& tx) { ASSERT_TRUE(set_mail_address(tx, {person, address})); });
  }
  base::Result<Ticket> say(const std::string& person, const Roles& roles, const Ticket& ticket,
                           const NewNote& note) {
    return as<base::Result<Ticket>>(person, roles, [&](const Operation& operation) {
      return add_note(operation, find_ticket(operation.tx, ticket.number).value(), note);
    });
  }
  // Of all that happened since the last call, in the order of their making.
  std::vector<OutgoingMail> mails() {
    return as<std::vector<OutgoingMail>>("collector", {"rule"}, [&](const Operation& operation) {
      while (make_notices(operation, rules, 10)) continue;
      auto found = list_mails(operation.tx, "", {100, ""})->rows;
      std::erase_if(found, [&](const OutgoingMail& mail) { return mail.id.value <= last_; });
      std::ranges::reverse(found);
      if (!found.empty()) last_ = found.back().id.value;
      return found;
    });
  }
  std::vector<std::string> receivers() {
    std::vector<std::string> found;
    for (const auto& mail : mails()) found.push_back(mail.notice + " " + mail.address);
    return found;
  }

  const MailRules rules = MailRules::load(cmdb::built_in_schemas()).value();

 private:
  std::int64_t last_ = 0;
};

}  // namespace censo::desk
