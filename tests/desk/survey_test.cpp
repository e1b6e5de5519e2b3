// Service-desk rule 14: who is asked, when, and what becomes of the answer.
#include "desk/survey.h"

#include "desk/attachment_rules.h"
#include "desk/incoming_mail.h"
#include "desk/ticket_figures.h"
#include "tests/desk/mail_fixture.h"

#include <algorithm>

namespace censo::desk {
namespace {

constexpr base::TimeMs day_ms = base::TimeMs{24} * 60 * 60 * 1'000;

class Survey : public MailTest {
 protected:
  Survey() {
    address("luis", "luis@example.org");
    address("eva", "eva@example.org");
  }
  Ticket closed() { return move_as("luis", {}, resolved(started()), {"close", {}, 0}).value(); }
  base::Result<void> answer(const std::string& person, const Ticket& ticket, std::int64_t score,
                            const std::string& comment = "") {
    return as<base::Result<void>>(
        person, person == "luis" ? Roles{} : desk_agent, [&](const Operation& operation) {
          return answer_survey(operation, now_in(operation, ticket), score, comment);
        });
  }
  static Ticket now_in(const Operation& operation, const Ticket& ticket) {
    return find_ticket(operation.tx, ticket.number).value();
  }
  std::optional<SurveyAnswer> answered(const Ticket& ticket) {
    return as<std::optional<SurveyAnswer>>(
        "ana", {}, [&](const Operation& operation) { return survey_of(operation.tx, ticket.id); });
  }
  TakenMail reply(const Ticket& ticket, const std::string& text,
                  const std::string& sender = "luis@example.org") {
    IncomingMail mail;
    mail.from = sender;
    mail.subject = "Re: [" + ticket.number + "]";
    mail.answers = answers_;
    mail.text = text;
    return as<TakenMail>("collector", {"rule"}, [&](const Operation& operation) {
      return take_mail(operation, {rules, attachments_}, mail, whole_mail(text + sender));
    });
  }
  // The mail that asks.
  void asked() { answers_ = {mails().back().message_id}; }

