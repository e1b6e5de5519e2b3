#!/usr/bin/env bash
# A host whose time of day jumps: to and fro, beyond the certificates. Nothing is lost, nothing wakes the agent, and it renews its certificate.
# Usage: agent_clock_test.sh BUILD_DIRECTORY
. "$(dirname "${BASH_SOURCE[0]}")/own_namespaces.sh"
faketime=$(ls /usr/lib/*/faketime/libfaketime.so.1 2>/dev/null | head -1) || true
[ -n "$faketime" ] || { echo "needs the package faketime"; exit 77; }
start_collector
login
jump() { echo "$1" >"$work/offset.new" && mv "$work/offset.new" "$work/offset"; }
jump +0
"$bin/censo-agent" enroll "$url" - <<<"$(censo agent token new --name test --field token)"
FAKETIME_TIMESTAMP_FILE=$work/offset FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1 LD_PRELOAD=$faketime \
  "$bin/censo-agent" run >>"$work/agent.log" 2>&1 &
agent=$!
pids+=("$agent")
logged() { grep -c "$1" "$work/agent.log" || true; }
# more EVENT THAN: another line of it in the agent's log
more() { [ "$(logged "$1")" -gt "$2" ]; }
wait_for 20 more report.accepted 0 || fail "the agent did not report"
status() { "$bin/censo-agent" status -o json | jq -r "$1"; }
# asked: a report is taken now
ask() {
  local taken
  taken=$(logged report.taken)
  kill -HUP "$agent"
  wait_for 20 more report.taken "$taken" || fail "no report was taken"
}

sleep 5
wakeups() { awk '/ctxt_switches/ { sum += $2 } END { print sum }' "/proc/$agent/status"; }
before=$(wakeups)
jump +300d
sleep 3
jump -300d
sleep 3
quiet=$(($(wakeups) - before))
[ "$quiet" -le 2 ] || fail "the agent woke up $quiet times when only the time of day jumped"
passed "a jump alone wakes nobody ($quiet in 6 s)"

# 25 days ahead: more than two thirds of the certificate's life.
jump +25d
accepted=$(logged report.accepted)
until=$(status .certificate_expires_at)
ask
wait_for 20 more report.accepted "$accepted" || fail "no report 25 days ahead"
passed "25 days ahead it reports"
wait_for 20 more certificate.renewed 0 || fail "the certificate was not renewed"
lacks "with a new certificate" test "$(status .certificate_expires_at)" = "$until"

# 10 years ahead and behind: no certificate of the collector is good. Reports wait.
for years in +3650d -3650d; do
  delayed=$(logged report.delayed)
  jump "$years"
  ask
  wait_for 30 more report.delayed "$delayed" || fail "a collector was believed whose certificate is not good at $years"
  passed "$years: the report waits"
done
[ "$(status .waiting)" -ge 2 ] || fail "two reports wait, found $(status .waiting)"
holds "it has lost none" test "$(status .lost)" = 0

# Right again: all of them travel, in order, under numbers that go up.
jump +0
none_waits() { [ "$(status .waiting)" = 0 ]; }
wait_for 120 none_waits || fail "reports still wait"
passed "with the right time all of them travel"
numbers=$(jq -rR 'fromjson? | select(.event == "report.accepted") | .sequence' "$work/agent.log")
holds "in order" test "$(wc -l <<<"$numbers")" -ge 4 -a "$numbers" = "$(sort -nu <<<"$numbers")"
same "the collector refused none" 0 "$(logged report.refused)"
same "nor did numbers go back" 0 "$(logged report.out_of_step)"
same "there is one item" 1 "$(censo agent show "$(status .agent_id)" -o json | jq '.items | length')"
echo "$checks checks"
