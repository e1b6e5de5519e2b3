#include "desk/unauthorised_report.h"

#include "base/log.h"
#include "base/text.h"
#include "cmdb/tenant.h"
#include "desk/criticality.h"
#include "desk/desk_role.h"
#include "desk/detected_store.h"
#include "desk/detection_rules.h"
#include "desk/filled_text.h"
#include "desk/mail_account.h"
#include "desk/mail_address.h"
#include "desk/mail_queue.h"
#include "desk/mail_rules.h"
#include "desk/tenant.h"
#include "desk/ticket_note.h"
#include "desk/transition.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace censo::desk {
namespace {

constexpr std::size_t most_shown = 20;
constexpr const char* task_of_it = "unauthorised_change";  // in the field item_task

struct Group {
  DetectedId id;
  cmdb::CiId ci;
  std::string item, owner, support_group, tenant;
  std::int64_t criticality = 0;  // 0: nobody says
  std::string changes;           // a line each
};

std::optional<Group> group_of(store::Transaction& tx, DetectedId id) {
  static const auto sql =
      detected_where("d.group_id = $1 and d.state = 'unauthorised' order by d.id limit 21");
  const auto rows = tx.query(sql, id.value);
  if (rows.empty()) return {};
  Group group;
  group.id = id;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto one = detected_of(rows[i]);
    group.ci = one.ci;
    group.item = base::sanitize_utf8(one.ci_name, 80);
    group.changes +=
        i == most_shown
            ? "...\n"
            : base::sanitize_utf8(
                  one.what + " " + one.subject + ": " + one.old_value + " -> " + one.new_value, 400) +
                  "\n";
  }
  const auto item = tx.query_one(
      "select coalesce(attributes ->> 'owner', ''), coalesce(attributes ->> 'support_group', '') from ci "
      "where id = $1",
      group.ci.value);
  if (!item) return group;
  group.owner = item->text(0);
  group.support_group = item->text(1);
  group.criticality = criticality_of(tx, group.ci).value_or(0);
  group.tenant = cmdb::tenant_of(tx, group.ci);
  return group;
}

class Report {
 public:
  Report(const Operation& operation, const MailRules& rules)
      : operation_(operation),
        tx_(operation.tx),
        rules_(rules),
        account_(find_account(operation.tx, "out")) {}

  void tell(const Group& group) {
    const auto ticket = is_critical(group) ? task_for(group) : std::string();
    if (account_) send(group, ticket);
  }

 private:
  bool is_critical(const Group& group) const {
    const auto least = operation_.detection->task_criticality;
    return group.criticality > 0 && group.criticality <= least;
  }

  // The one that is open on the item, or a new one; "": it could not be opened.
  std::string task_for(const Group& group) {
    const std::string text = "Nobody had agreed to this (group " + base::to_text(group.id) + "):\n" +
                             group.changes + "censo detected accept, match or expected decides about it.";
    const auto known = tx_.query_one(
        "select t.number from ticket_link l join ticket t on t.id = l.ticket_id where l.ci_id = $1 and "
        "t.kind = 'task' and t.is_open = 1 and t.fields ->> 'item_task' = $2 order by t.id desc limit 1",
        group.ci.value, task_of_it);
    if (known) {
      const auto ticket = find_ticket(tx_, known->text(0));
      if (ticket) keep_note(operation_, *ticket, {NoteKind::internal, text, 0});
      return known->text(0);
    }
    NewTicket wanted;
    wanted.kind = "task";
    wanted.title = "Unauthorised change of " + group.item;
    wanted.description = text;
    wanted.requester = operation_.act.actor;
    wanted.affected = {group.ci};
    wanted.fields = {{"item_task", task_of_it}};
    if (!group.tenant.empty()) wanted.fields["tenant"] = group.tenant;
    const auto opened = open_ticket(tx_, operation_.kinds, wanted, operation_.act);
    if (!opened) {
      base::log(base::LogLevel::warning, "desk.unauthorised_change",
                group.item + ": " + opened.error().message);
      return {};
    }
    const auto& to = group.support_group.empty() ? operation_.detection->task_group : group.support_group;
    const auto assigned =
        transition(operation_, *opened,
                   {"assign", {{"group", to}, {"reason", "a change that nobody had agreed to"}}, 0});
    if (!assigned)
      base::log(base::LogLevel::warning, "desk.unauthorised_change",
                opened->number + ": " + assigned.error().message);
    return opened->number;
  }

  void send(const Group& group, const std::string& ticket) {
    std::set<std::string> told;
    for (const auto& rule : rules_.notices) {
      if (std::ranges::find(rule.events, "unauthorised") == rule.events.end()) continue;
      for (const auto& person : people(group)) {
        const auto tenant = tenant_of_person(tx_, person);
        const auto address = address_of(tx_, person);
        const bool may = tenant.empty() || tenant == group.tenant;
        if (!may || !address || !told.insert(base::to_lower(*address)).second) continue;
        OutgoingMail mail;
        mail.notice = rule.name;
        mail.person = person;
        mail.address = *address;
        mail.message_id = new_message_id("", domain_of(account_->address));
        mail.subject = base::sanitize_utf8(text_of(rule.subject, group, ticket), 300);
        mail.body = std::string(base::trim(text_of(rule.text, group, ticket))) + "\n";
        queue_mail(tx_, mail, operation_.act.clock);
      }
    }
  }

  // Its owner, and those who answer for changes: of its support group, or all of them.
  std::vector<std::string> people(const Group& group) {
    auto found = role_holders(tx_, "change_manager", group.support_group);
    if (!group.owner.empty()) found.insert(found.begin(), group.owner);
    return found;
  }

  std::string text_of(const MailText& text, const Group& group, const std::string& ticket) const {
    return filled(account_->language == "es" ? text.es : text.en, [&](std::string_view name) -> std::string {
      if (name == "item") return group.item;
      if (name == "changes") return group.changes;
      if (name == "group") return base::to_text(group.id);
      return name == "ticket" ? ticket : "";
    });
  }

  const Operation& operation_;
  store::Transaction& tx_;
  const MailRules& rules_;
  const std::optional<MailAccount> account_;
};

}  // namespace

void report_later(store::Transaction& tx, DetectedId group) {
  tx.execute("insert into unauthorised_due (group_id) values ($1) on conflict (group_id) do nothing",
             group.value);
}

bool report_unauthorised(const Operation& operation, const MailRules& rules, std::size_t limit) {
  const auto due = operation.tx.query("select group_id from unauthorised_due order by group_id limit $1",
                                      static_cast<std::int64_t>(limit));
  if (due.empty()) return false;
  Report report(operation, rules);
  for (const auto& row : due) {
    const DetectedId id(row.integer(0));
    if (const auto group = group_of(operation.tx, id)) report.tell(*group);
    operation.tx.execute("delete from unauthorised_due where group_id = $1", id.value);
  }
  return due.size() == limit;
}

}  // namespace censo::desk