 private:
  std::vector<std::string> answers_;
  const AttachmentRules attachments_ = AttachmentRules::load(cmdb::built_in_schemas()).value();
};

TEST_F(Survey, Rule14TheRequesterIsAskedOnceWhenItIsClosed) {
  const auto ticket = resolved(started());
  mails();
  move_as("luis", {}, ticket, {"close", {}, 0}).value();
  EXPECT_EQ(receivers(), (std::vector<std::string>{"survey luis@example.org"}));
  EXPECT_TRUE(mails().empty());
}

TEST_F(Survey, Rule14SilenceThatClosesAsksAsWell) {
  resolved(started());
  mails();
  db.advance_ms(6 * day_ms);
  as<bool>("collector", {"rule"}, [](const Operation& operation) { return end_due_states(operation, 10); });
  EXPECT_EQ(receivers(), (std::vector<std::string>{"survey luis@example.org"}));
}

TEST_F(Survey, Rule14WhatIsCancelledAsksNobody) {
  const auto ticket = open();
  mails();
  move(ticket, "cancel", {{"cancel_reason", "mistaken"}}).value();
  EXPECT_EQ(receivers(), (std::vector<std::string>{"ended luis@example.org"}));
}

TEST_F(Survey, Rule14AnAnswerIsKeptAndInTheHistory) {
  const auto ticket = closed();
  ASSERT_TRUE(answer("luis", ticket, 4, " quick "));
  EXPECT_EQ(answered(ticket)->score, 4);
  EXPECT_EQ(answered(ticket)->comment, "quick");
  EXPECT_EQ(history(ticket).back().event, "rate");
  EXPECT_EQ(history(ticket).back().after, R"({"score":"4"})") << "what he said is not for all who see it";
}

TEST_F(Survey, Rule14OnlyItsRequesterAnswers) {
  EXPECT_EQ(refusal(answer("eva", closed(), 1)), "permission_denied ROLE_NEEDED");
}

TEST_F(Survey, Rule14OnceAndWithin30Days) {
  const auto first = closed(), second = closed();
  ASSERT_TRUE(answer("luis", first, 5));
  EXPECT_EQ(refusal(answer("luis", first, 1)), "conflict ANSWERED");
  db.advance_ms(31 * day_ms);
  EXPECT_EQ(refusal(answer("luis", second, 1)), "conflict TOO_LATE");
}

TEST_F(Survey, Rule14NotBeforeItIsClosedAndOnlyFrom1To5) {
  EXPECT_EQ(refusal(answer("luis", resolved(started()), 3)), "conflict NOT_CLOSED");
  const auto ticket = closed();
  EXPECT_EQ(refusal(answer("luis", ticket, 0)), "invalid_argument BAD_VALUE");
  EXPECT_EQ(refusal(answer("luis", ticket, 6)), "invalid_argument BAD_VALUE");
  EXPECT_EQ(refusal(answer("luis", ticket, 3, std::string(4'001, 'x'))), "invalid_argument BAD_VALUE");
  EXPECT_EQ(refusal(answer("luis", ticket, 3, "a\x01z")), "invalid_argument BAD_VALUE");
}

TEST_F(Survey, Rule14AnsweredByMail) {
  const auto ticket = closed();
  asked();
  EXPECT_EQ(name_of(reply(ticket, "5\nThank you!").outcome), "comment");
  EXPECT_EQ(answered(ticket)->score, 5);
  EXPECT_EQ(answered(ticket)->comment, "Thank you!");
  const auto again = reply(ticket, "1\n");
  EXPECT_EQ(name_of(again.outcome), "dropped");
  EXPECT_EQ(again.reason, "INC-1: it was answered already");
}

TEST_F(Survey, Rule14WhatIsNoAnswerAndSaysMoreIsANewMatter) {
  const auto cancelled = open();
  move(cancelled, "cancel", {{"cancel_reason", "mistaken"}}).value();
  asked();
  EXPECT_EQ(name_of(reply(cancelled, "1.\nThe printer is still broken\n2.\nand the scanner").outcome),
            "opened");
  const auto rated = closed();
  ASSERT_TRUE(answer("luis", rated, 4));
  asked();
  EXPECT_EQ(name_of(reply(rated, "2\nIt is broken again").outcome), "opened");
  EXPECT_EQ(answered(rated)->score, 4);
}

TEST_F(Survey, Rule14ALongAnswerByMailCounts) {
  const auto ticket = closed();
  asked();
  EXPECT_EQ(name_of(reply(ticket, "4\n" + std::string(5'000, 'x')).outcome), "comment");
  EXPECT_EQ(answered(ticket)->score, 4);
  EXPECT_EQ(answered(ticket)->comment.size(), longest_survey_comment);
}

TEST_F(Survey, Rule14OtherMailToAClosedTicketFollowsIt) {
  const auto ticket = closed();
  asked();
  EXPECT_EQ(name_of(reply(ticket, "4 printers are broken again").outcome), "opened");
  EXPECT_FALSE(answered(ticket));
}

TEST_F(Survey, MailThatNamesNoMailOfTheDeskIsNoAnswer) {
  const auto ticket = closed();
  EXPECT_EQ(name_of(reply(ticket, "1").outcome), "opened");
  EXPECT_FALSE(answered(ticket));
}

TEST_F(Survey, MailOfSomebodyElseIsNoAnswer) {
  const auto ticket = closed();
  asked();
  EXPECT_EQ(name_of(reply(ticket, "1", "eva@example.org").outcome), "waiting");
  EXPECT_FALSE(answered(ticket));
}

TEST_F(Survey, Rule76SatisfactionIsAmongTheFigures) {
  ASSERT_TRUE(answer("luis", closed(), 4));
  ASSERT_TRUE(answer("luis", closed(), 5));
  closed();
  open();
  const auto scope = FigureScope{{0, db.clock().now() + 1}};
  const auto figures = as<std::vector<cmdb::Figure>>(
      "ana", {}, [&](const Operation& operation) { return ticket_figures(operation, scope); });
  const auto found = std::ranges::find(figures, "satisfaction", &cmdb::Figure::name);
  ASSERT_NE(found, figures.end());
  EXPECT_EQ(found->items, 2u);
  EXPECT_EQ(found->of, 3u);
  const auto mean = std::ranges::find(found->values, "mean", [](const auto& value) { return value.first; });
  ASSERT_NE(mean, found->values.end());
  EXPECT_DOUBLE_EQ(mean->second, 4.5);
  const auto listed = as<std::vector<std::int64_t>>("ana", {}, [&](const Operation& operation) {
    std::vector<std::int64_t> scores;
    for (const auto& row : tickets_of_figure(operation, "satisfaction", scope, {})->rows)
      scores.push_back(row.score);
    return scores;
  });
  EXPECT_EQ(listed, (std::vector<std::int64_t>{5, 4}));
}

}  // namespace
}  // namespace censo::desk
