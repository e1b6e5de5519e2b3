// Accounts and groups of this machine, and when each signed in last. A directory server is never asked, and
// passwords are not read.
#include "agent/attributes.h"
#include "agent/login_records.h"
#include "agent/source.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <map>

namespace censo::agent::sources {
namespace {

constexpr std::size_t max_rows = 10'000;
constexpr std::size_t max_log_bytes = 2 * 1024 * 1024;
constexpr std::array<std::string_view, 4> shells_of_nobody{"nologin", "false", "sync", "shutdown"};

bool may_sign_in(std::string_view shell) {
  const auto program = shell.substr(shell.rfind('/') + 1);
  return std::find(shells_of_nobody.begin(), shells_of_nobody.end(), program) == shells_of_nobody.end() &&
         program != "halt";
}

using Times = std::map<std::string, base::TimeMs>;  // by name

// The last of each in wtmp. It is cut monthly or so: of those not in it nothing is known.
Times last_sign_ins(const Host& host) {
  Times times;
  const auto bytes = host.read_file("/var/log/wtmp", max_log_bytes);
  const auto records = bytes ? parse_utmp(*bytes) : base::Result<std::vector<LoginRecord>>(bytes.error());
  if (!records) return times;
  for (const auto& record : *records) {
    auto& last = times[record.user];
    last = std::max(last, record.started);
  }
  return times;
}

// lastlog: a record of 292 bytes for each user id, its first four the time.
base::TimeMs in_lastlog(std::string_view lastlog, std::uint64_t user_id) {
  constexpr std::size_t record_bytes = 292;
  if (user_id >= lastlog.size() / record_bytes) return 0;
  std::uint32_t seconds = 0;
  std::memcpy(&seconds, lastlog.data() + user_id * record_bytes, sizeof seconds);
  return base::TimeMs{seconds} * 1000;
}

struct SignIns {
  Times by_name;
  std::string lastlog;
};

void add_user(std::string_view line, const SignIns& sign_ins, SourceOutput& out) {
  const auto fields = base::split(line, ':');
  const auto id = fields.size() >= 7 ? base::parse_unsigned(fields[2]) : std::nullopt;
  if (!id || *id > 0xFFFFFFFF || fields[0].empty()) return;
  auto& attributes = out.add("local_user").attributes;
  set_text(attributes, "name", fields[0]);
  attributes.set("user_id", static_cast<std::int64_t>(*id));
  attributes.set("group_id", base::parse_integer(fields[3]).value_or(0));
  set_text(attributes, "full_name", fields[4].substr(0, fields[4].find(',')));
  set_text(attributes, "home", fields[5]);
  set_text(attributes, "shell", fields[6]);
  attributes.set("can_sign_in", may_sign_in(fields[6]));
  const auto by_name = sign_ins.by_name.find(std::string(fields[0]));
  const auto last = std::max(in_lastlog(sign_ins.lastlog, *id),
                             by_name == sign_ins.by_name.end() ? base::TimeMs{0} : by_name->second);
  if (last > 0) set_text(attributes, "last_sign_in", base::to_iso8601(last));
}

void add_group(std::string_view line, SourceOutput& out) {
  const auto fields = base::split(line, ':');
  const auto id = fields.size() >= 4 ? base::parse_unsigned(fields[2]) : std::nullopt;
  if (!id || *id > 0xFFFFFFFF || fields[0].empty()) return;
  auto& attributes = out.add("local_group").attributes;
  set_text(attributes, "name", fields[0]);
  attributes.set("group_id", static_cast<std::int64_t>(*id));
  inventory::TextList members;
  for (const auto member : base::split(fields[3], ',')) {
    if (!base::trim(member).empty()) members.emplace_back(base::trim(member));
  }
  attributes.set("members", std::move(members));
}

}  // namespace

base::Result<void> local_users(const Host& host, SourceOutput& out) {
  const auto users = host.read_file("/etc/passwd");
  if (!users) return users.error();
  SignIns sign_ins{last_sign_ins(host), {}};
  if (auto lastlog = host.read_file("/var/log/lastlog", max_log_bytes))
    sign_ins.lastlog = std::move(*lastlog);
  for (const auto line : base::split(*users, '\n')) {
    if (out.section.items.size() < max_rows) add_user(line, sign_ins, out);
  }
  const auto groups = host.read_file("/etc/group");
  if (!groups) return groups.error();
  for (const auto line : base::split(*groups, '\n')) {
    if (out.section.items.size() < 2 * max_rows) add_group(line, out);
  }
  return {};
}

}  // namespace censo::agent::sources
