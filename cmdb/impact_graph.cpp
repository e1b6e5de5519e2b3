#include "cmdb/impact_graph.h"

#include "cmdb/ci_graph_load.h"

#include <utility>

namespace censo::cmdb {

void ImpactGraph::read(store::Transaction& tx, const ClassCatalog& catalog,
                       const std::function<void(const CiGraph&)>& ask) {
  catch_up(tx, catalog);
  const std::shared_lock shared(asking_);
  ask(*graph_);
}

void ImpactGraph::catch_up(store::Transaction& tx, const ClassCatalog& catalog) {
  const std::scoped_lock following(following_);
  const bool was_in_step = std::exchange(in_step_, false);
  if (!was_in_step || !follow(tx, catalog)) {
    feed_.start(tx, clock_);
    auto loaded = std::make_unique<CiGraph>(load_graph(tx, catalog));
    const std::unique_lock alone(asking_);
    graph_.swap(loaded);
  }
  in_step_ = true;
}

// False: all has to be loaded anew.
bool ImpactGraph::follow(store::Transaction& tx, const ClassCatalog& catalog) {
  if (graph_->relations() != harm_relations(catalog)) return false;
  const auto entries = feed_.take(tx, clock_);
  const auto changes = entries ? read_changes(tx, *graph_, *entries) : std::nullopt;
  if (!changes) return false;
  if (changes->empty()) return true;
  const std::unique_lock alone(asking_);
  apply(*graph_, *changes);
  return true;
}

}  // namespace censo::cmdb
