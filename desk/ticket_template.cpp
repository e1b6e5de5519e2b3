#include "desk/ticket_template.h"

#include "base/text.h"
#include "desk/desk_role.h"
#include "desk/ticket_fields.h"
#include "desk/ticket_kind.h"
#include "desk/ticket_store.h"
#include "desk/transition.h"

#include <algorithm>

namespace censo::desk {
namespace {

using base::Errc;

constexpr std::size_t longest_name = 64, longest_description = 32 * 1024;

base::Result<void> check_role(const Operation& operation) {
  return needs_role(operation.act.roles, {"desk_manager"}, "templates are written by a desk_manager");
}

bool is_name(std::string_view text) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  return !text.empty() && text.size() <= longest_name && std::all_of(text.begin(), text.end(), fits);
}

TicketTemplate template_of(const store::Row& row) {
  return {row.text(0), row.text(1),   row.text(2), row.text(3), fields_from_json(row.text(4)),
          row.text(5), row.integer(6)};
}

}  // namespace

std::vector<TicketTemplate> ticket_templates(store::Transaction& tx) {
  std::vector<TicketTemplate> found;
  for (const auto& row : tx.query(
           "select name, kind, title, description, fields, person, at from ticket_template order by name"))
    found.push_back(template_of(row));
  return found;
}

base::Result<TicketTemplate> find_template(store::Transaction& tx, std::string_view name) {
  const auto row = tx.query_one(
      "select name, kind, title, description, fields, person, at from ticket_template where name = $1", name);
  if (row) return template_of(*row);
  return base::fail(Errc::not_found, "no template \"" + base::sanitize_utf8(name, 64) + "\"", "template");
}

base::Result<TicketTemplate> put_template(const Operation& operation, const TicketTemplate& wanted) {
  if (const auto may = check_role(operation); !may) return may.error();
  auto made = wanted;
  if (!is_name(made.name)) {
    return base::fail(Errc::invalid_argument,
                      "expected a name of lower-case letters, digits and _, at most 64 bytes", "name");
  }
  const auto* kind = operation.kinds.find(made.kind);
  if (!kind)
    return base::fail(Errc::invalid_argument,
                      "no kind of ticket \"" + base::sanitize_utf8(made.kind, 40) + "\"", "kind");
  auto title = checked_title(made.title);
  if (!title) return title.error();
  made.title = std::move(*title);
  if (made.description.size() > longest_description || !base::is_valid_utf8(made.description))
    return base::fail(Errc::invalid_argument, "expected at most 32768 bytes of UTF-8", "description");
  const auto opening = opening_fields(operation.tx, *kind, made.fields);
  if (!opening) return opening.error();
  made.person = operation.act.actor;
  made.at = operation.act.clock.now();
  operation.tx.execute(
      "insert into ticket_template (name, kind, title, description, fields, person, at) values ($1, $2, $3, "
      "$4, $5, $6, $7) on conflict (name) do update set kind = excluded.kind, title = excluded.title, "
      "description = excluded.description, fields = excluded.fields, person = excluded.person, at = "
      "excluded.at",
      made.name, made.kind, made.title, made.description, fields_to_json(made.fields), made.person, made.at);
  return made;
}

base::Result<void> remove_template(const Operation& operation, std::string_view name) {
  if (const auto found = find_template(operation.tx, name); !found) return found.error();
  if (const auto may = check_role(operation); !may) return may;
  operation.tx.execute("delete from ticket_template where name = $1", name);
  return {};
}

}  // namespace censo::desk
