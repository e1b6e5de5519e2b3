// The graph in memory, kept in step with what is committed (docs/decisions/0110-graph-in-memory.md). Safe to
// use from any thread: those who ask share it, catching up takes it alone for a moment.
#pragma once

#include "base/clock.h"
#include "cmdb/change_feed.h"
#include "cmdb/ci_graph.h"
#include "cmdb/store/transaction.h"

#include <functional>
#include <memory>
#include <mutex>
#include <shared_mutex>

namespace censo::cmdb {

class ImpactGraph {
 public:
  explicit ImpactGraph(const base::Clock& clock) : clock_(clock) {}  // `clock` outlives it

  // Calls `ask` with a graph that has at least everything that `tx` sees, loading it when it has to. `tx` is
  // a read transaction: what a job wrote and did not commit yet must not get in. `ask` keeps nothing of the
  // graph.
  void read(store::Transaction& tx, const ClassCatalog& catalog,
            const std::function<void(const CiGraph&)>& ask);

 private:
  void catch_up(store::Transaction& tx, const ClassCatalog& catalog);
  bool follow(store::Transaction& tx, const ClassCatalog& catalog);

  const base::Clock& clock_;
  std::mutex following_;  // over feed_ and whoever changes the graph; held while rows are read
  FeedReader feed_;
  bool in_step_ = false;      // false also after an exception in between
  std::shared_mutex asking_;  // over graph_; taken after following_
  std::unique_ptr<CiGraph> graph_;
};

}  // namespace censo::cmdb
