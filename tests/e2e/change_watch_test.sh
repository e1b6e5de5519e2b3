#!/usr/bin/env bash
# A change on a host is in the collector within a minute, and a host where nothing changes costs nothing. Runs in name spaces of its own:
# network, mounts and the package database are changed without touching the machine.
# Usage: change_watch_test.sh BUILD_DIRECTORY
set -euo pipefail
if [ -z "${CENSO_OWN_NAMESPACES:-}" ]; then
  [ "$(id -u)" = 0 ] && unshare -nm true 2>/dev/null || { echo "needs root and name spaces"; exit 77; }
  CENSO_OWN_NAMESPACES=1 exec unshare -nm --propagation private bash "$0" "$@"
fi
[ -s /var/lib/dpkg/status ] || { echo "needs a package database of dpkg"; exit 77; }
bin=$1
work=$(mktemp -d)
pids=()
export CENSO_CLI_CONFIG=$work/censo.json CENSO_AGENT_STATE=$work/agent CENSO_INVENTORY_START_SPLAY=0s
checks=0

finish() {
  local status=$?
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  if [ $status != 0 ]; then
    for log in collector agent; do echo "--- $log, its end:"; tail -20 "$work/$log.log" 2>/dev/null || true; done
  fi
  umount /var/lib/dpkg 2>/dev/null || true
  rm -rf "$work"
  exit $status
}
trap finish EXIT

fail() { echo "FAILED: $*" >&2; exit 1; }
ok() { checks=$((checks + 1)); echo "ok: $*"; }
censo() { "$bin/censo" "$@"; }
wait_for() { local until=$((SECONDS + $1)); shift; until "$@" >/dev/null 2>&1; do [ $SECONDS -lt $until ] || return 1; sleep 0.2; done; }

ip link set lo up
ip link add w0 type veth peer name w1
ip link set w0 up
mkdir "$work/dpkg"
cp /var/lib/dpkg/status "$work/dpkg/status"
mount --bind "$work/dpkg" /var/lib/dpkg

"$bin/censo-collector" run --state-dir "$work/collector" --listen 127.0.0.1:8443 --agent-listen 127.0.0.1:8444 \
  >>"$work/collector.log" 2>&1 &
pids+=($!)
wait_for 20 curl -fsS --cacert "$work/collector/ca/ca.pem" https://localhost:8443/healthz || fail "the collector does not answer"
censo login https://localhost:8443 --ca "$work/collector/ca/ca.pem" --token-file "$work/collector/admin-token"
"$bin/censo-agent" enroll https://localhost:8443 - <<<"$(censo agent token new --name test --field token)"
"$bin/censo-agent" run >>"$work/agent.log" 2>&1 &
agent=$!
pids+=("$agent")
host=$(uname -n)
wait_for 20 censo ci show "$host" || fail "the agent did not report"

# From here on the agent may look again once: what it heard of while it started.
sleep 10
wakeups() { awk '/ctxt_switches/ { sum += $2 } END { print sum }' "/proc/$agent/status"; }
before=$(wakeups)
sleep 15
quiet=$(($(wakeups) - before))
[ "$quiet" -le 2 ] || fail "the agent woke up $quiet times in 15 s in which nothing changed"
ok "no wake-ups when nothing changes ($quiet in 15 s)"

tells() { censo ci history "$host" -o json | jq -e --arg text "$1" '.items[] | select((.subject + " " + (.new // "")) | contains($text))'; }
changed=$SECONDS
{ cat "$work/dpkg/status"; printf 'Package: censo-proof\nStatus: install ok installed\nVersion: 4.2\nArchitecture: all\nMaintainer: x\nDescription: x\n\n'; } \
  >"$work/dpkg/status-new"
mv "$work/dpkg/status-new" "$work/dpkg/status"
wait_for 60 tells censo-proof || fail "an installed package is not in the history after a minute"
ok "an installed package was in the history after $((SECONDS - changed)) s"
limits=$(tells censo-proof | jq -s -r '.[0] | "\(.not_before) \(.at)"')
[[ "$limits" =~ ^20[^\ ]+\ 20 ]] || fail "the change has no interval: $limits"
ok "with the interval in which it fell: $limits"

changed=$SECONDS
ip addr add 192.0.2.77/24 dev w0
wait_for 60 tells 192.0.2.77 || fail "a new address is not in the history after a minute"
ok "a new address was in the history after $((SECONDS - changed)) s"
echo "$checks checks"
