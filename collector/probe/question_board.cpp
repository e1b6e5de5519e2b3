#include "collector/probe/question_board.h"

#include <algorithm>
#include <utility>

namespace censo::collector::probe {
namespace {

constexpr std::size_t most_waiting = 256;
constexpr base::TimeMs kept_ms = 10 * 60'000;

std::string key_of(const Question& question) {
  return question.path + "\n" + question.asker;
}

}  // namespace

// With mutex_ held.
void QuestionBoard::forget(base::TimeMs now) {
  std::erase_if(entries_, [now](const auto& entry) {
    return entry.second.asked_at + kept_ms < now || entry.second.asked_at > now + kept_ms;
  });
}

QuestionBoard::State QuestionBoard::ask(const Question& question, base::TimeMs now) {
  const auto key = key_of(question);
  const std::lock_guard lock(mutex_);
  forget(now);
  const auto found = entries_.find(key);
  const bool known = found != entries_.end();
  if (known && found->second.question == question)
    return {Asked::known, found->second.answer, found->second.put_off};
  if (!known && entries_.size() >= most_waiting) return {Asked::full, std::nullopt, {}};
  entries_[key] = {question, now, std::nullopt, {}, 0};
  return {Asked::new_one, std::nullopt, {}};
}

std::vector<Question> QuestionBoard::unanswered(base::TimeMs now) {
  std::vector<const Entry*> waiting;
  const std::lock_guard lock(mutex_);
  forget(now);
  for (const auto& [key, entry] : entries_)
    if (!entry.answer) waiting.push_back(&entry);
  std::stable_sort(waiting.begin(), waiting.end(),
                   [](const Entry* one, const Entry* other) { return one->turn < other->turn; });
  std::vector<Question> questions;
  for (const Entry* entry : waiting) questions.push_back(entry->question);
  return questions;
}

// Nothing when another question has taken its place.
QuestionBoard::Entry* QuestionBoard::entry_of(const Question& question) {
  const auto found = entries_.find(key_of(question));
  return found != entries_.end() && found->second.question == question ? &found->second : nullptr;
}

void QuestionBoard::put_off(const Question& question, std::string why) {
  const std::lock_guard lock(mutex_);
  auto* const entry = entry_of(question);
  if (entry == nullptr) return;
  entry->put_off = std::move(why);
  entry->turn = ++turns_;
}

bool QuestionBoard::is_open(const Question& question) const {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(key_of(question));
  return found != entries_.end() && found->second.question == question && !found->second.answer;
}

void QuestionBoard::answer(const Question& question, CentreAnswer answer) {
  const std::lock_guard lock(mutex_);
  auto* const entry = entry_of(question);
  if (entry != nullptr) entry->answer = std::move(answer);
}

}  // namespace censo::collector::probe
