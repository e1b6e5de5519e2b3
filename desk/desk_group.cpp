#include "desk/desk_group.h"

#include "base/text.h"
#include "desk/deputy.h"
#include "desk/desk_role.h"

#include <algorithm>
#include <set>

namespace censo::desk {
namespace {

using base::Errc;

constexpr std::int64_t most_members = 500;
constexpr std::size_t most_skills = 50, longest_skill = 64;

base::Result<void> check_role(const Operation& operation) {
  return needs_role(operation.act.roles, {"desk_manager"}, "groups and skills are written by a desk_manager");
}

base::Result<std::string> checked_name(std::string_view given, const char* field) {
  std::string name(base::trim(given));
  if (!name.empty() && name.size() <= 200 && base::is_valid_utf8(name)) return name;
  return base::fail(Errc::invalid_argument, "expected 1 to 200 bytes", field);
}

GroupMember member(store::Transaction& tx, const store::Row& row, base::TimeMs now) {
  GroupMember one{row.text(0), row.text(1), skills_of(tx, row.text(1)), 0, false};
  one.in_hand =
      tx.query_one("select count(*) from ticket where assignee = $1 and assignee <> '' and is_open = 1",
                   one.person)
          ->integer(0);
  const auto deputy = deputy_of(tx, one.person);
  one.away = deputy && decides_at_once(*deputy, now);
  return one;
}

}  // namespace

std::vector<GroupMember> group_members(store::Transaction& tx, base::TimeMs now) {
  std::vector<GroupMember> members;
  for (const auto& row : tx.query("select group_name, person from desk_member order by group_name, person"))
    members.push_back(member(tx, row, now));
  return members;
}

std::vector<GroupMember> members_of(store::Transaction& tx, std::string_view group, base::TimeMs now) {
  std::vector<GroupMember> members;
  for (const auto& row :
       tx.query("select group_name, person from desk_member where group_name = $1 order by person", group))
    members.push_back(member(tx, row, now));
  return members;
}

base::Result<void> put_member(const Operation& operation, std::string_view group, std::string_view person) {
  if (const auto may = check_role(operation); !may) return may;
  const auto in = checked_name(group, "group"), who = checked_name(person, "person");
  if (!in) return in.error();
  if (!who) return who.error();
  const auto others = operation.tx.query_one(
      "select count(*) from desk_member where group_name = $1 and person <> $2", *in, *who);
  if (others->integer(0) >= most_members)
    return base::fail(Errc::limit_exceeded, "it has " + std::to_string(most_members) + " members");
  operation.tx.execute(
      "insert into desk_member (group_name, person) values ($1, $2) on conflict (group_name, person) do "
      "nothing",
      *in, *who);
  return {};
}

base::Result<void> remove_member(const Operation& operation, std::string_view group,
                                 std::string_view person) {
  const auto known = operation.tx.query_one("select 1 from desk_member where group_name = $1 and person = $2",
                                            group, person);
  if (!known) return base::fail(Errc::not_found, base::sanitize_utf8(person, 60) + " is no member of it");
  if (const auto may = check_role(operation); !may) return may;
  operation.tx.execute("delete from desk_member where group_name = $1 and person = $2", group, person);
  return {};
}

base::Result<std::vector<std::string>> checked_skills(const std::vector<std::string>& skills) {
  std::set<std::string> made;
  for (const auto& one : skills) {
    const auto skill = base::to_lower(base::trim(one));
    if (skill.empty() || skill.size() > longest_skill || !base::is_valid_utf8(skill) ||
        skill.find('\n') != std::string::npos)
      return base::fail(Errc::invalid_argument, "expected skills of 1 to 64 bytes", "skills");
    made.insert(skill);
  }
  if (made.size() > most_skills)
    return base::fail(Errc::invalid_argument, "expected at most " + std::to_string(most_skills) + " skills",
                      "skills");
  return std::vector<std::string>(made.begin(), made.end());
}

base::Result<std::vector<std::string>> put_skills(const Operation& operation, std::string_view person,
                                                  const std::vector<std::string>& skills) {
  if (const auto may = check_role(operation); !may) return may.error();
  const auto who = checked_name(person, "person");
  if (!who) return who.error();
  auto made = checked_skills(skills);
  if (!made) return made;
  operation.tx.execute("delete from desk_skill where person = $1", *who);
  for (const auto& skill : *made)
    operation.tx.execute("insert into desk_skill (person, skill) values ($1, $2)", *who, skill);
  return made;
}

std::vector<std::string> skills_of(store::Transaction& tx, std::string_view person) {
  std::vector<std::string> skills;
  for (const auto& row : tx.query("select skill from desk_skill where person = $1 order by skill", person))
    skills.push_back(row.text(0));
  return skills;
}

}  // namespace censo::desk
