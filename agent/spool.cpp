#include "agent/spool.h"

#include "base/digest.h"
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

namespace censo::agent {
namespace {

using base::Errc;
namespace fs = std::filesystem;

constexpr std::string_view format_name = "censo-spool-1";
constexpr std::string_view name_end = ".report";
constexpr std::string_view unfinished =
    ".report.new-";  // what write_own_file leaves behind when it is killed
constexpr std::size_t sequence_digits = 20;
constexpr std::size_t max_body_bytes = 2 * 1024 * 1024;  // what the collector takes
constexpr std::size_t max_header_bytes = 256;
constexpr std::size_t max_quarantined = 20;
constexpr std::size_t digest_digits = 64;

std::string file_name(std::uint64_t sequence) {
  return fmt::format("{:020}{}", sequence, name_end);
}

std::optional<std::uint64_t> sequence_of(std::string_view name) {
  if (name.size() != sequence_digits + name_end.size() || !name.ends_with(name_end)) return std::nullopt;
  return base::parse_unsigned(name.substr(0, sequence_digits));
}

std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    names.push_back(entry->path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

// Why a directory entry is no file of ours, or "". Nobody else can write to the folder, so what is true now
// stays true.
std::string_view unfit(const struct stat& status) {
  if (!S_ISREG(status.st_mode)) return "not-regular";
  if (status.st_nlink != 1) return "hard-linked";
  if (status.st_uid != ::geteuid()) return "foreign-owner";
  if (static_cast<std::uint64_t>(status.st_size) > max_body_bytes + max_header_bytes) return "too-large";
  return {};
}

}  // namespace

std::string to_spool_file(const SpooledReport& report) {
  const std::string fields =
      fmt::format("{} {} {} {} ", format_name, report.sequence, report.digest, report.body.size());
  return fields + base::to_hex(base::sha256(fields + report.body)) + "\n" + report.body;
}

base::Result<SpooledReport> parse_spool_file(std::string_view content) {
  const auto corrupt = [](std::string_view what) {
    return base::fail(Errc::malformed, "expected a spooled report, found " + std::string(what));
  };
  const auto line_end = content.substr(0, max_header_bytes).find('\n');
  if (line_end == content.npos) return corrupt("no header line");
  const std::string_view header = content.substr(0, line_end);
  const std::string_view body = content.substr(line_end + 1);
  const auto fields = base::split(header, ' ');
  if (fields.size() != 5 || fields[0] != format_name) return corrupt("another header");
  const auto sequence = base::parse_unsigned(fields[1]);
  const auto size = base::parse_unsigned(fields[3]);
  if (!sequence || !size || *size != body.size()) return corrupt("another size than its header says");
  const std::string_view checksum = fields[4];
  const std::string checked =
      std::string(header.substr(0, header.size() - checksum.size())) + std::string(body);
  if (fields[2].size() != digest_digits || checksum != base::to_hex(base::sha256(checked))) {
    return corrupt("another checksum than its header says");
  }
  return SpooledReport{*sequence, std::string(fields[2]), std::string(body)};
}

Spool::Spool(std::string state_folder, SpoolLimits limits)
    : state_folder_(std::move(state_folder)), limits_(limits) {}

base::Result<Spool> Spool::open(const std::string& state_folder, const SpoolLimits& limits) {
  for (const char* folder : {"/spool", "/quarantine"}) {
    if (auto made = base::make_private_folder(state_folder + folder); !made) return made.error();
  }
  return Spool(state_folder, limits);
}

std::string Spool::path(std::string_view name) const {
  return state_folder_ + "/spool/" + std::string(name);
}

// The waiting reports, oldest first. What is none leaves the folder on the way.
std::vector<Spool::File> Spool::files() {
  std::vector<File> files;
  for (const std::string& name : names_in(state_folder_ + "/spool")) {
    if (stuck_.contains(name)) continue;
    struct stat status {};
    if (::lstat(path(name).c_str(), &status) != 0) continue;
    const auto sequence = sequence_of(name);
    if (name.find(unfinished) != name.npos && S_ISREG(status.st_mode)) {
      discard(name);
    } else if (!sequence) {
      move_to_quarantine(name, "unknown-name");
    } else if (const auto reason = unfit(status); !reason.empty()) {
      move_to_quarantine(name, reason);
    } else {
      files.push_back({name, *sequence, static_cast<std::uint64_t>(status.st_size)});
    }
  }
  return files;
}

void Spool::make_room() {
  const auto waiting = files();
  std::uint64_t bytes = max_body_bytes + max_header_bytes;
  for (const File& file : waiting) bytes += file.bytes;
  std::uint64_t dropped = 0;
  for (const File& file : waiting) {
    if (waiting.size() - dropped < limits_.max_reports && bytes <= limits_.max_bytes) break;
    discard(file.name);
    bytes -= file.bytes;
    ++dropped;
  }
  if (dropped > 0) count_lost(dropped);
}

base::Result<void> Spool::store(const SpooledReport& report) {
  if (report.body.size() > max_body_bytes) {
    return base::fail(Errc::limit_exceeded,
                      fmt::format("a report of {} compressed bytes; the collector takes {}",
                                  report.body.size(), max_body_bytes));
  }
  return base::write_own_file(path(file_name(report.sequence)), to_spool_file(report), 0600);
}

base::Result<SpooledReport> Spool::read(const File& file) const {
  const auto content = base::read_own_file(path(file.name), max_body_bytes + max_header_bytes);
  if (!content) return content.error();
  auto report = parse_spool_file(*content);
  if (report && report->sequence != file.sequence) {
    return base::fail(Errc::malformed, "expected the sequence of the file's name", path(file.name));
  }
  return report;
}

base::Result<SpooledReport> Spool::oldest() {
  for (const File& file : files()) {
    auto report = read(file);
    if (report) return report;
    base::log(base::LogLevel::warning, "spool.corrupt", base::to_string(report.error()),
              {{"file", file.name}});
    move_to_quarantine(file.name, "corrupt");
  }
  return base::fail(Errc::not_found, "no report waits");
}

void Spool::remove(std::uint64_t sequence) {
  discard(file_name(sequence));
}

void Spool::quarantine(std::uint64_t sequence, std::string_view reason) {
  move_to_quarantine(file_name(sequence), reason);
}

void Spool::clear() {
  for (const File& file : files()) discard(file.name);
  forget_lost();
}

void Spool::discard(const std::string& name) {
  std::error_code error;
  fs::remove(path(name), error);
  if (!error) return;
  stuck_.insert(name);
  base::log(base::LogLevel::error, "spool.stuck", "cannot remove a file of the spool: " + error.message(),
            {{"file", name}});
}

// A full quarantine keeps what it has: the first files of a kind tell as much as the later ones.
void Spool::move_to_quarantine(const std::string& name, std::string_view reason) {
  base::log(base::LogLevel::warning, "spool.quarantined", "a file of the spool went to quarantine",
            {{"file", name}, {"reason", reason}});
  const std::string folder = state_folder_ + "/quarantine";
  if (names_in(folder).size() >= max_quarantined) {
    count_lost(1);
    discard(name);
    return;
  }
  std::error_code error;
  fs::rename(path(name), folder + "/" + name.substr(0, 100) + "." + std::string(reason), error);
  if (error) discard(name);
}

void Spool::count_lost(std::uint64_t more) {
  const std::uint64_t lost = state().lost + more;
  base::log(base::LogLevel::warning, "spool.lost", "reports were dropped from the spool",
            {{"count", static_cast<std::int64_t>(more)}});
  const auto written = base::write_own_file(state_folder_ + "/lost_reports", std::to_string(lost) + "\n");
  if (!written) base::log(base::LogLevel::error, "spool.lost", base::to_string(written.error()));
}

void Spool::forget_lost() {
  std::error_code error;
  fs::remove(state_folder_ + "/lost_reports", error);
}

Spool::State Spool::state() const {
  State state;
  for (const std::string& name : names_in(state_folder_ + "/spool")) {
    std::error_code error;
    const auto bytes = fs::file_size(path(name), error);
    if (error || !sequence_of(name)) continue;
    ++state.waiting;
    state.waiting_bytes += bytes;
  }
  if (const auto lost = base::read_own_file(state_folder_ + "/lost_reports", 32)) {
    state.lost = base::parse_unsigned(base::trim(*lost)).value_or(0);
  }
  state.quarantined = names_in(state_folder_ + "/quarantine");
  state.stuck.assign(stuck_.begin(), stuck_.end());
  return state;
}

std::vector<inventory::Problem> Spool::problems() const {
  const State now = state();
  std::vector<inventory::Problem> problems;
  const auto add = [&](Errc code, std::string message, std::string_view folder) {
    problems.push_back({"spool", std::string(base::name_of(code)), base::sanitize_utf8(message),
                        state_folder_ + std::string(folder)});
  };
  if (now.lost > 0)
    add(Errc::limit_exceeded, fmt::format("{} unsent reports or files were dropped", now.lost), "/spool");
  if (!now.quarantined.empty()) {
    add(Errc::malformed,
        fmt::format("{} files in quarantine, the first is {}", now.quarantined.size(), now.quarantined[0]),
        "/quarantine");
  }
  if (!now.stuck.empty()) {
    add(Errc::io_failed,
        fmt::format("{} files cannot be removed, the first is {}", now.stuck.size(), now.stuck[0]), "/spool");
  }
  return problems;
}

}  // namespace censo::agent
