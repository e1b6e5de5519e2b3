#include "desk/received_store.h"

#include "base/text.h"
#include "cmdb/id_page.h"
#include "desk/conditions.h"
#include "desk/desk_role.h"
#include "desk/incoming_mail.h"
#include "desk/mail_rules.h"

#include <algorithm>
#include <limits>

namespace censo::desk {
namespace {

using base::Errc;

constexpr base::TimeMs hour_ms = 60 * 60 * 1000;

ReceivedMail received_of(const store::Row& row) {
  return {ReceivedId(row.integer(0)),
          row.integer(1),
          row.text(2),
          row.text(3),
          row.text(4),
          row.text(5),
          row.text(6),
          row.text(7),
          row.text(8)};
}

std::string received_where(std::string_view condition) {
  return "select id, at, address, person, subject, outcome, reason, ticket, decided_by from mail_in where " +
         std::string(condition);
}

}  // namespace

bool is_received(store::Transaction& tx, const std::string& digest) {
  return tx.query_one("select 1 from mail_in where digest = $1", digest).has_value();
}

bool is_own_message(store::Transaction& tx, const std::string& message_id) {
  return tx.query_one("select 1 from mail_thread where message_id = $1", message_id).has_value() ||
         tx.query_one("select 1 from mail_out where message_id = $1", message_id).has_value() ||
         tx.query_one("select 1 from mail_in where message_id = $1 and message_id <> ''", message_id)
             .has_value();
}

void note_message(store::Transaction& tx, const std::string& message_id, TicketId ticket, base::TimeMs now) {
  if (message_id.empty()) return;
  tx.execute(
      "insert into mail_thread (message_id, ticket_id, at) values ($1, $2, $3) on conflict (message_id) do "
      "nothing",
      message_id, ticket.value, now);
}

std::string note_returned(store::Transaction& tx, const std::vector<std::string>& message_ids,
                          base::TimeMs now) {
  std::string receivers;
  for (const auto& id : message_ids) {
    for (const auto& row : tx.query("select id, address from mail_out where message_id = $1", id)) {
      tx.execute(
          "update mail_out set state = 'failed', problem = 'it was returned', sent_at = $2 where id = $1",
          row.integer(0), now);
      receivers += (receivers.empty() ? "" : ", ") + row.text(1);
    }
  }
  return receivers;
}

bool count_sender(store::Transaction& tx, const IncomingRules& rules, const std::string& address,
                  base::TimeMs now) {
  const auto folded = base::to_lower(address);
  std::int64_t hour_at = now, hour_messages = 0, messages = 0, over_limit = 0;
  const auto row = tx.query_one(
      "select hour_at, hour_messages, messages, over_limit from mail_sender where address = $1", folded);
  if (row) {
    messages = row->integer(2);
    over_limit = row->integer(3);
    const bool same_hour = now >= row->integer(0) && now - row->integer(0) < hour_ms;
    if (same_hour) hour_at = row->integer(0), hour_messages = row->integer(1);
  }
  const bool taken = hour_messages < rules.an_hour;
  if (taken)
    ++hour_messages, ++messages;
  else
    ++over_limit;
  tx.execute(
      "insert into mail_sender (address, hour_at, hour_messages, messages, over_limit, last_at) "
      "values ($1, $2, $3, $4, $5, $6) on conflict (address) do update set hour_at = excluded.hour_at, "
      "hour_messages = excluded.hour_messages, messages = excluded.messages, over_limit = "
      "excluded.over_limit, last_at = excluded.last_at",
      folded, hour_at, hour_messages, messages, over_limit, now);
  return taken;
}

TakenMail keep_received(const Operation& operation, const IncomingRules& rules, const ReceivedRow& row,
                        TakenMail taken) {
  auto& tx = operation.tx;
  if (taken.outcome == MailOutcome::waiting) {
    const auto there = tx.query_one(
        "select count(*), cast(coalesce(sum(length(message)), 0) as bigint) from mail_in where outcome = "
        "'waiting'");
    const auto bytes = there->integer(1) + static_cast<std::int64_t>(row.whole.text.size());
    if (there->integer(0) >= rules.waiting) taken = {MailOutcome::over_limit, "too many wait already", {}};
    if (bytes > rules.waiting_bytes) taken = {MailOutcome::over_limit, "too many bytes wait already", {}};
  }
  if (taken.outcome == MailOutcome::over_limit) return taken;
  const bool waits = taken.outcome == MailOutcome::waiting;
  const auto& now = operation.act.clock;
  tx.execute(
      "insert into mail_in (id, at, address, person, subject, message_id, digest, outcome, reason, ticket, "
      "decided_by, message) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', $11)",
      base::next_id(now), now.now(), row.mail.from, row.person, base::sanitize_utf8(row.mail.subject, 500),
      row.mail.message_id, row.whole.digest, name_of(taken.outcome), base::sanitize_utf8(taken.reason, 500),
      taken.ticket, waits ? base::Bytes(row.whole.text.begin(), row.whole.text.end()) : base::Bytes());
  return taken;
}

void decide(const Operation& operation, ReceivedId id, std::string_view outcome, const std::string& ticket) {
  operation.tx.execute(
      "update mail_in set outcome = $2, ticket = $3, decided_by = $4, message = $5 where id = $1", id.value,
      outcome, ticket, operation.act.actor, base::Bytes());
}

base::Result<cmdb::Page<ReceivedMail>> list_received(store::Transaction& tx, std::string_view outcome,
                                                     const cmdb::PageRequest& page) {
  const auto before = cmdb::position_of(page, std::numeric_limits<std::int64_t>::max());
  if (!before) return before.error();
  Conditions query("id < $1 order by id desc limit $2", {*before, static_cast<std::int64_t>(page.limit) + 1});
  query.add_if("outcome = ", std::string(outcome));
  const auto sql = received_where(query.text());
  cmdb::Page<ReceivedMail> result;
  for (const auto& row : tx.query_list(sql, query.parameters())) result.rows.push_back(received_of(row));
  cmdb::cut(result, page);
  return result;
}

base::Result<std::string> waiting_message(store::Transaction& tx, ReceivedId id) {
  const auto row = tx.query_one("select outcome, message from mail_in where id = $1", id.value);
  if (!row) return base::fail(Errc::not_found, "no mail " + base::to_text(id));
  if (row->text(0) != "waiting")
    return base::fail(Errc::conflict, "it does not wait any more: " + row->text(0), {}, "DECIDED");
  const auto& bytes = row->bytes(1);
  return std::string(bytes.begin(), bytes.end());
}

base::Result<void> discard_mail(const Operation& operation, ReceivedId id) {
  if (!is_of_desk(operation.act.roles))
    return base::fail(Errc::permission_denied, "mail that waits is the desk's to place", {}, "ROLE_NEEDED");
  const auto waits = waiting_message(operation.tx, id);
  if (!waits) return waits.error();
  decide(operation, id, "dropped", "");
  return {};
}

bool forget_received(const Operation& operation, const MailRules& rules, std::size_t limit) {
  auto& tx = operation.tx;
  const auto now = operation.act.clock.now();
  const auto most = static_cast<std::int64_t>(limit);
  const auto waited =
      tx.query("select id from mail_in where outcome = 'waiting' and at < $1 order by id limit $2",
               now - rules.incoming.keep_ms, most);
  for (const auto& row : waited) decide(operation, ReceivedId(row.integer(0)), "dropped", "");
  const auto known_since = now - rules.incoming.remember_ms;
  const auto decided =
      tx.query("select id from mail_in where outcome <> 'waiting' and at < $1 order by at limit $2",
               known_since, most);
  for (const auto& row : decided) tx.execute("delete from mail_in where id = $1", row.integer(0));
  const auto silent = tx.query("select address from mail_sender where last_at < $1 order by last_at limit $2",
                               known_since, most);
  for (const auto& row : silent) tx.execute("delete from mail_sender where address = $1", row.text(0));
  return std::max({waited.size(), decided.size(), silent.size()}) == limit;
}

MailFolder find_folder(store::Transaction& tx, const std::string& name) {
  const auto row = tx.query_one("select validity, last_uid from mail_folder where name = $1", name);
  if (!row) return {name, 0, 0};
  return {name, row->integer(0), row->integer(1)};
}

void save_folder(store::Transaction& tx, const MailFolder& folder) {
  tx.execute(
      "insert into mail_folder (name, validity, last_uid) values ($1, $2, $3) on conflict (name) do update "
      "set validity = excluded.validity, last_uid = excluded.last_uid",
      folder.name, folder.validity, folder.last_uid);
}

}  // namespace censo::desk
