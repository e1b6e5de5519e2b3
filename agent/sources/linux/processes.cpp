// What runs, without the kernel's own threads. Command lines are shown without secrets (command_line.h).
#include "agent/attributes.h"
#include "agent/command_line.h"
#include "agent/process_files.h"
#include "agent/source.h"
#include "agent/user_names.h"
#include "base/text.h"

namespace censo::agent::sources {
namespace {

constexpr std::size_t max_command_line_bytes = 256 * 1024;
constexpr std::int64_t max_seconds = 1LL << 38;
constexpr std::int64_t ms_per_tick = 10;  // USER_HZ is 100 on every architecture that we run on

// 0 when unknown.
base::TimeMs boot_time(const Host& host) {
  const auto text = host.read_file("/proc/stat", 16 * 1024 * 1024);
  if (!text) return 0;
  const std::size_t line = text->find("\nbtime ");
  if (line == std::string::npos) return 0;
  const std::string_view rest = std::string_view(*text).substr(line + 7);
  const auto seconds = base::parse_integer(rest.substr(0, rest.find('\n')));
  return seconds && *seconds < max_seconds ? *seconds * 1000 : 0;
}

struct Context {
  const Host& host;
  const UserNames& users;
  base::TimeMs boot_time;
};

base::Result<void> add_process(const Context& context, ProcessId id, SourceOutput& out) {
  const auto text = context.host.read_file(process_path(id, "stat"), 16 * 1024);
  if (!text) return text.error();
  const auto stat = parse_process_stat(*text);
  if (!stat) return base::fail(stat.error().code, stat.error().message, process_path(id, "stat"));
  if (stat->kernel_thread) return {};
  const std::string executable = executable_of(context.host, id);
  const auto command = context.host.read_file(process_path(id, "cmdline"), max_command_line_bytes);
  auto& attributes = out.add("process").attributes;
  attributes.set("pid", id);
  attributes.set("parent_pid", stat->parent);
  set_text(attributes, "name",
           executable.empty() ? stat->name : executable.substr(executable.rfind('/') + 1));
  set_text(attributes, "executable", executable);
  if (command) set_text(attributes, "command_line", shown_command_line(*command));
  if (const auto user = user_of(context.host, id)) set_text(attributes, "user", context.users.name_of(*user));
  if (context.boot_time > 0 && stat->started_ticks < (1ULL << 40)) {
    const auto since_boot_ms = static_cast<std::int64_t>(stat->started_ticks) * ms_per_tick;
    set_text(attributes, "started", base::to_iso8601(context.boot_time + since_boot_ms));
  }
  set_text(attributes, "unit", unit_of(cgroup_of(context.host, id)));
  return {};
}

}  // namespace

base::Result<void> processes(const Host& host, SourceOutput& out) {
  const auto list = process_ids(host);
  if (!list) return list.error();
  const UserNames users(host);
  const Context context{host, users, boot_time(host)};
  for (const ProcessId id : list->ids) {
    const auto added = add_process(context, id, out);
    // A process that has ended meanwhile is none.
    if (!added && added.error().code != base::Errc::not_found) out.partial(added.error());
  }
  if (!list->all) {
    out.partial(base::fail(base::Errc::limit_exceeded,
                           "more than " + std::to_string(max_processes) + " processes; the oldest are told",
                           "/proc"));
  }
  return {};
}

}  // namespace censo::agent::sources
