#include "desk/ticket_attachment.h"

#include "base/text.h"
#include "desk/file_type.h"
#include "desk/ticket_note.h"
#include "desk/ticket_store.h"

#include <algorithm>

namespace censo::desk {
namespace {

using base::Errc;

constexpr std::string_view internal_word = "internal";

std::string_view word_of(const Attachment& one) {
  return one.internal ? internal_word : "public";
}

Attachment attachment_of(const store::Row& row) {
  return {AttachmentId(row.integer(0)),
          row.integer(1),
          row.text(2),
          row.text(3) == internal_word,
          row.text(4),
          row.text(5),
          row.integer(6),
          row.text(7)};
}

std::vector<Attachment> all_of(store::Transaction& tx, TicketId ticket) {
  std::vector<Attachment> found;
  for (const auto& row :
       tx.query("select id, at, author, kind, name, type, size, digest from ticket_attachment "
                "where ticket_id = $1 order by id",
                ticket.value))
    found.push_back(attachment_of(row));
  return found;
}

base::Error too_much(std::string message, std::string reason) {
  return base::fail(Errc::limit_exceeded, std::move(message), {}, std::move(reason));
}

base::Result<void> check_limits(store::Transaction& tx, const AttachmentRules& rules, const Ticket& ticket,
                                std::int64_t bytes) {
  if (bytes == 0) return base::fail(Errc::invalid_argument, "expected a file with something in it");
  if (bytes > rules.bytes)
    return too_much(
        "expected at most " + std::to_string(rules.bytes) + " bytes, found " + std::to_string(bytes),
        "TOO_LARGE");
  const auto sum = tx.query_one(
      "select count(*), cast(coalesce(sum(size), 0) as bigint) from ticket_attachment where ticket_id = $1",
      ticket.id.value);
  if (sum->integer(0) >= rules.count)
    return too_much(ticket.number + " has " + std::to_string(sum->integer(0)) + " attachments already",
                    "TOO_MANY");
  if (sum->integer(1) + bytes > rules.bytes_of_a_ticket)
    return too_much("the attachments of " + ticket.number + " would have more than " +
                        std::to_string(rules.bytes_of_a_ticket) + " bytes",
                    "TICKET_FULL");
  return {};
}

void insert_row(store::Transaction& tx, const Ticket& ticket, const Attachment& one) {
  tx.execute(
      "insert into ticket_attachment (id, ticket_id, at, author, kind, name, type, size, digest) "
      "values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
      one.id.value, ticket.id.value, one.at, one.author, word_of(one), one.name, one.type, one.bytes,
      one.digest);
}

// What the requester sees as well tells no name of what is internal.
FieldValues told(const Attachment& one) {
  FieldValues fields{{"attachment", base::to_text(one.id)}, {"kind", std::string(word_of(one))}};
  if (!one.internal) {
    fields["name"] = one.name;
    fields["type"] = one.type;
    fields["digest"] = one.digest;
  }
  return fields;
}

void record(const Operation& operation, const Ticket& ticket, TicketHistoryEntry entry) {
  operation.tx.execute("update ticket set updated_at = $2 where id = $1", ticket.id.value,
                       operation.act.clock.now());
  add_history(operation.tx, ticket, entry, operation.act.clock);
}

base::Error unknown(const Ticket& ticket, AttachmentId id) {
  return base::fail(Errc::not_found, ticket.number + " has no attachment " + base::to_text(id));
}

}  // namespace

base::Result<Attachment> attach(const Operation& operation, const AttachmentRules& rules,
                                const Ticket& ticket, const NewAttachment& file) {
  const auto kind = file.internal ? NoteKind::internal : NoteKind::shared;
  if (const auto may = check_speaker(operation, ticket, kind); !may) return may.error();
  const auto limits =
      check_limits(operation.tx, rules, ticket, static_cast<std::int64_t>(file.content.size()));
  if (!limits) return limits.error();
  const auto found = media_type_of(file.content);
  const auto* type = rules.find(found);
  if (!type) {
    return base::fail(Errc::unsupported, "by its content it is " + found + ", which is not taken", {},
                      "TYPE_NOT_TAKEN");
  }
  const Attachment one{AttachmentId(base::next_id(operation.act.clock)),
                       operation.act.clock.now(),
                       std::string(operation.act.actor),
                       file.internal,
                       attachment_name(file.name, *type),
                       type->type,
                       static_cast<std::int64_t>(file.content.size()),
                       base::to_hex(base::sha256(file.content))};
  operation.tx.execute(
      "insert into attachment_content (digest, content) values ($1, $2) on conflict (digest) do nothing",
      one.digest, base::Bytes(file.content.begin(), file.content.end()));
  insert_row(operation.tx, ticket, one);
  auto entry = entry_of(ticket, "attach", operation.act);
  entry.after = fields_to_json(told(one));
  record(operation, ticket, std::move(entry));
  return one;
}

std::vector<Attachment> attachments_of(const Operation& operation, const Ticket& ticket) {
  auto found = all_of(operation.tx, ticket.id);
  if (!is_of_the_desk(operation, ticket))
    std::erase_if(found, [](const Attachment& one) { return one.internal; });
  return found;
}

base::Result<AttachedFile> read_attachment(const Operation& operation, const Ticket& ticket,
                                           AttachmentId id) {
  for (auto& one : attachments_of(operation, ticket)) {
    if (one.id != id) continue;
    const auto row =
        operation.tx.query_one("select content from attachment_content where digest = $1", one.digest);
    return AttachedFile{std::move(one), row->bytes(0)};
  }
  return unknown(ticket, id);
}

base::Result<void> detach(const Operation& operation, const Ticket& ticket, AttachmentId id) {
  if (!is_of_the_desk(operation, ticket))
    return base::fail(Errc::permission_denied, "attachments are taken away by the desk", {}, "ROLE_NEEDED");
  const auto all = all_of(operation.tx, ticket.id);
  const auto one = std::ranges::find(all, id, &Attachment::id);
  if (one == all.end()) return unknown(ticket, id);
  operation.tx.execute("delete from ticket_attachment where id = $1", id.value);
  operation.tx.execute(
      "delete from attachment_content where digest = $1 and not exists "
      "(select 1 from ticket_attachment where ticket_attachment.digest = attachment_content.digest)",
      one->digest);
  auto entry = entry_of(ticket, "detach", operation.act);
  entry.before = fields_to_json(told(*one));
  record(operation, ticket, std::move(entry));
  return {};
}

void hand_over_attachments(const Operation& operation, const Ticket& from, const Ticket& to) {
  for (auto one : all_of(operation.tx, from.id)) {
    one.id = AttachmentId(base::next_id(operation.act.clock));
    insert_row(operation.tx, to, one);
  }
}

}  // namespace censo::desk
