#include "cmdb/search_index.h"

#include "cmdb/change_feed.h"

namespace censo::cmdb {

SearchIndex::SearchIndex(const base::Clock& clock) : clock_(clock), feed_(std::make_unique<FeedReader>()) {}
SearchIndex::~SearchIndex() = default;

// While it changes it is nobody's: when reading fails half-way, the next one loads all anew.
void SearchIndex::catch_up(store::Transaction& tx) {
  auto memory = std::move(memory_);
  const auto changes = memory ? feed_->take(tx, clock_) : std::nullopt;
  if (changes) memory->apply(tx, *changes);
  if (!changes || memory->is_worn()) {
    memory.reset();  // not beside the new one: it may be large
    feed_->start(tx, clock_);
    memory = std::make_unique<SearchMemory>(tx);
  }
  memory_ = std::move(memory);
}

SearchIndex::View SearchIndex::follow(store::Transaction& tx) {
  {
    const std::unique_lock lock(mutex_);
    catch_up(tx);
  }
  std::shared_lock lock(mutex_);
  return {std::move(lock), memory_.get()};
}

}  // namespace censo::cmdb
