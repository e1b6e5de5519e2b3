#include "cmdb/account_use.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <map>

namespace censo::cmdb {
namespace {

constexpr base::TimeMs day_ms = base::TimeMs{24} * 60 * 60 * 1000;
constexpr base::TimeMs kept_ms = 90 * day_ms;
constexpr std::size_t most_accounts = 50;  // of one machine
constexpr std::array<std::string_view, 7> of_the_system{"root", "gdm",    "lightdm", "sddm",
                                                        "xdm",  "reboot", "LOGIN"};

struct Use {
  std::int64_t times = 0;
  base::TimeMs first_seen = 0, last_seen = 0;
};
using Uses = std::map<std::string, Use, std::less<>>;

Uses load(store::Transaction& tx, SourceId source) {
  Uses uses;
  for (const store::Row& row :
       tx.query("select account, times, first_seen, last_seen from account_use where source_id = $1",
                source.value)) {
    uses[row.text(0)] = {row.integer(1), row.integer(2), row.integer(3)};
  }
  return uses;
}

// Once a day is enough, but the second time is told at once.
void note(store::Transaction& tx, SourceId source, base::TimeMs now, const std::string& account, Use& use) {
  const bool same_day = use.last_seen / day_ms == now / day_ms;
  if (use.times >= 2 && same_day) return;
  ++use.times;
  use.last_seen = now;
  if (use.first_seen == 0) use.first_seen = now;
  tx.execute(
      "insert into account_use (source_id, account, times, first_seen, last_seen) values ($1, $2, $3, $4, $5)"
      " on conflict (source_id, account) do update set times = excluded.times, last_seen = "
      "excluded.last_seen",
      source.value, account, use.times, use.first_seen, use.last_seen);
}

}  // namespace

std::vector<AccountUse> note_accounts(store::Transaction& tx, SourceId source, base::TimeMs now,
                                      std::span<const std::string> logged_in) {
  Uses uses = load(tx, source);
  std::map<std::string, bool> seen;
  for (const std::string& account : logged_in) {
    const bool is_system = std::ranges::find(of_the_system, account) != of_the_system.end();
    if (!account.empty() && !is_system && seen.size() < most_accounts) seen[account] = true;
  }
  for (const auto& [account, is_seen] : seen) note(tx, source, now, account, uses[account]);
  std::vector<AccountUse> users;
  std::int64_t most = 0;
  for (const auto& [account, use] : uses) {
    if (use.times >= 2 && use.last_seen > now - kept_ms) {
      users.push_back({account, use.first_seen, false});
      most = std::max(most, use.times);
    }
  }
  for (AccountUse& user : users) {
    user.primary = most > 0 && uses[user.account].times == most;
    if (user.primary) most = 0;  // one only
  }
  return users;
}

}  // namespace censo::cmdb
