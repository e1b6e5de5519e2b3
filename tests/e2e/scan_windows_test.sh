#!/usr/bin/env bash
# A scan job with windows by the command line: it waits, is refused by hand, is forced, and is given other windows.
# Usage: scan_windows_test.sh BUILD_DIRECTORY
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
command -v /usr/sbin/snmpd >/dev/null || { echo "needs snmpd"; exit 77; }
command -v jq >/dev/null || { echo "needs jq"; exit 77; }

port=$(free_port)
mkdir "$work/snmp"
printf '%s\n' "agentAddress udp:127.0.0.1:$port" "sysName plant-1" "rocommunity plant-secret" >"$work/snmpd.conf"
SNMP_PERSISTENT_DIR="$work/snmp" MIBS= /usr/sbin/snmpd -f -LF e "$work/snmpd.log" -C -c "$work/snmpd.conf" -p "$work/snmpd.pid" &
pids+=("$!")

start_collector
login
censo scan credential set plant --community-file <(echo plant-secret)
far=$(LC_ALL=C date -u -d "3 days" +%a | tr A-Z a-z)
opens=$(date -u -d "3 days" +%Y-%m-%dT12:00:00.000Z)
exits 0 censo scan job add plant 127.0.0.1 --port "$port" --credential plant --schedule "every 4h" --window "$far 12:00-13:00 Etc/UTC"
same "it waits for its windows" "$opens true null" \
  "$(censo scan list -o json | jq -r '.items[] | "\(.next_run_at) \(.waits | startswith("due at ")) \(.last_run)"')"
censo scan show plant | grep -q "when its windows are closed" || fail "a job that has not run shows why"
passed "a job that has not run shows why"
exits 5 censo scan run --job plant
refusal=$(censo scan run --job plant 2>&1) || true
[[ $refusal == *"its windows open at $opens"* ]] || fail "the refusal names the opening: $refusal"
passed "the refusal names the opening"
exits 0 censo scan run --job plant --now
same "what was forced is said to be" "done true" \
  "$(censo scan runs --job plant -o json | jq -r '.items[0] | "\(.state) \(.forced)"')"
censo scan show plant | grep -q "$opens" || fail "a job that has run shows when it runs next"
passed "a job that has run shows when it runs next"

exits 1 censo scan job edit plant --window "$far 12:00-13:00 Europe/Atlantis"
exits 2 censo scan job edit plant
same "what is refused changes nothing" "$far 12:00-13:00 Etc/UTC" "$(censo scan list -o json | jq -r '.items[0].windows[]')"
exits 0 censo scan job edit plant --window "forbidden $far 12:00-13:00 Etc/UTC" --window "daily 00:00-24:00 Etc/UTC"
exits 0 censo scan run --job plant
exits 0 censo scan job edit plant --no-windows
same "they are taken away" "0 " "$(censo scan list -o json | jq -r '.items[0] | "\(.windows | length) \(.waits)"')"
echo "$checks checks"
