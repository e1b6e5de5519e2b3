#!/usr/bin/env bash
# Rows of the agent's table for which nothing else may happen: called by agent_numbers_bench.sh in name spaces of its own.
# Usage: agent_on_quiet_host.sh BUILD_DIRECTORY AGENT TABLE
program=$2 table=$3
. "$(dirname "${BASH_SOURCE[0]}")/../e2e/own_namespaces.sh"
. "$(dirname "${BASH_SOURCE[0]}")/agent_rows.sh"
[ ! -s /var/lib/dpkg/status ] || own_dpkg
start_collector
login >/dev/null 2>&1
"$program" enroll "$url" - <<<"$(censo agent token new --name bench --field token 2>/dev/null)" >/dev/null

# All that passes the only interface, in both directions.
carried() { awk '$1 == "lo:" { print $10 }' /proc/net/dev; }
# once: one report; sets bytes and outcome
once() {
  local before; before=$(carried)
  outcome=$("$program" run --once)
  bytes=$(($(carried) - before))
}
once
row "first report: all bytes of both ways, with TCP and TLS" "" "$bytes" "" ""
# Each run is a process of another number.
export CENSO_INVENTORY_EXCLUDE=processes
for _ in 1 2 3 4 5; do
  once
  [[ "$outcome" != *unchanged* ]] || break
done
[[ "$outcome" == *unchanged* ]] || bytes+=" ($outcome)"
row "report of an unchanged host, the same" "" "$bytes" "" ""
unset CENSO_INVENTORY_EXCLUDE

"$program" run >"$work/agent.log" 2>&1 &
agent=$! peer=
pids+=("$agent")
release_own() { umount /var/lib/dpkg /var/lib/fusioninventory-agent 2>/dev/null || true; }
if has fusioninventory-agent; then
  mkdir "$work/peer"
  mount -t tmpfs tmpfs /var/lib/fusioninventory-agent
  fusioninventory-agent --daemon --no-fork --no-httpd --tasks=inventory --local="$work/peer" --delaytime=1 >"$work/peer.log" 2>&1 &
  peer=$!
  pids+=("$peer")
fi
wait_for 30 grep -q report.accepted "$work/agent.log"
sleep 60  # for what either does because the other began
switches() { awk '/ctxt_switches/ { sum += $2 } END { print sum }' "/proc/$1/status"; }
memory() { mebibytes "$(awk -v name="$2:" '$1 == name { print $2 }' "/proc/$1/status")"; }
before=$(switches "$agent") peer_woken=- peer_idle=-
[ -z "$peer" ] || peer_before=$(switches "$peer")
sleep 60
woken=$(($(switches "$agent") - before))
if [ -n "$peer" ]; then
  peer_woken=$(($(switches "$peer") - peer_before))
  peer_idle=$(memory "$peer" VmRSS)
fi
row "wake-ups in a minute in which nothing changes" "0" "$woken" "$peer_woken" "does not stay"
row "idle memory" "6 MiB" "$(memory "$agent" VmRSS), of it $(memory "$agent" RssAnon) its own" "$peer_idle" "does not stay"
row "peak memory of the running agent, reports sent" "" "$(memory "$agent" VmHWM)" "" ""
