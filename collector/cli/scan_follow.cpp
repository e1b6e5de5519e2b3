#include "collector/cli/scan_follow.h"

#include <fmt/core.h>
#include <boost/json.hpp>

#include <chrono>
#include <cstdio>
#include <thread>

namespace censo::cli {
namespace {

constexpr int most_breaks = 20;  // in a row, a second apart
constexpr auto between_tries = std::chrono::seconds(1);

// Where nobody is, nothing is worth a line.
std::string line_of(const boost::json::value& device) {
  const auto verdict = text_at(device, "/verdict");
  if (verdict == "no_answer" || verdict == "cancelled") return {};
  const auto name = text_at(device, "/ci/name");
  const auto credential = text_at(device, "/credential");  // none: its ports told what it is
  const auto what = name.empty()
                        ? text_at(device, "/detail")
                        : text_at(device, "/ci/class") + " " + name + " (" + text_at(device, "/outcome") +
                              (credential.empty() ? "" : ", " + credential) + ")";
  return fmt::format("{:<15} {:<11} {}\n", printable(text_at(device, "/address")), printable(verdict),
                     printable(what));
}

class Follower {
 public:
  explicit Follower(Format format) : format_(format) {}

  void take(const ServerEvent& event) {
    breaks_ = 0;
    boost::json::error_code error;
    auto data = boost::json::parse(event.data, error);
    if (error || !data.is_object()) return;  // of a newer collector
    last_id_ = event.id;
    if (format_ == Format::json)
      fmt::print("{}\n", boost::json::serialize(boost::json::object{{"event", event.type}, {"data", data}}));
    else if (event.type == "device")
      fmt::print("{}", line_of(data));
    std::fflush(stdout);
    if (event.type == "progress") line_.show(progress_of(data));
    if (event.type == "end") end_ = std::move(data);
  }

  bool may_try_again() { return ++breaks_ <= most_breaks; }
  const std::string& last_id() const { return last_id_; }
  const boost::json::value& end() const { return end_; }

 private:
  Format format_;
  ProgressLine line_;
  std::string last_id_;
  boost::json::value end_;
  int breaks_ = 0;
};

bool is_passing(const base::Error& error) {
  return error.code == base::Errc::unavailable || error.code == base::Errc::timeout;
}

}  // namespace

std::string progress_of(const boost::json::value& run) {
  if (const auto swept = text_at(run, "/sweep/swept"); !swept.empty() && swept != text_at(run, "/total"))
    return fmt::format("{}: {} of {} addresses swept, {} respond", text_at(run, "/state"), swept,
                       text_at(run, "/total"), text_at(run, "/sweep/responding"));
  const auto detail = text_at(run, "/detail");  // such as that its probe is silent
  return fmt::format("{}: {} of {} addresses, {} answered{}", text_at(run, "/state"), text_at(run, "/done"),
                     text_at(run, "/total"), text_at(run, "/answered"), detail.empty() ? "" : "; " + detail);
}

base::Result<boost::json::value> follow_run(ApiClient& client, const std::string& run_id,
                                            const Session& session) {
  Follower follower(session.output.format);
  while (true) {
    const auto followed =
        client.follow("/api/v1/scan-runs/" + encoded(run_id) + "/events", follower.last_id(),
                      [&follower](const ServerEvent& event) { follower.take(event); });
    if (!follower.end().is_null()) return follower.end();
    if (!followed && (!is_passing(followed.error()) || !follower.may_try_again())) return followed.error();
    if (followed && !follower.may_try_again())
      return base::fail(base::Errc::unavailable, "the collector ended the stream before the run had ended");
    std::this_thread::sleep_for(between_tries);
  }
}

}  // namespace censo::cli
