#!/usr/bin/env bash
# Moments of the past, history, baselines and differences, with the programs as a user runs them: an item made and changed by hand.
# Usage: time_test.sh BUILD_DIRECTORY
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
start_collector
login

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
exits 3 "$bin/censo" impact web01 --at 2020-01-01
holds "impact of then says why" grep -q "was not known at 2020-01-01" "$work/out"
exits 3 "$bin/censo" ci impact web01 --at 2020-01-01
exits 3 "$bin/censo" impact web00
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
