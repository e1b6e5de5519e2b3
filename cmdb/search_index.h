// The memory of searches, shared by the threads that answer them. Each reader first brings it to what its own
// transaction sees, then looks things up while others may do so too.
#pragma once

#include "base/clock.h"
#include "cmdb/search_memory.h"
#include "cmdb/store/transaction.h"

#include <memory>
#include <shared_mutex>

namespace censo::cmdb {

class FeedReader;  // cmdb/change_feed.h

// Safe to use from any thread (docs/decisions/0115-search-in-memory.md). `clock` outlives it.
class SearchIndex {
 public:
  explicit SearchIndex(const base::Clock& clock);
  ~SearchIndex();

  // What is kept, not changed as long as this lives. Short-lived: others wait to catch up. One at a time in a
  // thread.
  class View {
   public:
    const SearchMemory& operator*() const { return *memory_; }
    const SearchMemory* operator->() const { return memory_; }

   private:
    friend class SearchIndex;
    View(std::shared_lock<std::shared_mutex> lock, const SearchMemory* memory)
        : lock_(std::move(lock)), memory_(memory) {}
    std::shared_lock<std::shared_mutex> lock_;
    const SearchMemory* memory_;
  };
  // With everything that the transaction sees. The first call loads all, which takes seconds for a million
  // items; later ones read what has changed.
  View follow(store::Transaction& tx);

 private:
  void catch_up(store::Transaction& tx);

  const base::Clock& clock_;
  std::shared_mutex mutex_;
  std::unique_ptr<FeedReader> feed_;
  std::unique_ptr<SearchMemory> memory_;
};

}  // namespace censo::cmdb
