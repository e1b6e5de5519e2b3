#include "desk/mail_queue.h"

#include "base/digest.h"
#include "base/text.h"
#include "cmdb/id_page.h"
#include "desk/conditions.h"

#include <algorithm>
#include <limits>

namespace censo::desk {
namespace {

using base::Errc;

std::string mails_where(std::string_view condition) {
  return "select id, ticket_id, notice, person, address, message_id, answers, subject, body, created_at, "
         "state, tries, next_at, problem, sent_at from mail_out where " +
         std::string(condition);
}

OutgoingMail mail_of(const store::Row& row) {
  OutgoingMail mail;
  mail.id = MailId(row.integer(0));
  mail.ticket = TicketId(row.maybe_integer(1).value_or(0));
  mail.notice = row.text(2);
  mail.person = row.text(3);
  mail.address = row.text(4);
  mail.message_id = row.text(5);
  for (const auto id : base::split_words(row.text(6))) mail.answers.emplace_back(id);
  mail.subject = row.text(7);
  mail.body = row.text(8);
  mail.created_at = row.integer(9);
  mail.state = row.text(10);
  mail.tries = row.integer(11);
  mail.next_at = row.integer(12);
  mail.problem = row.text(13);
  mail.sent_at = row.integer(14);
  return mail;
}

// Twice as long after each try.
base::TimeMs pause_after(const MailRules& rules, std::int64_t tries) {
  auto pause = rules.retry_after_ms;
  for (std::int64_t i = 1; i < tries && pause < rules.retry_at_most_ms; ++i) pause *= 2;
  return std::min(pause, rules.retry_at_most_ms);
}

}  // namespace

std::string new_message_id(std::string_view ticket, std::string_view domain) {
  const auto secret = base::to_hex(base::random_bytes(12));
  return (ticket.empty() ? "" : std::string(ticket) + ".") + secret + "@" + std::string(domain);
}

void queue_mail(store::Transaction& tx, OutgoingMail& mail, const base::Clock& clock) {
  mail.id = MailId(base::next_id(clock));
  mail.created_at = mail.next_at = clock.now();
  const store::Parameter ticket =
      mail.ticket ? store::Parameter(mail.ticket.value) : store::Parameter(nullptr);
  tx.execute(
      "insert into mail_out (id, ticket_id, notice, person, address, message_id, answers, subject, body, "
      "created_at, state, tries, next_at, claimed_until, problem, sent_at) "
      "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'waiting', 0, $10, 0, '', 0)",
      mail.id.value, ticket, mail.notice, mail.person, mail.address, mail.message_id,
      base::join(mail.answers, " "), mail.subject, mail.body, mail.created_at);
  if (mail.ticket)
    tx.execute("insert into mail_thread (message_id, ticket_id, at) values ($1, $2, $3)", mail.message_id,
               mail.ticket.value, mail.created_at);
}

bool is_mail_due(store::Transaction& tx, base::TimeMs now) {
  return tx
      .query_one(
          "select 1 from mail_out where state = 'waiting' and next_at <= $1 and claimed_until <= $1 "
          "and exists (select 1 from mail_account where way = 'out') limit 1",
          now)
      .has_value();
}

std::vector<OutgoingMail> claim_mails(store::Transaction& tx, base::TimeMs now, base::TimeMs until,
                                      std::size_t limit) {
  std::vector<OutgoingMail> mails;
  const auto sql = mails_where(
      "state = 'waiting' and next_at <= $1 and claimed_until <= $1 order by next_at, id limit $2");
  for (const auto& row : tx.query(sql, now, static_cast<std::int64_t>(limit))) {
    mails.push_back(mail_of(row));
    tx.execute("update mail_out set claimed_until = $2 where id = $1", row.integer(0), until);
  }
  return mails;
}

void release_mails(store::Transaction& tx, const std::vector<MailId>& mails) {
  for (const auto id : mails) tx.execute("update mail_out set claimed_until = 0 where id = $1", id.value);
}

void settle_mail(store::Transaction& tx, const MailRules& rules, MailId id, const DeliveryTry& one,
                 base::TimeMs now) {
  const auto mail = find_mail(tx, id);
  if (!mail || mail->state != "waiting") return;
  const auto tries = mail->tries + 1;
  const bool late = mail->created_at + rules.give_up_after_ms <= now;
  const bool gone = one.delivery == Delivery::refused || (one.delivery == Delivery::not_now && late);
  const std::string state = one.delivery == Delivery::taken ? "sent" : gone ? "failed" : "waiting";
  tx.execute(
      "update mail_out set state = $2, tries = $3, next_at = $4, claimed_until = 0, problem = $5, "
      "sent_at = $6 where id = $1",
      id.value, state, tries, now + pause_after(rules, tries), base::sanitize_utf8(one.problem, 500),
      state == "waiting" ? 0 : now);
}

base::Result<OutgoingMail> find_mail(store::Transaction& tx, MailId id) {
  const auto sql = mails_where("id = $1");
  const auto row = tx.query_one(sql, id.value);
  if (row) return mail_of(*row);
  return base::fail(Errc::not_found, "no mail " + base::to_text(id));
}

base::Result<cmdb::Page<OutgoingMail>> list_mails(store::Transaction& tx, std::string_view state,
                                                  const cmdb::PageRequest& page) {
  const auto before = cmdb::position_of(page, std::numeric_limits<std::int64_t>::max());
  if (!before) return before.error();
  Conditions query("id < $1 order by id desc limit $2", {*before, static_cast<std::int64_t>(page.limit) + 1});
  query.add_if("state = ", std::string(state));
  const auto sql = mails_where(query.text());
  cmdb::Page<OutgoingMail> result;
  for (const auto& row : tx.query_list(sql, query.parameters())) result.rows.push_back(mail_of(row));
  cmdb::cut(result, page);
  return result;
}

base::Result<void> retry_mail(store::Transaction& tx, MailId id, base::TimeMs now) {
  const auto mail = find_mail(tx, id);
  if (!mail) return mail.error();
  if (mail->state == "sent") return base::fail(Errc::conflict, "it is sent already");
  tx.execute(
      "update mail_out set state = 'waiting', tries = 0, next_at = $2, created_at = $2, sent_at = 0 "
      "where id = $1",
      id.value, now);
  return {};
}

bool forget_mails(store::Transaction& tx, const MailRules& rules, base::TimeMs now, std::size_t limit) {
  const auto old =
      tx.query("select id from mail_out where sent_at > 0 and sent_at < $1 order by sent_at limit $2",
               now - rules.keep_ms, static_cast<std::int64_t>(limit));
  for (const auto& row : old) tx.execute("delete from mail_out where id = $1", row.integer(0));
  return old.size() == limit;
}

}  // namespace censo::desk
