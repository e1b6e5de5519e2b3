#!/usr/bin/env bash
# A report on request: of everything with the next contact, asked of the collector; and at once, asked on the host. Name spaces of its own.
# Usage: agent_refresh_test.sh BUILD_DIRECTORY
. "$(dirname "${BASH_SOURCE[0]}")/own_namespaces.sh"
# What this machine does meanwhile is no part of it.
export CENSO_INVENTORY_EXCLUDE=processes,sockets,services,system_units,file_systems,sessions
start_collector
login
start_agent
id=$(censo agent list -o json | jq -r '.items[0].id')
shown() { censo agent show "$id" -o json | jq -r ".$1"; }
reports() { grep -c 'report.accepted' "$work/agent.log"; }
more_than() { [ "$(reports)" -gt "$1" ]; }
wait_for 20 grep -q report.accepted "$work/agent.log" || fail "no report was accepted"

# On the host: SIGHUP is what `systemctl reload` sends.
before=$(reports)
kill -HUP "$agent"
wait_for 15 more_than "$before" || fail "no report after SIGHUP"
passed "a report at once when asked on the host"
holds "which was settled by its digest" grep -q unchanged <(tail -1 <(grep report.accepted "$work/agent.log"))
holds "the agent goes on" kill -0 "$agent"

# At the collector.
exits 3 censo agent refresh 00000000-0000-7000-8000-000000000000
same "nothing is asked yet" null "$(shown refresh_asked_at)"
holds "a report of everything is asked for" test "$(censo agent refresh "$id" -o json | jq -r .refresh_asked_by)" != ""
lacks "and waited for" test "$(shown refresh_asked_at)" = null
before=$(reports)
kill -HUP "$agent"
wait_for 15 more_than "$before" || fail "no report after SIGHUP"
holds "it came whole, though nothing has changed" grep -q updated <(tail -1 <(grep report.accepted "$work/agent.log"))
same "and is waited for no more" null "$(shown refresh_asked_at)"
same "which the agent's events tell" refreshed "$(shown 'events[0].what')"
same "the history tells of no change" 0 "$(censo ci history "$host" -o json | jq '[.items[] | select(.what == "attribute")] | length')"
before=$(reports)
kill -HUP "$agent"
wait_for 15 more_than "$before" || fail "no report after SIGHUP"
holds "the next one is settled by its digest again" grep -q unchanged <(tail -1 <(grep report.accepted "$work/agent.log"))
echo "$checks checks"
