#!/usr/bin/env bash
# The agent's figures of docs/agent.md that a process on its own shows: idle memory, wake-ups, size, and a fleet that comes back at once.
# Usage: agent_numbers_bench.sh BUILD_DIRECTORY [AGENTS]
set -euo pipefail
bin=$1
work=$(mktemp -d)
pids=()
export CENSO_CLI_CONFIG=$work/censo.json CENSO_AGENT_STATE=$work/agent CENSO_INVENTORY_START_SPLAY=0s
finish() { for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done; rm -rf "$work"; }
trap finish EXIT
"$bin/censo-collector" run --state-dir "$work/collector" --listen 127.0.0.1:29443 --agent-listen 127.0.0.1:29444 >"$work/log" 2>&1 &
pids+=($!)
until curl -fsS --cacert "$work/collector/ca/ca.pem" https://localhost:29443/healthz >/dev/null 2>&1; do sleep 0.2; done
"$bin/censo" login https://localhost:29443 --ca "$work/collector/ca/ca.pem" --token-file "$work/collector/admin-token" >/dev/null 2>&1
"$bin/censo-agent" enroll https://localhost:29443 "$("$bin/censo" agent token new --field token)" >/dev/null
"$bin/censo-agent" run >"$work/agent.log" 2>&1 &
agent=$!
pids+=("$agent")
until grep -q report.accepted "$work/agent.log"; do sleep 0.2; done
sleep 5
switches() { awk '/ctxt_switches/ { sum += $2 } END { print sum }' "/proc/$agent/status"; }
before=$(switches)
sleep 60
echo "| what | goal | found |"
echo "| --- | --- | --- |"
echo "| wake-ups in a minute (whatever happened on this host meanwhile) | 0 | $(($(switches) - before)) |"
awk '/^VmRSS/ { rss = $2 } /^RssAnon/ { anon = $2 } /^VmHWM/ { peak = $2 }
  END { printf "| idle memory | 6 MiB | %.1f MiB, of it %.1f MiB its own; peak with a full inventory %.1f MiB |\n", rss / 1024, anon / 1024, peak / 1024 }' \
  "/proc/$agent/status"
packed=$(dirname "$bin")/package/censo-agent
if [ -x "$packed" ]; then
  cp "$packed" "$work/stripped" && strip "$work/stripped"
  echo "| installed size, stripped, TLS included | 6 MB | $(stat -c %s "$work/stripped") bytes |"
else
  echo "| installed size, stripped, TLS included | 6 MB | ./dev package censo-agent first |"
fi
"$bin/tests/agent_storm" "$bin/censo-collector" "${2:-10000}"
