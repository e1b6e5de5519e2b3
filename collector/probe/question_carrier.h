// Carries the questions on the board to the centre, one after the other. Of the courier's thread.
#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "collector/probe/centre_client.h"
#include "collector/probe/question_board.h"

#include <functional>
#include <vector>

namespace censo::collector::probe {

class QuestionCarrier {
 public:
  struct Centre {
    std::function<base::Result<CentreAnswer>(const Question&)> post;
    // Tells the centre how we are, and us whom to admit; false: it did not answer.
    std::function<bool()> call;
    std::function<void(const base::Error&)> note_failure;
    std::function<base::TimeMs()> now;
  };
  QuestionCarrier(QuestionBoard& board, Centre centre) : board_(board), centre_(std::move(centre)) {}

  // False: the centre cannot be reached. A question that it cannot answer now (429, 5xx) waits for the next
  // round, behind all others.
  bool carry();
  // After a call that the centre answered: whom it gave a certificate is now admitted here, and may know.
  void settle();

 private:
  struct Answered {
    Question question;
    CentreAnswer answer;
  };
  QuestionBoard& board_;
  const Centre centre_;
  std::vector<Answered> answered_;  // and not told yet
};

}  // namespace censo::collector::probe
