// Guards and effects of changes that fall into a freeze (service-desk rule 33).
#include "base/text.h"
#include "desk/change.h"
#include "desk/desk_window.h"
#include "desk/effects.h"
#include "desk/guards.h"
#include "desk/ticket_kind.h"

#include <algorithm>
#include <array>

namespace censo::desk {
namespace {

constexpr std::string_view overridden = "freezes_overridden", why = "freeze_override";

// In its scope, at that time, and not overridden yet.
std::vector<DeskWindow> freezes_of(const Operation& operation, const Ticket& change, const Window& when) {
  const auto known = base::split_words(change.field(overridden));
  std::vector<DeskWindow> found;
  for (auto& one : windows_over(operation, freeze, scope_of(operation.tx, change), when))
    if (std::ranges::find(known, one.window.name) == known.end()) found.push_back(std::move(one.window));
  return found;
}

// Each is overridden for a reason, by who may.
base::Result<void> overridden_with_reason(const GuardCase& one, const Window& when) {
  const auto reason = one.given->find(why);
  const bool given = reason != one.given->end() && !reason->second.empty();
  for (const auto& window : freezes_of(one.operation, one.ticket, when)) {
    if (!given) {
      return in_the_way("the freeze " + window.name + " (" + window.title +
                            ") is in its way: say in freeze_override why it is done all the same",
                        "FREEZE");
    }
    const bool may =
        std::ranges::any_of(window.overriders, [&](const auto& role) { return one.roles.contains(role); });
    if (may) continue;
    return base::fail(
        base::Errc::permission_denied,
        "the freeze " + window.name + " is overridden by " + base::join(window.overriders, ", ") + " alone",
        "/fields/" + std::string(why), "ROLE_NEEDED");
  }
  return {};
}

base::TimeMs time_of(const GuardCase& one, std::string_view field) {
  const auto time = base::parse_iso8601(given_or_kept(one, field));
  return time ? *time : 0;
}

base::Result<void> not_frozen(const GuardCase& one) {
  if (!one.given) return {};
  return overridden_with_reason(one, {time_of(one, "start"), time_of(one, "end")});
}

Window from_now(const Operation& operation, const Ticket& change) {
  const auto now = operation.act.clock.now();
  return {now, std::max(now + 1, planned_window(change).end)};
}

// A freeze may have come after the plan, and a change may begin outside its window.
base::Result<void> not_frozen_now(const GuardCase& one) {
  if (!one.given) return {};
  return overridden_with_reason(one, from_now(one.operation, one.ticket));
}

void keep(const Operation& operation, Ticket& change, const Window& when) {
  for (const auto& window : freezes_of(operation, change, when)) {
    auto& names = change.fields[std::string(overridden)];
    names += (names.empty() ? "" : " ") + window.name;
    change.fields["freeze_overridden_by"] = operation.act.actor;
  }
}

void override_freezes(const Operation& operation, Ticket& change) {
  keep(operation, change, planned_window(change));
}

void override_freezes_now(const Operation& operation, Ticket& change) {
  keep(operation, change, from_now(operation, change));
}

constexpr std::array guards{
    NamedGuard{"not_frozen", not_frozen},
    NamedGuard{"not_frozen_now", not_frozen_now},
};
constexpr std::array effects{
    Effect{"override_freezes", override_freezes, nullptr},
    Effect{"override_freezes_now", override_freezes_now, nullptr},
};

}  // namespace

std::span<const NamedGuard> freeze_guards() {
  return guards;
}

std::span<const Effect> freeze_effects() {
  return effects;
}

}  // namespace censo::desk
