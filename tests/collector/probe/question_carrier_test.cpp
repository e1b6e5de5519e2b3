// Questions on their way to a centre that has an answer to some of them, or to none.
#include "collector/probe/question_carrier.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace censo::collector::probe {
namespace {

using base::Errc;

Question renewal(const std::string& of) {
  return {"/renew", "{}", of};
}

class Carrier : public testing::Test {
 protected:
  base::Result<CentreAnswer> post(const Question& question) {
    posted_.push_back(question.asker);
    const auto status = statuses_.contains(question.asker) ? statuses_[question.asker] : 201;
    if (status == 0) return base::fail(Errc::unavailable, "no way there");
    return CentreAnswer{status, status == 201 ? "{}" : R"({"detail":"the disk is full"})"};
  }
  // What the agent is told; 0: nothing yet.
  long told(const std::string& asker) {
    const auto state = board_.ask(renewal(asker), 1);
    return state.answer ? state.answer->status : 0;
  }

  QuestionBoard board_;
  std::map<std::string, long> statuses_;  // of who is not answered with 201
  bool centre_answers_calls_ = true;
  base::TimeMs now_ = 1;
  std::vector<std::string> posted_;
  std::vector<base::Error> failures_;
  QuestionCarrier carrier_{
      board_,
      {[this](const Question& question) { return post(question); }, [this] { return centre_answers_calls_; },
       [this](const base::Error& why) { failures_.push_back(why); }, [this] { return now_; }}};
};

TEST_F(Carrier, AQuestionThatTheCentreCannotAnswerHoldsUpNoOther) {
  statuses_["a"] = 500;
  for (const auto* asker : {"a", "b", "c"}) board_.ask(renewal(asker), 1);
  EXPECT_TRUE(carrier_.carry());
  EXPECT_EQ(told("a"), 0);
  EXPECT_EQ(told("b"), 201);
  EXPECT_EQ(told("c"), 201);
  EXPECT_EQ(board_.ask(renewal("a"), 1).put_off, "the disk is full");
}

TEST_F(Carrier, AndIsAskedAgainBehindTheOthers) {
  statuses_["a"] = 503;
  board_.ask(renewal("a"), 1);
  carrier_.carry();
  board_.ask(renewal("b"), 1);
  statuses_.clear();
  posted_.clear();
  EXPECT_TRUE(carrier_.carry());
  EXPECT_EQ(posted_, (std::vector<std::string>{"b", "a"}));
  EXPECT_EQ(told("a"), 201);
}

TEST_F(Carrier, ACentreThatFailsAtAllOfThemIsLeftAloneUntilTheNextRound) {
  for (const auto* asker : {"a", "b", "c", "d", "e"}) {
    board_.ask(renewal(asker), 1);
    statuses_[asker] = 503;
  }
  EXPECT_TRUE(carrier_.carry());
  EXPECT_EQ(posted_.size(), 3u);
  EXPECT_TRUE(carrier_.carry());
  EXPECT_EQ(posted_, (std::vector<std::string>{"a", "b", "c", "d", "e", "a"})) << "each has its turn";
}

TEST_F(Carrier, ACentreThatCannotBeReachedEndsTheRound) {
  for (const auto* asker : {"a", "b"}) board_.ask(renewal(asker), 1);
  statuses_["a"] = 0;
  EXPECT_FALSE(carrier_.carry());
  EXPECT_EQ(posted_.size(), 1u);
  ASSERT_EQ(failures_.size(), 1u);
  EXPECT_EQ(failures_[0].message, "no way there");
}

TEST_F(Carrier, ARefusalIsToldAtOnce) {
  statuses_["a"] = 410;
  centre_answers_calls_ = false;
  board_.ask(renewal("a"), 1);
  EXPECT_TRUE(carrier_.carry());
  EXPECT_EQ(told("a"), 410);
}

// Anyone may show a probe a token that is none.
TEST_F(Carrier, AWrongTokenIsItsAskersFaultAlone) {
  for (const auto* asker : {"a", "b"}) board_.ask(renewal(asker), 1);
  statuses_["a"] = 401;
  EXPECT_TRUE(carrier_.carry());
  EXPECT_EQ(told("a"), 401);
  EXPECT_EQ(told("b"), 201);
  EXPECT_TRUE(failures_.empty());
}

TEST_F(Carrier, AnOldQuestionIsNotAskedAnyMore) {
  board_.ask(renewal("a"), 1);
  now_ += 10 * 60'000 + 1;
  EXPECT_TRUE(carrier_.carry());
  EXPECT_TRUE(posted_.empty());
}

TEST_F(Carrier, ACertificateIsToldWhenItsOwnerIsAdmittedHereAndAskedForOnce) {
  centre_answers_calls_ = false;
  board_.ask(renewal("a"), 1);
  EXPECT_FALSE(carrier_.carry());
  EXPECT_EQ(told("a"), 0);
  carrier_.settle();  // the next call came through
  EXPECT_EQ(told("a"), 201);
  EXPECT_TRUE(carrier_.carry());
  EXPECT_EQ(posted_.size(), 1u);
}

}  // namespace
}  // namespace censo::collector::probe
