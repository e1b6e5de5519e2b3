#include "desk/ticket.h"

#include "base/text.h"
#include "cmdb/id_page.h"
#include "cmdb/merge.h"
#include "desk/conditions.h"
#include "desk/sight.h"
#include "desk/ticket_store.h"

#include <algorithm>
#include <limits>

namespace censo::desk {
namespace {

using base::Errc;

// Above every text that begins with `text`: none holds the last character of Unicode.
std::string end_of_range(std::string_view text) {
  return std::string(text) + "\U0010FFFF";
}

// Lists go from new to old: the cursor is the last id seen.
base::Result<std::int64_t> id_before(const cmdb::PageRequest& page) {
  return cmdb::position_of(page, std::numeric_limits<std::int64_t>::max());
}

// One more than the page takes, to know whether there is another page.
std::int64_t rows_for(const cmdb::PageRequest& page) {
  return static_cast<std::int64_t>(page.limit) + 1;
}

// Of rows asked for with one more than the page takes.
cmdb::Page<Ticket> page_of(const std::vector<store::Row>& rows, const cmdb::PageRequest& page,
                           bool by_due = false) {
  cmdb::Page<Ticket> result;
  for (const auto& row : rows) {
    if (result.rows.size() == page.limit) {
      const auto& last = result.rows.back();
      result.next = (by_due ? std::to_string(last.due_at) + "-" : "") + base::to_text(last.id);
      break;
    }
    result.rows.push_back(ticket_of(row));
  }
  return result;
}

// "inc-17", or the beginning of it from the hyphen on.
bool looks_like_number(std::string_view text) {
  const auto hyphen = text.find('-');
  const auto letter = [](char c) { return c >= 'A' && c <= 'Z'; };
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return hyphen != text.npos && hyphen > 0 && hyphen <= 4 &&
         std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(hyphen), letter) &&
         std::all_of(text.begin() + static_cast<std::ptrdiff_t>(hyphen) + 1, text.end(), digit);
}

std::string like_pattern(std::string_view text) {
  return "%" + base::like_escaped(text) + "%";
}

// Between commas: who is asked at the step, and which deputies of those who did not answer.
constexpr std::string_view asked_names =
    "(',' || replace(r.fields ->> (r.fields ->> 'approval_step'), ', ', ',') || ',')";
constexpr std::string_view late_names =
    "(',' || replace(coalesce(r.fields ->> 'deputies_asked', ''), ', ', ',') || ',')";

std::string has_name(std::string_view names, const std::string& place) {
  return "replace(" + std::string(names) + ", " + place + ", '') <> " + std::string(names);
}

// A person's own, found along indexes: they are few. What he decides as a deputy is told besides.
void add(Conditions& conditions, const Sight& sight) {
  const auto person = conditions.place_of(sight.person), department = conditions.place_of(sight.department),
             asked = conditions.place_of("," + sight.person + ",");
  auto is_asked = has_name(asked_names, asked) + " or " + has_name(late_names, asked);
  for (const auto& other : sight.stands_in_for)
    is_asked += " or " + has_name(asked_names, conditions.place_of("," + other + ","));
  std::string changes;
  for (const auto change : sight.votes_on)
    changes += (changes.empty() ? " union select c.id from ticket c where c.id in (" : ", ") +
               conditions.place_of(change);
  if (!changes.empty()) changes += ")";
  std::string handed;
  for (const auto& name : sight.supplies_as)
    handed += " union select s.id from ticket s where s.supplier <> '' and s.supplier = " +
              conditions.place_of(name);
  conditions.add("id in (select o.id from ticket o where o.requester = " + person +
                 " union select a.id from ticket a where a.assignee <> '' and a.assignee = " + person +
                 " union select w.ticket_id from ticket_watcher w where w.person = " + person +
                 " union select r.id from ticket r where r.state = 'awaiting_approval' and (" + is_asked +
                 ")" + changes + handed +
                 " union select d.id from desk_person p join ticket d on d.requester = p.person "
                 "where p.department <> '' and p.department = " +
                 department + ")");
}

base::Result<Conditions> newest_first(const cmdb::PageRequest& page) {
  const auto before = id_before(page);
  if (!before) return before.error();
  return Conditions("id < $1 order by id desc limit $2", {*before, rows_for(page)});
}

// The cursor is the due time and the id last seen.
base::Result<Conditions> earliest_due_first(const cmdb::PageRequest& page) {
  std::int64_t due = 0, after = 0;
  if (!page.after.empty()) {
    const std::string_view text = page.after;
    const auto hyphen = std::min(text.find('-'), text.size() - 1);
    const auto last_due = base::parse_integer(text.substr(0, hyphen));
    const auto id = base::id_from_text(text.substr(hyphen + 1));
    if (!last_due || !id)
      return base::fail(Errc::malformed, "expected the \"next\" of an earlier page", "after");
    due = *last_due, after = *id;
  }
  return Conditions("due_at > 0 and due_at >= $1 and (due_at > $1 or id > $2) order by due_at, id limit $3",
                    {due, after, rows_for(page)});
}

}  // namespace

