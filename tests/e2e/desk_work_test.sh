#!/usr/bin/env bash
# A request of a viewer from the catalogue to its end, a ticket that nobody takes, and the figures of it all.
# Usage: desk_work_test.sh BUILD_DIRECTORY
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
start_collector
login
censo token new --name luis --role viewer --field token >"$work/luis.token"
censo token new --name mia --role viewer --field token >"$work/mia.token"
as() { CENSO_URL=$url CENSO_CA=$work/collector/ca/ca.pem CENSO_TOKEN=$(cat "$work/$1.token") "$bin/censo" "${@:2}"; }

same "the catalogue is told to everybody" "access new_laptop password" "$(as luis ticket catalogue --field item | tr '\n' ' ' | sed 's/ $//')"
exits 2 as luis ticket ask access --description shop
holds "the refusal names the step" grep -q manager "$work/out"
same "a viewer asks for himself" REQ-1 "$(as luis ticket ask access --description "the shop" --set manager=mia --field number)"
as luis ticket do REQ-1 submit >/dev/null
same "who is asked finds it" REQ-1 "$(as mia ticket list --field number)"
as mia ticket do REQ-1 approve >/dev/null
same "who is asked approves" approved "$(censo ticket show REQ-1 --field state)"
censo ticket do REQ-1 start group=identity >/dev/null
same "its task goes to its group" identity "$(censo ticket show TSK-1 -o json | jq -r .fields.group)"
censo ticket do TSK-1 finish outcome=granted >/dev/null
censo ticket do REQ-1 fulfil fulfilment=granted >/dev/null

censo ticket new --title "Mail is slow" --requester mia --set impact=1 --set urgency=1 >/dev/null
same "another one's ticket is not there for him" REQ-1 "$(as luis ticket list --field number)"
exits 3 as luis ticket show INC-1
same "who asked for it sees it whole" "Mail is slow" "$(as mia ticket show INC-1 --field title)"
as mia ticket show INC-1 >"$work/shown"
lacks "but not what tells of others" grep -q "Probable causes" "$work/shown"
censo desk person mia --department sales >/dev/null
censo desk person luis --department sales --sees-department >/dev/null
same "nor to a colleague who may" "Mail is slow" "$(as luis ticket show INC-1 --field title)"

censo desk roster set web --unassigned 1 --acknowledge 1 >/dev/null
censo desk roster shift web always --person mia --zone Etc/UTC --starts "$(date -u +%Y-%m-%d)" --ends "$(date -u -d tomorrow +%Y-%m-%d)" \
  --repeats FREQ=DAILY >/dev/null
same "who is on call is told" mia "$(censo desk on-call web --field person)"
exits 3 censo desk on-call db
exits 4 as luis desk roster remove web
censo ticket assign INC-1 --group web >/dev/null
assigned() { [ "$(censo ticket show INC-1 -o json | jq -r .fields.assignee)" = mia ]; }
wait_for 80 assigned || fail "nobody was called"
passed "who is on call is called for what nobody takes"
as mia ticket do INC-1 acknowledge >/dev/null

same "a request was fulfilled, as the figures tell" 1 "$(censo figures desk -o json | jq '.items[] | select(.figure == "resolve") | .items')"
same "its list" REQ-1 "$(censo figures desk resolve --field ticket)"
same "as CSV" 2 "$(censo -o csv figures desk resolve | wc -l)"
same "what waits" INC-1 "$(censo figures desk backlog.day --field ticket)"
same "figures of changes" 0 "$(censo figures changes -o json | jq '.items[] | select(.figure == "success") | .of')"
same "figures of identification" 0 "$(censo figures identity -o json | jq '.items[] | select(.figure == "unmerges") | .items')"
same "nothing to draw yet" 0 "$(censo review audit draw --size 5 --field drawn)"
exits 3 censo figures desk beauty
exits 4 as luis figures desk
echo "$checks checks passed"
