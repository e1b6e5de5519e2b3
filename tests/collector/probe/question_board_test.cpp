#include "collector/probe/question_board.h"

#include <gtest/gtest.h>

namespace censo::collector::probe {
namespace {

using Asked = QuestionBoard::Asked;
const Question question{"/api/v1/probe/enrolments", "{\"token\":\"x\"}", "web01"};

TEST(QuestionBoard, TheSameQuestionIsOneUntilItIsAnswered) {
  QuestionBoard board;
  EXPECT_EQ(board.ask(question, 1).asked, Asked::new_one);
  EXPECT_EQ(board.ask(question, 2).asked, Asked::known);
  ASSERT_EQ(board.unanswered(3).size(), 1u);
  board.answer(question, {201, "{}"});
  EXPECT_TRUE(board.unanswered(3).empty());
  EXPECT_EQ(board.ask(question, 3).answer->status, 201);
}

TEST(QuestionBoard, ForgetsAfterTenMinutes) {
  QuestionBoard board;
  board.ask(question, 1);
  board.answer(question, {201, "{}"});
  EXPECT_EQ(board.ask(question, 1 + 10 * 60'000 + 1).asked, Asked::new_one);
}

TEST(QuestionBoard, CarriesNothingThatIsForgotten) {
  QuestionBoard board;
  board.ask(question, 1);
  EXPECT_EQ(board.unanswered(1 + 10 * 60'000).size(), 1u);
  EXPECT_TRUE(board.unanswered(1 + 10 * 60'000 + 1).empty());
  EXPECT_FALSE(board.is_open(question));
}

TEST(QuestionBoard, TakesNoMoreThanItCanHold) {
  QuestionBoard board;
  for (int i = 0; i < 256; ++i) board.ask({"/x", "{}", std::to_string(i)}, 1);
  EXPECT_EQ(board.ask(question, 1).asked, Asked::full);
  EXPECT_EQ(board.ask({"/x", "{}", "7"}, 1).asked, Asked::known);
}

TEST(QuestionBoard, AnotherQuestionOfTheSameAskerTakesItsPlace) {
  QuestionBoard board;
  const Question first{"/renew", "key 1", "a-1"}, second{"/renew", "key 2", "a-1"},
      other{"/renew", "key 3", "a-2"};
  board.ask(first, 1);
  board.ask(other, 1);
  EXPECT_EQ(board.ask(second, 2).asked, Asked::new_one);
  EXPECT_FALSE(board.is_open(first));
  EXPECT_TRUE(board.is_open(second));
  EXPECT_EQ(board.unanswered(3), (std::vector<Question>{second, other}));
  board.answer(first, {201, "for key 1"});  // it was under way
  EXPECT_FALSE(board.ask(second, 3).answer);
}

TEST(QuestionBoard, WhatWasPutOffComesLastAndSaysWhy) {
  QuestionBoard board;
  const Question first{"/renew", "key 1", "a-1"}, second{"/renew", "key 2", "a-2"};
  board.ask(first, 1);
  board.ask(second, 1);
  board.put_off(first, "the disk is full");
  EXPECT_EQ(board.unanswered(3), (std::vector<Question>{second, first}));
  EXPECT_EQ(board.ask(first, 2).put_off, "the disk is full");
  board.put_off(second, "also");
  EXPECT_EQ(board.unanswered(3), (std::vector<Question>{first, second}));
}

}  // namespace
}  // namespace censo::collector::probe
