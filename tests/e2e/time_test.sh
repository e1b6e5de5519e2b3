#!/usr/bin/env bash
# Moments of the past, history, baselines and differences, with the programs as a user runs them: an item made and changed by hand.
# Usage: time_test.sh BUILD_DIRECTORY
set -euo pipefail
bin=$1
work=$(mktemp -d)
pids=()
export CENSO_CLI_CONFIG=$work/censo.json
checks=0

finish() {
  local status=$?
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  if [ $status != 0 ]; then
    echo "--- the collector's log, its end:"; tail -30 "$work/collector.log" 2>/dev/null || true
  fi
  rm -rf "$work"
  exit $status
}
trap finish EXIT

fail() { echo "FAILED: $*" >&2; exit 1; }
same() { checks=$((checks + 1)); [ "$2" = "$3" ] || fail "$1: expected '$2', found '$3'"; echo "ok: $1"; }
censo() { "$bin/censo" "$@"; }
# exits STATUS COMMAND...
exits() {
  local expected=$1 found=0; shift
  "$@" >"$work/out" 2>&1 || found=$?
  [ "$found" = "$expected" ] || { cat "$work/out"; fail "exit status of '$*': expected $expected, found $found"; }
  checks=$((checks + 1)); echo "ok: exit $expected: $*"
}
wait_for() { local until=$((SECONDS + $1)); shift; until "$@" >/dev/null 2>&1; do [ $SECONDS -lt $until ] || return 1; sleep 0.1; done; }

api=$((20000 + RANDOM % 20000))
while ss -Htuln | grep -q ":$api "; do api=$((api + 2)); done
url=https://localhost:$api
"$bin/censo-collector" run --state-dir "$work/collector" --listen "127.0.0.1:$api" --agent-listen "127.0.0.1:$((api + 1))" \
  >>"$work/collector.log" 2>&1 &
pids+=($!)
wait_for 20 curl -fsS --cacert "$work/collector/ca/ca.pem" "$url/healthz" || fail "the collector does not answer"
censo login "$url" --ca "$work/collector/ca/ca.pem" --token-file "$work/collector/admin-token"

now() { date -u +%Y-%m-%dT%H:%M:%S.%3NZ; }
censo ci new --class server --name web01 serial_number=SN-0044551 os_version=12
before=$(now)
sleep 0.05
censo ci set web01 os_version=13

same "its value now" 13 "$(censo ci show web01 -o json | jq -r .attributes.os_version)"
same "its value then" 12 "$(censo ci show web01 --at "$before" -o json | jq -r .attributes.os_version)"
same "the list of then" 12 "$(censo ci list --at "$before" -o json | jq -r '.items[0].attributes.os_version')"
same "components of then" 0 "$(censo ci components web01 --at "$before" -o json | jq '.items | length')"
same "relationships of then" 0 "$(censo ci relationships web01 --at "$before" -o json | jq '.items | length')"
exits 3 "$bin/censo" ci show web01 --at 2020-01-01
exits 2 "$bin/censo" ci show web01 --at 2999-01-01
same "what changed on it" 13 "$(censo ci history web01 --attribute os_version --since 1h -o json | jq -r '.items[0].new')"
same "since when it stands" os_version "$(censo ci attributes web01 -o json | jq -r '.items[] | select(.since > "'"$before"'").attribute')"
same "the feed of all" web01 "$(censo history --class server --what attribute -o json | jq -r '.items[0].ci.name')"
same "a baseline" everything "$(censo baseline new "before upgrade" --at "$before" --field of)"
same "a set" 1 "$(censo baseline new payroll web01 --field items)"
exits 5 "$bin/censo" baseline new payroll
same "a set by a search" 1 "$(censo baseline new servers --query class:server --field items)"
same "the items of a set" web01 "$(censo baseline show payroll | tail -1 | awk '{print $1}')"
exits 8 "$bin/censo" diff --from "before upgrade"
exits 8 "$bin/censo" diff --from "$before" --to now web01
exits 8 "$bin/censo" diff --from "$before" --service web01
exits 0 "$bin/censo" diff --from payroll
exits 3 "$bin/censo" diff --from nowhen
same "what differs" 13 "$(censo diff --from "before upgrade" -o json | jq -r '.items[0].new')"
censo baseline rm payroll; censo baseline rm servers
same "a baseline is forgotten" "before upgrade" "$(censo baseline list --field name)"
echo "$checks checks"
