#include "agent/state_folder.h"

#include "base/file.h"
#include "base/text.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace censo::agent {
namespace {

using base::Errc;

std::string sequence_file(const std::string& state_folder) {
  return state_folder + "/sequence";
}
std::string last_report_file(const std::string& state_folder) {
  return state_folder + "/last_report";
}

std::uint64_t seconds_of(const base::Clock& clock) {
  return static_cast<std::uint64_t>(std::max<base::TimeMs>(clock.now(), 0)) / 1000;
}

// The last number used.
base::Result<std::uint64_t> last_sequence(const std::string& state_folder, const base::Clock& clock) {
  const auto content = base::read_own_file(sequence_file(state_folder), 64);
  if (!content && content.error().code == Errc::not_found) return std::uint64_t{0};
  if (!content && content.error().code != Errc::limit_exceeded) return content.error();
  const auto number = content ? base::parse_unsigned(base::trim(*content)) : std::nullopt;
  return number ? *number : seconds_of(clock);
}

base::Result<void> write_sequence(const std::string& state_folder, std::uint64_t number) {
  return base::write_own_file(sequence_file(state_folder), std::to_string(number) + "\n");
}

// Changing the user clears the effective capabilities; of the kept ones only the reader's is taken up again.
bool keep_only_reading() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct sets[2] = {};
  sets[0].effective = sets[0].permitted = 1U << CAP_DAC_READ_SEARCH;
  return ::syscall(SYS_capset, &header, sets) == 0;
}

}  // namespace

base::Result<void> become_owner_of(const std::string& state_folder) {
  struct stat status {};
  if (::geteuid() != 0 || ::stat(state_folder.c_str(), &status) != 0 || status.st_uid == 0) return {};
  const bool became = ::prctl(PR_SET_KEEPCAPS, 1) == 0 && ::setgroups(0, nullptr) == 0 &&
                      ::setresgid(status.st_gid, status.st_gid, status.st_gid) == 0 &&
                      ::setresuid(status.st_uid, status.st_uid, status.st_uid) == 0 && keep_only_reading();
  if (!became)
    return base::fail(Errc::permission_denied, "cannot become the owner of the state folder", state_folder);
  return {};
}

base::Result<StateLock> StateLock::take(const std::string& state_folder) {
  if (auto made = base::make_private_folder(state_folder); !made) return made.error();
  const std::string path = state_folder + "/lock";
  int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (file < 0 && (errno == EROFS || errno == ENOSPC))  // an agent that ran here before left it
    file = ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  if (file < 0) return base::fail(Errc::io_failed, std::string("cannot open: ") + std::strerror(errno), path);
  StateLock lock(file);
  if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
    return base::fail(Errc::conflict, "another censo-agent works with this state folder", path);
  }
  return lock;
}

StateLock::StateLock(StateLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

StateLock::~StateLock() {
  if (file_ >= 0) ::close(file_);
}

base::Result<std::uint64_t> next_sequence(const std::string& state_folder, const base::Clock& clock) {
  const auto last = last_sequence(state_folder, clock);
  if (!last) return last.error();
  if (auto written = write_sequence(state_folder, *last + 1); !written) return written.error();
  return *last + 1;
}

base::Result<void> advance_sequence(const std::string& state_folder, const base::Clock& clock) {
  const auto last = last_sequence(state_folder, clock);
  if (!last) return last.error();
  return write_sequence(state_folder, std::max(*last, seconds_of(clock)));
}

base::Result<void> save_last_report(const std::string& state_folder, const LastReport& report) {
  const std::string line = std::to_string(report.sequence) + " " + base::to_iso8601(report.at) + " " +
                           report.outcome + " " + report.ci + "\n";
  return base::write_own_file(last_report_file(state_folder), line);
}

std::optional<LastReport> load_last_report(const std::string& state_folder) {
  const auto content = base::read_own_file(last_report_file(state_folder), 4096);
  if (!content) return std::nullopt;
  const auto words = base::split_words(*content);
  if (words.size() != 4) return std::nullopt;
  const auto sequence = base::parse_unsigned(words[0]);
  const auto at = base::parse_iso8601(words[1]);
  if (!sequence || !at) return std::nullopt;
  return LastReport{*sequence, std::string(words[2]), std::string(words[3]), *at};
}

}  // namespace censo::agent
