// Service-desk rule 44: one notice a group to owner and change managers, a task of what is critical.
#include "desk/unauthorised_report.h"

#include "desk/desk_role.h"
#include "tests/desk/change_fixture.h"
#include "tests/desk/mail_fixture.h"

#include <algorithm>

namespace censo::desk {
namespace {

class UnauthorisedReport : public ChangeTest {
 protected:
  UnauthorisedReport() {
    db.write([&](store::Transaction& tx) {
      save_account(tx, server_for_mail_out());
      for (const auto* person : {"ana", "mia", "olga"})
        ASSERT_TRUE(set_mail_address(tx, {person, std::string(person) + "@example.org"}));
      ASSERT_TRUE(grant_role(tx, {"mia", "change_manager"}));
    });
    says(web01, R"({"owner": "olga", "criticality": 3})");
  }
  void says(cmdb::CiId ci, const std::string& attributes) {
    db.write([&](store::Transaction& tx) {
      tx.execute("update ci set attributes = $2 where id = $1", ci.value, attributes);
    });
  }
  void report() {
    as<bool>("collector", {"rule"},
             [&](const Operation& operation) { return report_unauthorised(operation, rules_, 10); });
  }
  // All mails there are, oldest first.
  std::vector<OutgoingMail> mails() {
    return as<std::vector<OutgoingMail>>("ana", {}, [&](const Operation& operation) {
      auto found = list_mails(operation.tx, "", {100, ""})->rows;
      std::ranges::reverse(found);
      return found;
    });
  }
  std::vector<std::string> receivers() {
    std::vector<std::string> found;
    for (const auto& mail : mails()) found.push_back(mail.notice + " " + mail.address);
    return found;
  }
  std::vector<Ticket> tasks() {
    TicketFilter filter;
    filter.kind = "task";
    return as<std::vector<Ticket>>("ana", {}, [&](const Operation& operation) {
      return list_tickets(operation.tx, filter, {}).value().rows;
    });
  }
  const Tell other{.subject = "software_package dpkg curl amd64"};

 private:
  const MailRules rules_ = MailRules::load(cmdb::built_in_schemas()).value();
};

TEST_F(UnauthorisedReport, Rule44OwnerAndChangeManagersGetOneNoticeAGroup) {
  tell(web01, {});
  tell(web01, other);
  detect_all();
  report();
  EXPECT_EQ(receivers(),
            (std::vector<std::string>{"unauthorised olga@example.org", "unauthorised mia@example.org"}));
  const auto mail = mails().front();
  EXPECT_EQ(mail.subject, "Unauthorised change of web01");
  EXPECT_NE(mail.body.find("openssl"), mail.body.npos);
  EXPECT_NE(mail.body.find("curl"), mail.body.npos);
  db.advance_ms(5 * minute_ms);
  becomes(web01, {.subject = "software_package dpkg nginx amd64"});
  report();
  EXPECT_EQ(mails().size(), 2u) << "the same group";
}

TEST_F(UnauthorisedReport, Rule44TheNextGroupIsToldAnew) {
  becomes(web01, {});
  report();
  db.advance_ms(hour_ms);
  becomes(web01, other);
  report();
  EXPECT_EQ(mails().size(), 4u);
}

TEST_F(UnauthorisedReport, Rule44ATaskOnlyOfWhatIsCritical) {
  becomes(web01, {});  // criticality 3
  becomes(web02, {});  // none
  report();
  EXPECT_TRUE(tasks().empty());
  says(web01, R"({"criticality": 2, "support_group": "web"})");
  db.advance_ms(hour_ms);
  becomes(web01, other);
  report();
  ASSERT_EQ(tasks().size(), 1u);
  const auto task = tasks().front();
  EXPECT_EQ(task.title, "Unauthorised change of web01");
  EXPECT_EQ(task.field("group"), "web");
  EXPECT_NE(task.description.find("curl"), task.description.npos);
  EXPECT_NE(mails().back().body.find(task.number), std::string::npos);
}

TEST_F(UnauthorisedReport, Rule44WithoutASupportGroupTheTaskIsThatOfTheRules) {
  says(web01, R"({"criticality": 1})");
  becomes(web01, {});
  report();
  EXPECT_EQ(tasks().at(0).field("group"), "change management");
}

TEST_F(UnauthorisedReport, Rule44OneTaskIsOpenOnAnItemAtATime) {
  says(web01, R"({"criticality": 1})");
  becomes(web01, {});
  report();
  db.advance_ms(hour_ms);
  becomes(web01, other);
  report();
  ASSERT_EQ(tasks().size(), 1u);
  const auto task = tasks().front();
  const auto notes = as<std::vector<Note>>(
      "ana", desk_agent, [&](const Operation& operation) { return notes_of(operation, task); });
  ASSERT_EQ(notes.size(), 1u);
  EXPECT_NE(notes.front().what.text.find("curl"), std::string::npos);
}

TEST_F(UnauthorisedReport, WhatWasDecidedMeanwhileIsNotTold) {
  says(web01, R"({"criticality": 1, "owner": "olga"})");
  const auto one = becomes(web01, {});
  as<base::Result<Ticket>>("mia", all_desk_roles(), [&](const Operation& operation) {
    return accept_detected(operation, one.id, true, "urgent");
  }).value();
  report();
  EXPECT_TRUE(mails().empty());
  EXPECT_TRUE(tasks().empty());
}

TEST_F(UnauthorisedReport, Rule75TheTaskIsOfTheItemsTenant) {
  says(web01, R"({"criticality": 1})");
  db.write([&](store::Transaction& tx) {
    tx.execute("update ci set tenant = 'north' where id = $1", web01.value);
  });
  becomes(web01, {});
  report();
  EXPECT_EQ(tasks().at(0).field("tenant"), "north");
}

TEST_F(UnauthorisedReport, Rule75PeopleOfAnotherTenantAreNotTold) {
  db.write([&](store::Transaction& tx) {
    tx.execute(
        "insert into desk_person (person, department, sees_department, vip, tenant) "
        "values ('mia', '', 0, 0, 'north')");
  });
  becomes(web01, {});
  report();
  EXPECT_EQ(receivers(), std::vector<std::string>{"unauthorised olga@example.org"});
}

}  // namespace
}  // namespace censo::desk
