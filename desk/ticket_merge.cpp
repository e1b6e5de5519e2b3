#include "desk/ticket_merge.h"

#include "base/text.h"
#include "desk/guards.h"
#include "desk/ticket_attachment.h"
#include "desk/ticket_fields.h"
#include "desk/ticket_kind.h"
#include "desk/ticket_note.h"
#include "desk/ticket_relation.h"
#include "desk/ticket_store.h"
#include "desk/ticket_watcher.h"

#include <algorithm>
#include <set>

namespace censo::desk {
namespace {

constexpr std::size_t longest_note = 16'000;

base::Result<void> hand_over_links(const Operation& operation, const Ticket& from, const Ticket& to) {
  std::set<cmdb::CiId> known;
  for (const auto& link : links_of(operation.tx, to.id)) known.insert(link.ci);
  for (const auto& link : links_of(operation.tx, from.id)) {
    if (known.contains(link.ci)) continue;
    const auto linked = link_ci(operation.tx, to, link.ci, link.role, operation.act);
    if (!linked) return linked;
  }
  return {};
}

void hand_over_relations(const Operation& operation, const Ticket& from, const Ticket& to) {
  for (const auto& one : related_tickets(operation.tx, from)) {
    if (one.other.id == to.id) continue;
    if (one.forward)
      keep_relation(operation, to, one.relation, one.other);
    else
      keep_relation(operation, one.other, one.relation, to);
  }
}

// A child above the new parent is detached.
void hand_over_children(const Operation& operation, const Ticket& from, const Ticket& to) {
  const auto sql = tickets_where("parent = $1 and parent <> '' and is_open = 1 order by id");
  for (const auto& row : operation.tx.query(sql, from.number)) {
    const auto before = ticket_of(row);
    auto child = before;
    child.fields["parent"] = to.number;
    if (!check_parent(operation.tx, child, to.number)) child.fields.erase("parent");
    const auto* kind = operation.kinds.find(child.kind);
    if (!kind) continue;
    save_ticket(operation.tx, *kind, child, operation.act.clock);
    auto entry = entry_of(child, "merge", operation.act);
    entry.before = difference_to_json(before.fields, child.fields);
    entry.after = difference_to_json(child.fields, before.fields);
    entry.reason = from.number + " is a duplicate of " + to.number;
    add_history(operation.tx, child, entry, operation.act.clock);
  }
}

void hand_over_people(const Operation& operation, const Ticket& from, const Ticket& to) {
  auto people = watchers_of(operation.tx, from.id);
  people.push_back(from.requester);
  for (const auto& person : people)
    if (!person.empty() && person != to.requester) keep_watcher(operation.tx, to, person);
}

}  // namespace

base::Result<void> check_duplicate(store::Transaction& tx, const Ticket& ticket,
                                   const std::string& duplicate_of) {
  if (duplicate_of.empty()) return {};
  if (duplicate_of == ticket.number) return in_the_way(ticket.number + " is no duplicate of itself", "CYCLE");
  const auto other = find_ticket(tx, duplicate_of);
  if (!other || other->field("duplicate_of").empty()) return {};
  return in_the_way(
      other->number + " is a duplicate itself, of " + other->field("duplicate_of") + ": name that one",
      "CYCLE");
}

base::Result<void> merge_duplicate(const Operation& operation, const Ticket& duplicate) {
  if (duplicate.field("duplicate_of").empty()) return {};
  const auto into = find_ticket(operation.tx, duplicate.field("duplicate_of"));
  const auto* kind = into ? operation.kinds.find(into->kind) : nullptr;
  const auto* state = kind ? kind->find_state(into->state) : nullptr;
  if (!state || state->ended) return {};
  if (const auto linked = hand_over_links(operation, duplicate, *into); !linked) return linked;
  hand_over_relations(operation, duplicate, *into);
  hand_over_children(operation, duplicate, *into);
  hand_over_people(operation, duplicate, *into);
  hand_over_attachments(operation, duplicate, *into);
  const auto told = duplicate.number + " of " + duplicate.requester +
                    " was a duplicate of this: " + duplicate.title +
                    (duplicate.description.empty() ? "" : "\n" + duplicate.description);
  keep_note(operation, *into, {NoteKind::internal, base::sanitize_utf8(told, longest_note), 0});
  return {};
}

}  // namespace censo::desk
