// From what has come in to the database. A batch that cannot be written is tried again for about a minute and
// a half, before anything newer; what is lost in the end is counted. One thread.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "desk/event_source.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace censo::collector::listen {
struct Batch;  // collector/listen/intake.h
class Intake;
struct Reply;
}  // namespace censo::collector::listen

namespace censo::collector::jobs {

class EventKeeper {
 public:
  struct Ways {
    // The batch and what has been lost since the last that was written, at once or not at all.
    std::function<base::Result<void>(const listen::Batch&, const desk::EventLoss&)> write;
    std::function<void(const listen::Reply&)> answer;  // once it is written
  };
  explicit EventKeeper(Ways ways);
  ~EventKeeper();

  // Events at once; what is only counted, once a second. `last`: what cannot be written now never will be.
  void keep(listen::Intake& intake, base::TimeMs now, bool last);
  void lose(std::int64_t messages, base::TimeMs now, std::string_view why);
  bool is_waiting() const { return held_ != nullptr || loss_.messages > 0; }

  static constexpr int most_tries = 8;

 private:
  bool write(const listen::Batch& batch, base::TimeMs now);
  void keep_held(base::TimeMs now, bool last);

  const Ways ways_;
  std::unique_ptr<listen::Batch> held_;  // that could not be written yet
  int tries_ = 0;
  base::TimeMs tried_at_ = 0, counted_at_ = 0;
  std::string why_;
  desk::EventLoss loss_;  // not yet in the database
};

}  // namespace censo::collector::jobs
