// Users signed in now. A record whose process is gone was left behind by a crash.
#include "agent/attributes.h"
#include "agent/login_records.h"
#include "agent/process_files.h"
#include "agent/source.h"

#include <algorithm>
#include <array>

namespace censo::agent::sources {
namespace {

constexpr std::array<std::string_view, 2> utmp_files{"/run/utmp", "/var/run/utmp"};
constexpr std::string_view logind_folder = "/run/systemd/sessions";
constexpr std::size_t max_logind_sessions = 5000;

base::Result<std::vector<LoginRecord>> read_utmp(const Host& host) {
  base::Error failure;
  for (const std::string_view file : utmp_files) {
    const auto bytes = host.read_file(file, 8 * 1024 * 1024);
    if (!bytes) {
      failure = bytes.error();
      continue;
    }
    auto records = parse_utmp(*bytes);
    if (!records) return base::fail(records.error().code, records.error().message, std::string(file));
    return records;
  }
  return failure;
}

base::Result<std::vector<LoginRecord>> read_logind(const Host& host) {
  auto names = host.list_folder(logind_folder);
  if (!names) return names.error();
  std::erase_if(*names, [](const std::string& name) { return name.ends_with(".ref"); });
  names->resize(std::min(names->size(), max_logind_sessions));
  std::vector<LoginRecord> records;
  for (const std::string& name : *names) {
    const auto text = host.read_file(std::string(logind_folder) + "/" + name, 64 * 1024);
    if (text) records.push_back(parse_logind_session(*text));
  }
  return records;
}

}  // namespace

base::Result<void> sessions(const Host& host, SourceOutput& out) {
  auto records = read_utmp(host);
  if (!records && records.error().code == base::Errc::not_found) records = read_logind(host);
  if (!records) return records.error();
  for (const LoginRecord& login : *records) {
    if (login.user.empty() || login.process <= 0 || !host.status(process_path(login.process))) continue;
    auto& attributes = out.add("user_session").attributes;
    set_text(attributes, "user", login.user);
    set_text(attributes, "line", login.line);
    set_text(attributes, "remote_host", login.host);
    if (login.started > 0) set_text(attributes, "started", base::to_iso8601(login.started));
  }
  return {};
}

}  // namespace censo::agent::sources
