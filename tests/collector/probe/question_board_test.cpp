#include "collector/probe/question_board.h"

#include <gtest/gtest.h>

namespace censo::collector::probe {
namespace {

using Asked = QuestionBoard::Asked;
const Question question{"/api/v1/probe/enrolments", "{\"token\":\"x\"}"};

TEST(QuestionBoard, TheSameQuestionIsOneUntilItIsAnswered) {
  QuestionBoard board;
  EXPECT_EQ(board.ask(question, 1).asked, Asked::new_one);
  EXPECT_EQ(board.ask(question, 2).asked, Asked::known);
  ASSERT_EQ(board.unanswered().size(), 1u);
  board.answer(question, {201, "{}"});
  EXPECT_TRUE(board.unanswered().empty());
  EXPECT_EQ(board.ask(question, 3).answer->status, 201);
}

TEST(QuestionBoard, ForgetsAfterTenMinutes) {
  QuestionBoard board;
  board.ask(question, 1);
  board.answer(question, {201, "{}"});
  EXPECT_EQ(board.ask(question, 1 + 10 * 60'000 + 1).asked, Asked::new_one);
}

TEST(QuestionBoard, TakesNoMoreThanItCanHold) {
  QuestionBoard board;
  for (int i = 0; i < 256; ++i) board.ask({"/x", std::to_string(i)}, 1);
  EXPECT_EQ(board.ask(question, 1).asked, Asked::full);
  EXPECT_EQ(board.ask({"/x", "7"}, 1).asked, Asked::known);
}

}  // namespace
}  // namespace censo::collector::probe
