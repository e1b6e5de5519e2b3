#include "agent/process_files.h"

#include "base/text.h"

#include <algorithm>
#include <charconv>

namespace censo::agent {
namespace {

constexpr std::uint64_t kernel_thread_flag = 0x00200000;  // PF_KTHREAD of linux/sched.h

std::string_view last_part(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

}  // namespace

base::Result<ProcessList> process_ids(const Host& host) {
  const auto names = host.list_folder("/proc");
  if (!names) return names.error();
  ProcessList list;
  for (const std::string& name : *names) {
    ProcessId id = 0;
    const auto parsed = std::from_chars(name.data(), name.data() + name.size(), id);
    if (parsed.ec == std::errc{} && parsed.ptr == name.data() + name.size() && id > 0) list.ids.push_back(id);
  }
  std::sort(list.ids.begin(), list.ids.end());
  if (list.ids.size() > max_processes) {
    list.ids.resize(max_processes);
    list.all = false;
  }
  return list;
}

std::string process_path(ProcessId id, std::string_view file) {
  std::string path = "/proc/" + std::to_string(id);
  if (!file.empty()) path.append("/").append(file);
  return path;
}

base::Result<ProcessStat> parse_process_stat(std::string_view text) {
  // The name may itself hold parentheses, spaces and line ends: it reaches to the last ")".
  const std::size_t open = text.find('(');
  const std::size_t close = text.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
    return base::fail(base::Errc::malformed, "expected \"<pid> (<name>) ...\", found no name");
  }
  const auto fields = base::split_words(text.substr(close + 1));
  constexpr std::size_t parent_field = 1, flags_field = 6,
                        started_field = 19;  // field 3 of proc(5) is the first here
  if (fields.size() <= started_field) {
    return base::fail(base::Errc::malformed,
                      "expected 20 fields after the name, found " + std::to_string(fields.size()));
  }
  const auto parent = base::parse_integer(fields[parent_field]);
  const auto flags = base::parse_unsigned(fields[flags_field]);
  const auto started = base::parse_unsigned(fields[started_field]);
  if (!parent || !flags || !started) return base::fail(base::Errc::malformed, "a field that is no number");
  ProcessStat stat;
  stat.name = base::sanitize_utf8(text.substr(open + 1, close - open - 1), 64);
  std::replace_if(
      stat.name.begin(), stat.name.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
  stat.parent = *parent;
  stat.started_ticks = *started;
  stat.kernel_thread = (*flags & kernel_thread_flag) != 0;
  return stat;
}

std::optional<std::uint32_t> user_of(const Host& host, ProcessId id) {
  const auto text = host.read_file(process_path(id, "status"), 64 * 1024);
  const std::size_t line =
      text ? text->find("\nUid:") : std::string::npos;  // a process' name has its line ends escaped
  if (line == std::string::npos) return std::nullopt;
  const std::string_view rest = std::string_view(*text).substr(line + 5);
  const auto numbers = base::split_words(rest.substr(0, rest.find('\n')));
  const auto effective = numbers.size() < 2 ? std::nullopt : base::parse_unsigned(numbers[1]);
  if (!effective || *effective > 0xffffffff) return std::nullopt;
  return static_cast<std::uint32_t>(*effective);
}

std::string executable_of(const Host& host, ProcessId id) {
  const auto link = host.read_link(process_path(id, "exe"));
  if (!link) return {};
  std::string_view path = *link;
  constexpr std::string_view deleted = " (deleted)";
  if (path.ends_with(deleted)) path.remove_suffix(deleted.size());
  return base::sanitize_utf8(path);
}

std::string parse_cgroup_path(std::string_view text) {
  for (const std::string_view line : base::split(text, '\n')) {
    if (line.starts_with("0::")) return base::sanitize_utf8(line.substr(3));
  }
  // Before the unified hierarchy systemd kept its units in one of its own.
  for (const std::string_view line : base::split(text, '\n')) {
    const std::size_t name = line.find(":name=systemd:");
    if (name != std::string_view::npos) return base::sanitize_utf8(line.substr(name + 14));
  }
  return {};
}

std::string cgroup_of(const Host& host, ProcessId id) {
  const auto text = host.read_file(process_path(id, "cgroup"), 64 * 1024);
  return text ? parse_cgroup_path(*text) : std::string{};
}

std::string unit_of(std::string_view cgroup_path) {
  while (!cgroup_path.empty()) {
    const std::string_view part = last_part(cgroup_path);
    if (part.ends_with(".service") || part.ends_with(".socket") || part.ends_with(".scope"))
      return std::string(part);
    const std::size_t slash = cgroup_path.rfind('/');
    cgroup_path = cgroup_path.substr(0, slash == std::string_view::npos ? 0 : slash);
  }
  return {};
}

}  // namespace censo::agent
