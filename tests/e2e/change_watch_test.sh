#!/usr/bin/env bash
# A change on a host is in the collector within a minute, and a host where nothing changes costs nothing. Runs in name spaces of its own:
# network, mounts and the package database are changed without touching the machine.
# Usage: change_watch_test.sh BUILD_DIRECTORY
. "$(dirname "${BASH_SOURCE[0]}")/own_namespaces.sh"
own_dpkg
ip link add w0 type veth peer name w1
ip link set w0 up
start_collector
login
start_agent

# From here on the agent may look again once: what it heard of while it started.
sleep 10
wakeups() { awk '/ctxt_switches/ { sum += $2 } END { print sum }' "/proc/$agent/status"; }
before=$(wakeups)
sleep 15
quiet=$(($(wakeups) - before))
[ "$quiet" -le 2 ] || fail "the agent woke up $quiet times in 15 s in which nothing changed"
passed "no wake-ups when nothing changes ($quiet in 15 s)"

tells() { censo ci history "$host" -o json | jq -e --arg text "$1" '.items[] | select((.subject + " " + (.new // "")) | contains($text))'; }
changed=$SECONDS
set_package censo-proof 4.2
wait_for 60 tells censo-proof || fail "an installed package is not in the history after a minute"
passed "an installed package was in the history after $((SECONDS - changed)) s"
limits=$(tells censo-proof | jq -s -r '.[0] | "\(.not_before) \(.at)"')
[[ "$limits" =~ ^20[^\ ]+\ 20 ]] || fail "the change has no interval: $limits"
passed "with the interval in which it fell: $limits"

changed=$SECONDS
ip addr add 192.0.2.77/24 dev w0
wait_for 60 tells 192.0.2.77 || fail "a new address is not in the history after a minute"
passed "a new address was in the history after $((SECONDS - changed)) s"
echo "$checks checks"
