#include "desk/affected_assets.h"

#include "cmdb/tenant.h"

#include <set>

namespace censo::desk {
namespace {

// What the store says of an asset besides its name.
void add_times(store::Transaction& tx, AffectedAsset& asset) {
  if (const auto item = cmdb::find_ci(tx, asset.id); item) asset.last_seen = item->last_seen;
  const auto changed =
      tx.query_one("select at from history where ci_id = $1 order by at desc limit 1", asset.id.value);
  if (changed) asset.last_changed = changed->integer(0);
}

AffectedAsset asset_of(const TicketLink& link) {
  const auto reason = link.role == LinkRole::affected ? "named in the ticket"
                      : link.role == LinkRole::cause  ? "named as the cause"
                                                      : "changed by the ticket";
  return {link.ci, link.class_name, link.name, link.role, 0, cmdb::Verdict::not_affected, reason, 0, 0};
}

}  // namespace

AffectedAssets affected_assets(store::Transaction& tx, const cmdb::ImpactSource& source, const Ticket& ticket,
                               const AssetScope& scope) {
  AffectedAssets answer;
  std::set<cmdb::CiId> linked;
  cmdb::ImpactQuestion question;
  question.limits = scope.limits;
  cmdb::OwnItems own(tx, scope.tenant);
  const auto is_told = [&](cmdb::CiId ci) { return scope.tenant.empty() || own.has(ci); };
  for (const auto& link : links_of(tx, ticket.id)) {
    if (link.role == LinkRole::excluded) {
      question.sound.push_back(link.ci);
      continue;
    }
    linked.insert(link.ci);
    if (is_told(link.ci)) answer.assets.push_back(asset_of(link));
    if (link.role != LinkRole::changed) question.failed.push_back(link.ci);
  }
  const auto harmed = cmdb::impact(tx, source, question);
  answer.total = answer.assets.size();
  for (const auto& item : harmed.items) {
    if (linked.contains(item.id) || !is_told(item.id) || ++answer.total > scope.most) continue;
    answer.assets.push_back({item.id, item.class_name, item.name, LinkRole::impacted, item.depth,
                             item.verdict, is_told(item.through) ? item.reason : "", 0, 0});
  }
  answer.truncated = harmed.truncated || answer.assets.size() < answer.total;
  for (auto& asset : answer.assets) add_times(tx, asset);
  return answer;
}

}  // namespace censo::desk
