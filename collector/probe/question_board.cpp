#include "collector/probe/question_board.h"

#include "base/digest.h"

namespace censo::collector::probe {
namespace {

constexpr std::size_t most_waiting = 256;
constexpr base::TimeMs kept_ms = 10 * 60'000;

std::string key_of(const Question& question) {
  return base::to_hex(base::sha256(question.path + "\n" + question.body));
}

}  // namespace

QuestionBoard::State QuestionBoard::ask(const Question& question, base::TimeMs now) {
  const auto key = key_of(question);
  const std::lock_guard lock(mutex_);
  std::erase_if(entries_, [now](const auto& entry) {
    return entry.second.asked_at + kept_ms < now || entry.second.asked_at > now + kept_ms;
  });
  const auto found = entries_.find(key);
  if (found != entries_.end()) return {Asked::known, found->second.answer};
  if (entries_.size() >= most_waiting) return {Asked::full, std::nullopt};
  entries_[key] = {question, now, std::nullopt};
  return {Asked::new_one, std::nullopt};
}

std::vector<Question> QuestionBoard::unanswered() const {
  std::vector<Question> questions;
  const std::lock_guard lock(mutex_);
  for (const auto& [key, entry] : entries_)
    if (!entry.answer) questions.push_back(entry.question);
  return questions;
}

void QuestionBoard::answer(const Question& question, CentreAnswer answer) {
  const auto key = key_of(question);
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(key);
  if (found != entries_.end()) found->second.answer = std::move(answer);
}

}  // namespace censo::collector::probe
