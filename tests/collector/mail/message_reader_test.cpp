// Mail as people's programs write it.
#include "collector/mail/message_reader.h"

#include "collector/mail/html_text.h"
#include "collector/mail/imap.h"
#include "collector/mail/quoted_text.h"

#include <gtest/gtest.h>

namespace censo::collector::mail {
namespace {

const ReadSettings settings{{"--- Write your answer above this line ---"}};

desk::IncomingMail read(const std::string& text) {
  auto mail = read_message(text, settings);
  EXPECT_TRUE(mail);
  return mail ? *mail : desk::IncomingMail{};
}

TEST(Reader, HeadersAndText) {
  const auto mail = read(
      "From: =?utf-8?q?Luis_Nu=C3=B1ez?= <luis@example.org>\r\nTo: desk@example.org\r\n"
      "Subject: =?iso-8859-1?q?Impresora_sin_papel=2C_=BFqu=E9_hago=3F?=\r\n"
      "Message-ID: <a1@example.org>\r\nIn-Reply-To: <b1@example.org>\r\n"
      "References: <root@example.org>\r\n <b1@example.org>\r\n\r\nHello\r\n");
  EXPECT_EQ(mail.from, "luis@example.org");
  EXPECT_EQ(mail.subject, "Impresora sin papel, ¿qué hago?");
  EXPECT_EQ(mail.message_id, "a1@example.org");
  EXPECT_EQ(mail.answers, (std::vector<std::string>{"b1@example.org", "root@example.org"}));
  EXPECT_EQ(mail.text, "Hello");
  EXPECT_EQ(mail.program, "");
}

TEST(Reader, PlainTextGoesBeforeHtmlAndFilesAreFiles) {
  const auto mail = read(
      "From: luis@example.org\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
      "Content-Type: multipart/mixed; boundary=outer\r\n\r\n--outer\r\n"
      "Content-Type: multipart/alternative; boundary=inner\r\n\r\n--inner\r\n"
      "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
      "se=C3=B1al\r\n--inner\r\nContent-Type: text/html\r\n\r\n<p>no</p>\r\n--inner--\r\n"
      "--outer\r\nContent-Type: text/plain; name=log.txt\r\nContent-Disposition: attachment; "
      "filename=log.txt\r\n"
      "Content-Transfer-Encoding: base64\r\n\r\nc2luY2Ugbm9vbgo=\r\n--outer--\r\n");
  EXPECT_EQ(mail.text, "señal");
  ASSERT_EQ(mail.files.size(), 1u);
  EXPECT_EQ(mail.files[0].name, "log.txt");
  EXPECT_EQ(mail.files[0].content, "since noon\n");
}

TEST(Reader, HtmlAloneIsReducedToText) {
  const auto mail = read(
      "From: luis@example.org\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
      "<html><head><style>p{}</style></head><body><p>Hello <b>there</b></p><script>alert(1)</script>"
      "<img src=\"http://evil.example/x\"><div>1 &lt; 2 &amp; <a "
      "href=\"https://example.org/a\">here</a></div></body></html>");
  EXPECT_EQ(mail.text, "Hello there\n\n1 < 2 & here <https://example.org/a>");
}

TEST(Reader, NoControlsAndNothingThatIsNoUtf8) {
  const auto mail = read("From: luis@example.org\r\nSubject: a\x1b[31m\x07 b\r\n\r\nx\x1b[2J\xff y\r\n");
  EXPECT_EQ(mail.text.find('\x1b'), std::string::npos);
  EXPECT_EQ(mail.subject.find('\x1b'), std::string::npos);
}

struct Sign {
  const char* header;
  bool program;
};
class Programs : public testing::TestWithParam<Sign> {};
TEST_P(Programs, AreKnownByTheirHeaders) {
  const auto mail = read(std::string("From: luis@example.org\r\n") + GetParam().header + "\r\n\r\nx\r\n");
  EXPECT_EQ(!mail.program.empty(), GetParam().program) << GetParam().header;
}
INSTANTIATE_TEST_SUITE_P(
    Headers, Programs,
    testing::Values(Sign{"Auto-Submitted: auto-replied", true}, Sign{"Auto-Submitted: no", false},
                    Sign{"Precedence: bulk", true}, Sign{"Precedence: first-class", false},
                    Sign{"Return-Path: <>", true}, Sign{"Return-Path: <luis@example.org>", false},
                    Sign{"List-Id: <all.example.org>", true}, Sign{"X-Mailer: x", false}));

TEST(Reader, ReportOfAMailThatCameBackNamesIt) {
  const auto mail = read(
      "From: MAILER-DAEMON@example.org\r\nReturn-Path: <>\r\nContent-Type: multipart/report; "
      "report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nNo such user.\r\n--b\r\n"
      "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\nAction: failed\r\n--b\r\n"
      "Content-Type: text/rfc822-headers\r\n\r\nFrom: desk@example.org\r\nMessage-Id: "
      "<INC-1.ab@example.org>\r\n"
      "--b--\r\n");
  EXPECT_FALSE(mail.program.empty());
  EXPECT_EQ(mail.returned, std::vector<std::string>{"INC-1.ab@example.org"});
  EXPECT_TRUE(mail.files.empty());
}

desk::IncomingMail report_that(const std::string& type, const std::string& status) {
  return read(
      "From: MAILER-DAEMON@example.org\r\nContent-Type: multipart/report; boundary=b\r\n\r\n"
      "--b\r\n\r\nSome words.\r\n--b\r\nContent-Type: message/" +
      type + "\r\n\r\n" + status +
      "\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-Id: <INC-1.ab@example.org>\r\n"
      "--b--\r\n");
}

TEST(Reader, ReportOfAMailThatIsLateOrWasReadReturnsNone) {
  const auto late = report_that("delivery-status", "Reporting-MTA: dns; x\r\n\r\nAction: delayed\r\n");
  EXPECT_TRUE(late.returned.empty());
  EXPECT_FALSE(late.program.empty());
  const auto was_read = report_that("disposition-notification", "Disposition: manual-action; displayed\r\n");
  EXPECT_TRUE(was_read.returned.empty());
  EXPECT_FALSE(was_read.program.empty());
}

TEST(Reader, ReportSaysInAnyCaseThatItFailed) {
  const auto mail =
      report_that("delivery-status", "Reporting-MTA: dns; x\r\n\r\nFinal-Recipient: x\r\naction:FAILED\r\n");
  EXPECT_EQ(mail.returned, std::vector<std::string>{"INC-1.ab@example.org"});
}

TEST(Reader, TooManyFilesAreLeftOut) {
  std::string text = "From: a@b.c\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n";
  for (int i = 0; i < 200; ++i) text += "--b\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nx\r\n";
  const auto mail = read(text + "--b--\r\n");
  EXPECT_EQ(mail.files.size(), settings.files);
  EXPECT_GE(mail.left_out, 50u);
}

TEST(Reader, PartsInPartsWithoutEndAreRefused) {
  std::string text = "From: a@b.c\r\n";
  for (int i = 0; i < 5'000; ++i) {
    const auto name = std::to_string(i);
    text += "Content-Type: multipart/mixed; boundary=b" + name + "\r\n\r\n--b" + name + "\r\n";
  }
  EXPECT_FALSE(read_message(text, settings));
  std::string mails = "From: a@b.c\r\n";
  for (int i = 0; i < 5'000; ++i) mails += "Content-Type: message/rfc822\r\n\r\n";
  EXPECT_FALSE(read_message(mails, settings));
}

TEST(Reader, SenderThatIsNoAddressIsNone) {
  EXPECT_EQ(read("From: Luis\r\n\r\nx\r\n").from, "");
  EXPECT_EQ(read("From: <a b@c>, <luis@example.org>\r\n\r\nx\r\n").from.find(' '), std::string::npos);
  EXPECT_EQ(read("Subject: x\r\n\r\nx\r\n").from, "");
}

TEST(Quotes, AreCutAtTheMarker) {
  EXPECT_EQ(without_quotes(
                "It works now.\n\nOn Friday, Desk\n<desk@example.org> wrote:\n> --- Write your answer above "
                "this line ---\n> \n> Did it?\n",
                settings.markers),
            "It works now.");
}

TEST(Quotes, AreCutWhereOnlyQuotesFollow) {
  EXPECT_EQ(without_quotes("Yes.\n\nEl vie, 27 nov 2026, Ana escribió:\n> ¿Va?\n> --\n>Ana\n", {}), "Yes.");
}

TEST(Quotes, WithinTheAnswerStay) {
  const std::string text = "> Which browser?\nThat one.\n> Since when?\nNoon.";
  EXPECT_EQ(without_quotes(text, {}), text);
}

TEST(Quotes, AreCutAtADivider) {
  EXPECT_EQ(without_quotes("Yes.\n\n-----Original Message-----\nFrom: Ana\nDoes it?\n", {}), "Yes.");
}

TEST(Quotes, AllOfItStaysWhereNothingWouldBeLeft) {
  EXPECT_EQ(without_quotes("> only this", {}), "> only this");
  EXPECT_EQ(without_quotes("", {}), "");
}

TEST(Html, WhateverItIsThereIsAnAnswer) {
  EXPECT_EQ(text_of_html("", 100), "");
  EXPECT_EQ(text_of_html("plain", 100), "plain");
  EXPECT_EQ(text_of_html("<p>a<p>b<br>c", 100), "a\n\nb\nc");
  EXPECT_LE(text_of_html("<p>" + std::string(10'000, 'x'), 100).size(), 100u);
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "<div>";
  EXPECT_NO_THROW(text_of_html(deep + "x", 100));
}

TEST(ImapAnswers, NumbersAreRead) {
  EXPECT_EQ(numbers_of_search("* SEARCH 7 3 5\r\n"), (std::vector<std::int64_t>{3, 5, 7}));
  EXPECT_EQ(numbers_of_search("* SEARCH\r\n* 3 EXISTS\r\n"), std::vector<std::int64_t>{});
  EXPECT_EQ(numbers_of_search("* SEARCH -1 x 99999999999999999999 4"), std::vector<std::int64_t>{4});
  EXPECT_EQ(number_after("* STATUS INBOX (UIDVALIDITY 17 UIDNEXT 4)", "UIDNEXT"), 4);
  EXPECT_EQ(number_after("* STATUS INBOX (MESSAGES 1)", "UIDNEXT"), 0);
}

TEST(ImapAnswers, DatesAreWrittenAsTheServerReadsThem) {
  EXPECT_EQ(imap_date(1'790'000'000'000), "21-Sep-2026");
  EXPECT_EQ(imap_date(0), "01-Jan-1970");
}

}  // namespace
}  // namespace censo::collector::mail
