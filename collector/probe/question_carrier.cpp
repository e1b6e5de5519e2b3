#include "collector/probe/question_carrier.h"

#include <utility>

namespace censo::collector::probe {
namespace {

constexpr int most_put_off = 3;  // a round; what ails the centre then ails it with all

}  // namespace

bool QuestionCarrier::carry() {
  int put_off = 0;
  for (const auto& question : board_.unanswered(centre_.now())) {
    if (!board_.is_open(question)) continue;
    auto answer = centre_.post(question);
    if (!answer) {  // a 401 is of the asker's token; ours is told by call()
      centre_.note_failure(answer.error());
      return false;
    }
    if (answer->status == 429 || answer->status >= 500) {
      const auto why = error_of(*answer);
      centre_.note_failure(why);
      board_.put_off(question, why.message);
      if (++put_off == most_put_off) break;
      continue;
    }
    // Known here before the agent knows: its first report may come at once. An answer is kept until then:
    // asked once more, a token for one use would be used up.
    const bool admitted = answer->status != 201;
    answered_.push_back({question, std::move(*answer)});
    if (!admitted && !centre_.call()) return false;
    settle();
  }
  return true;
}

void QuestionCarrier::settle() {
  for (auto& [question, answer] : std::exchange(answered_, {})) board_.answer(question, std::move(answer));
}

}  // namespace censo::collector::probe
