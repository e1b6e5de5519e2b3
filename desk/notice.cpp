#include "desk/notice.h"

#include "base/text.h"
#include "desk/desk_role.h"
#include "desk/filled_text.h"
#include "desk/mail_account.h"
#include "desk/mail_address.h"
#include "desk/mail_queue.h"
#include "desk/tenant.h"
#include "desk/ticket_kind.h"
#include "desk/ticket_store.h"
#include "desk/ticket_watcher.h"

#include <boost/json.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace censo::desk {
namespace {

constexpr std::size_t longest_subject = 300, longest_body = 64'000, thread_shown = 10;

// What happened, as the history or the notes have it.
struct Happening {
  std::string event, actor, reason, text;
  std::string notified = {};  // the field with whom an escalation names
};

bool contains(const std::vector<std::string>& list, std::string_view one) {
  return std::ranges::find(list, one) != list.end();
}

bool is_note(std::string_view event) {
  return event == "comment" || event == "internal_note" || event == "work";
}

std::optional<Happening> happening_of(store::Transaction& tx, const std::string& event,
                                      std::int64_t reference) {
  if (is_note(event)) {
    const auto row = tx.query_one("select author, text from ticket_note where id = $1", reference);
    if (!row) return {};
    return Happening{event, row->text(0), {}, row->text(1)};
  }
  const auto row =
      tx.query_one("select actor, reason, after_change from ticket_history where id = $1", reference);
  if (!row) return {};
  const auto after = boost::json::parse(row->text(2));
  const auto* notify = after.as_object().if_contains("notify");
  const bool named = notify && notify->is_string();
  return Happening{event, row->text(0), row->text(1), {}, named ? std::string(notify->as_string()) : ""};
}

// One notice of one ticket, for several people.
class Notice {
 public:
  Notice(const Operation& operation, const MailRules& rules, const MailAccount& account)
      : operation_(operation), rules_(rules), account_(account) {}

  void tell(const NoticeRule& rule, const Ticket& ticket, const Happening& what,
            std::set<std::string>& told) const {
    for (const auto& person : people(rule, ticket, what)) {
      if (person == what.actor && !rule.himself) continue;
      if (!may_hear(operation_.tx, person, ticket)) continue;
      const auto address = address_of(operation_.tx, person);
      if (!address || base::equal_ignoring_case(*address, account_.address)) continue;
      if (!told.insert(base::to_lower(*address)).second) continue;
      OutgoingMail mail;
      mail.ticket = ticket.id;
      mail.notice = rule.name;
      mail.person = person;
      mail.address = *address;
      mail.message_id = new_message_id(ticket.number, domain_of(account_.address));
      mail.answers = thread_of(ticket);
      mail.subject = subject(rule, ticket, what);
      mail.body = body(rule, ticket, what);
      queue_mail(operation_.tx, mail, operation_.act.clock);
    }
  }

 private:
  std::vector<std::string> people(const NoticeRule& rule, const Ticket& ticket, const Happening& what) const {
    std::vector<std::string> found;
    if (contains(rule.to, "requester")) found.push_back(ticket.requester);
    if (contains(rule.to, "assignee")) found.push_back(ticket.field("assignee"));
    if (contains(rule.to, "notified")) {
      const auto& person = ticket.field(what.notified);
      if (person.empty())
        found = role_holders(operation_.tx, what.notified, ticket.field("group"));
      else
        found.push_back(person);
    }
    if (contains(rule.to, "watchers"))
      for (auto& one : watchers_of(operation_.tx, ticket.id)) found.push_back(std::move(one));
    return found;
  }

  // The first one and the last ones: programs for mail put a thread together from these.
  std::vector<std::string> thread_of(const Ticket& ticket) const {
    std::vector<std::string> ids;
    for (const auto& row : operation_.tx.query(
             "select message_id from mail_thread where ticket_id = $1 order by at desc, message_id limit $2",
             ticket.id.value, static_cast<std::int64_t>(thread_shown)))
      ids.push_back(row.text(0));
    std::ranges::reverse(ids);
    const auto first = operation_.tx.query_one(
        "select message_id from mail_thread where ticket_id = $1 order by at, message_id limit 1",
        ticket.id.value);
    if (first && std::ranges::find(ids, first->text(0)) == ids.end()) ids.insert(ids.begin(), first->text(0));
    return ids;
  }

