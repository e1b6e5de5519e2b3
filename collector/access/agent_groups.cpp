#include "collector/access/agent_groups.h"

#include "base/text.h"

#include <algorithm>

namespace censo::collector::access {
namespace {

using base::Errc;
using base::fail;

AgentGroup group_of(const store::Row& row) {
  return {row.text(0), row.text(1), row.integer(4), row.integer(2), row.text(3)};
}

bool is_group_name(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  return !name.empty() && name.size() <= 40 && std::all_of(name.begin(), name.end(), fits);
}

base::Error no_group(std::string_view name) {
  return fail(Errc::not_found, "no group of agents is called " + base::sanitize_utf8(name, 40));
}

}  // namespace

std::vector<AgentGroup> list_agent_groups(store::Transaction& tx) {
  std::vector<AgentGroup> groups;
  const auto rows = tx.query(
      "select g.name, g.settings, g.updated_at, g.updated_by,"
      " (select count(*) from agent a where a.group_name = g.name and a.state = 'active' and a.is_probe = 0)"
      " from agent_group g order by g.name");
  for (const auto& row : rows) groups.push_back(group_of(row));
  return groups;
}

base::Result<AgentGroup> find_agent_group(store::Transaction& tx, std::string_view name) {
  const auto row = tx.query_one(
      "select g.name, g.settings, g.updated_at, g.updated_by,"
      " (select count(*) from agent a where a.group_name = g.name and a.state = 'active' and a.is_probe = 0)"
      " from agent_group g where g.name = $1",
      name);
  if (!row) return no_group(name);
  return group_of(*row);
}

base::Result<void> put_agent_group(store::Transaction& tx, const AgentGroup& group) {
  if (!is_group_name(group.name)) {
    return fail(Errc::invalid_argument,
                "expected a group's name of 1 to 40 letters a-z, digits, - and _, found " +
                    base::sanitize_utf8(group.name, 60),
                "name");
  }
  tx.execute(
      "insert into agent_group (name, settings, updated_at, updated_by) values ($1, $2, $3, $4)"
      " on conflict (name) do update set settings = excluded.settings, updated_at = excluded.updated_at,"
      " updated_by = excluded.updated_by",
      group.name, group.settings, group.updated_at, group.updated_by);
  return {};
}

base::Result<void> delete_agent_group(store::Transaction& tx, std::string_view name) {
  if (name == default_group) return fail(Errc::conflict, "the group default cannot be deleted; set it empty");
  if (tx.execute("delete from agent_group where name = $1", name) == 0) return no_group(name);
  tx.execute("update agent set group_name = $2 where group_name = $1", name, default_group);
  tx.execute("update enrolment_token set group_name = $2 where group_name = $1", name, default_group);
  return {};
}

base::Result<void> move_agent(store::Transaction& tx, std::string_view agent_id, std::string_view group) {
  const auto known = find_agent_group(tx, group);
  if (!known) return known.error();
  if (tx.execute("update agent set group_name = $2 where id = $1", agent_id, group) == 1) return {};
  return fail(Errc::not_found, "no agent " + base::sanitize_utf8(agent_id, 40));
}

std::string settings_of_agent(store::Transaction& tx, std::string_view agent_id) {
  const auto row = tx.query_one(
      "select g.settings from agent a join agent_group g on g.name = a.group_name where a.id = $1", agent_id);
  return row ? row->text(0) : "{}";
}

}  // namespace censo::collector::access
