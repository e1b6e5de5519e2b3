// Requests of agents that only the centre can answer (a certificate). The door puts them here and tells the
// agent to ask again in a moment; the courier carries them. In memory alone: they hold tokens. Safe from any
// thread.
#pragma once

#include "base/clock.h"
#include "collector/probe/centre_client.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace censo::collector::probe {

struct Question {
  std::string path, body;  // of the request to the centre
  std::string asker;       // who asks: of its questions on a path the last one counts
  friend bool operator==(const Question&, const Question&) = default;
};

class QuestionBoard {
 public:
  enum class Asked { new_one, known, full };
  struct State {
    Asked asked = Asked::known;
    std::optional<CentreAnswer> answer;
    std::string put_off;  // why there is none yet, in the centre's words; empty: it has not said
  };
  // The answer, when there is one. The same question asked again is one question; it is forgotten ten minutes
  // after it was first asked, and 256 wait at most. Another one of the same asker takes its place: nobody
  // waits for a certificate of the key before any more, and made after the other it would replace that.
  State ask(const Question& question, base::TimeMs now);

  // Those that were never put off first, then the one that was put off longest ago. What is older than ten
  // minutes is forgotten here too: nobody waits for it, and it may hold a token for one use.
  std::vector<Question> unanswered(base::TimeMs now);
  // The centre has no answer now.
  void put_off(const Question& question, std::string why);
  // Whether it still stands; of what was answered or replaced meanwhile, nothing.
  bool is_open(const Question& question) const;
  void answer(const Question& question, CentreAnswer answer);

 private:
  struct Entry {
    Question question;
    base::TimeMs asked_at = 0;
    std::optional<CentreAnswer> answer;
    std::string put_off;
    std::uint64_t turn = 0;  // rises with each that is put off
  };
  void forget(base::TimeMs now);
  Entry* entry_of(const Question& question);

  mutable std::mutex mutex_;                           // of entries_ (docs/decisions/0219-probes.md)
  std::map<std::string, Entry, std::less<>> entries_;  // by path and asker
  std::uint64_t turns_ = 0;
};

}  // namespace censo::collector::probe