  template <class Text>  // a label, or a text of the rules
  const std::string& in_language(const Text& text) const {
    return account_.language == "es" ? text.es : text.en;
  }

  std::string value(std::string_view name, const Ticket& ticket, const Happening& what) const {
    const auto* kind = operation_.kinds.find(ticket.kind);
    const auto* state = kind ? kind->find_state(ticket.state) : nullptr;
    const std::map<std::string_view, std::string> known{
        {"number", ticket.number},
        {"title", ticket.title},
        {"description", ticket.description},
        {"requester", ticket.requester},
        {"kind", kind ? base::to_lower(in_language(kind->label)) : ticket.kind},
        {"state", state ? base::to_lower(in_language(state->label)) : ticket.state},
        {"who", what.actor},
        {"reason", what.reason},
        {"text", what.text}};
    const auto found = known.find(name);
    return base::sanitize_utf8(found == known.end() ? ticket.field(name) : found->second, 16'000);
  }

  std::string text_of(const MailText& label, const Ticket& ticket, const Happening& what) const {
    return filled(in_language(label), [&](std::string_view name) { return value(name, ticket, what); });
  }

  std::string subject(const NoticeRule& rule, const Ticket& ticket, const Happening& what) const {
    auto line = text_of(rule.subject, ticket, what);
    std::ranges::replace_if(
        line, [](char c) { return c == '\n' || c == '\t'; }, ' ');
    return base::sanitize_utf8("[" + ticket.number + "] " + line, longest_subject);
  }

  // The marker stands first, and nowhere else: a value cannot cut off what comes after it.
  std::string body(const NoticeRule& rule, const Ticket& ticket, const Happening& what) const {
    const auto& marker = in_language(rules_.marker);
    auto text = text_of(rule.text, ticket, what);
    for (auto at = text.find(marker); at != std::string::npos; at = text.find(marker, at + 3))
      text.insert(at, "| ");
    return base::sanitize_utf8(marker + "\n\n" + std::string(base::trim(text)) + "\n", longest_body);
  }

  const Operation& operation_;
  const MailRules& rules_;
  const MailAccount& account_;
};

void make_notice(const Operation& operation, const MailRules& rules, const MailAccount& account,
                 const store::Row& due) {
  const auto what = happening_of(operation.tx, due.text(2), due.integer(3));
  const auto sql = tickets_where("id = $1");
  const auto row = operation.tx.query_one(sql, due.integer(1));
  if (!what || !row) return;
  const auto ticket = ticket_of(*row);
  std::set<std::string> told;
  for (const auto& rule : rules.notices) {
    const bool fits =
        contains(rule.events, what->event) && (rule.kinds.empty() || contains(rule.kinds, ticket.kind));
    if (fits) Notice(operation, rules, account).tell(rule, ticket, *what, told);
  }
}

}  // namespace

void note_for_mail(store::Transaction& tx, TicketId ticket, std::string_view event, std::int64_t reference) {
  tx.execute(
      "insert into mail_due (id, ticket_id, event, reference_id) "
      "select $1, $2, cast($3 as text), $1 where exists (select 1 from mail_account where way = 'out')",
      reference, ticket.value, event);
}

bool make_notices(const Operation& operation, const MailRules& rules, std::size_t limit) {
  const auto due =
      operation.tx.query("select id, ticket_id, event, reference_id from mail_due order by id limit $1",
                         static_cast<std::int64_t>(limit));
  if (due.empty()) return false;
  const auto account = find_account(operation.tx, "out");
  for (const auto& row : due) {
    if (account) make_notice(operation, rules, *account, row);
    operation.tx.execute("delete from mail_due where id = $1", row.integer(0));
  }
  return due.size() == limit;
}

}  // namespace censo::desk