base::Result<Ticket> find_ticket(store::Transaction& tx, std::string_view number) {
  const auto wanted = base::to_upper(base::trim(number));
  const auto sql = tickets_where("number = $1");
  // No number is other text than ASCII; some is more than PostgreSQL takes to compare with.
  const bool may_be = std::ranges::all_of(wanted, [](unsigned char c) { return c > 0x20 && c < 0x7F; });
  const auto row = may_be ? tx.query_one(sql, wanted) : std::nullopt;
  if (!row) return base::fail(Errc::not_found, "no ticket " + base::sanitize_utf8(wanted, 40));
  return ticket_of(*row);
}

base::Result<cmdb::Page<Ticket>> list_tickets(store::Transaction& tx, const TicketFilter& filter,
                                              const cmdb::PageRequest& page) {
  return list_tickets(tx, filter, page, Sight());
}

base::Result<cmdb::Page<Ticket>> list_tickets(store::Transaction& tx, const TicketFilter& filter,
                                              const cmdb::PageRequest& page, const Sight& sight) {
  auto ordered = filter.by_due ? earliest_due_first(page) : newest_first(page);
  if (!ordered) return ordered.error();
  auto& conditions = *ordered;
  if (!sight.everything) add(conditions, sight);
  conditions.add_if("tenant <> '' and tenant = ", sight.tenant.empty() ? filter.tenant : sight.tenant);
  if (filter.ci)
    conditions.add_any("id in (select ticket_id from ticket_link where role <> 'excluded' and ci_id",
                       cmdb::members_of(tx, cmdb::root_of(tx, filter.ci)), ")");
  if (!filter.watcher.empty())
    conditions.add("id in (select ticket_id from ticket_watcher where person = ", filter.watcher, ")");
  // An index over some rows is used only by a query that says in these words that it wants no others.
  conditions.add_if("assignee <> '' and assignee = ", filter.assignee);
  conditions.add_if("group_name <> '' and group_name = ", filter.group);
  if (filter.priority != 0) conditions.add("priority = ", filter.priority);
  if (filter.state == "open")
    conditions.add("is_open = ", std::int64_t{1});
  else
    conditions.add_if("state = ", filter.state);
  conditions.add_if("kind = ", filter.kind);
  conditions.add_if("requester = ", filter.requester);
  if (filter.breached) conditions.add("breached > 0");
  if (filter.due_before > 0) conditions.add("due_at > 0 and due_at < ", filter.due_before);
  const auto sql = tickets_where(conditions.text());
  return page_of(tx.query_list(sql, conditions.parameters()), page, filter.by_due);
}

std::vector<TicketHistoryEntry> history_of(store::Transaction& tx, TicketId ticket) {
  std::vector<TicketHistoryEntry> entries;
  for (const auto& row :
       tx.query("select at, actor, source, event, from_state, to_state, before_change, after_change, reason, "
                "version from ticket_history where ticket_id = $1 order by id",
                ticket.value)) {
    entries.push_back({row.integer(0), row.text(1), row.text(2), row.text(3), row.text(4), row.text(5),
                       row.text(6), row.text(7), row.text(8), row.integer(9)});
  }
  return entries;
}

base::Result<cmdb::Page<Ticket>> search_tickets(store::Transaction& tx, std::string_view text,
                                                const cmdb::PageRequest& page) {
  return search_tickets(tx, text, page, Sight());
}

base::Result<cmdb::Page<Ticket>> search_tickets(store::Transaction& tx, std::string_view text,
                                                const cmdb::PageRequest& page, const Sight& sight) {
  auto ordered = newest_first(page);
  if (!ordered) return ordered.error();
  auto& conditions = *ordered;
  const std::string wanted(base::trim(text));
  if (wanted.empty() || text.size() > 200) {
    return base::fail(Errc::invalid_argument, "expected a text of 1 to 200 bytes", "text");
  }
  if (const auto number = base::to_upper(wanted); looks_like_number(number)) {
    conditions.add("number >= ", number);
    conditions.add("number < ", end_of_range(number));
  } else {
    const auto words = words_of(wanted);
    if (words.empty()) return cmdb::Page<Ticket>{};
    const auto first = conditions.place_of(words.front()),
               end = conditions.place_of(end_of_range(words.front()));
    conditions.add("id in (select ticket_id from ticket_word where word >= " + first + " and word < " + end +
                   ")");
    conditions.add("title_folded like ", like_pattern(base::to_lower(wanted)), " escape '\\'");
  }
  if (!sight.everything) add(conditions, sight);
  conditions.add_if("tenant <> '' and tenant = ", sight.tenant);
  const auto sql = tickets_where(conditions.text());
  return page_of(tx.query_list(sql, conditions.parameters()), page);
}

}  // namespace censo::desk
