#!/usr/bin/env bash
# Two customers of one service desk that see nothing of each other, tickets that rules give to people, a laptop out of stock, an excuse, a limit of a service, and a survey.
# Usage: desk_people_test.sh BUILD_DIRECTORY
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
start_collector
login
for person in eva luis; do censo token new --name $person --role technician --field token >"$work/$person.token"; done
as() { CENSO_URL=$url CENSO_CA=$work/collector/ca/ca.pem CENSO_TOKEN=$(cat "$work/$1.token") "$bin/censo" "${@:2}"; }

for tenant in north south; do
  censo ci new --class server --name web01 serial_number=$tenant-1 tenant=$tenant support_group=web >/dev/null
done
censo ci new --class switch --name core serial_number=c-1 >/dev/null
censo desk person eva --tenant north >/dev/null
censo desk person luis --tenant south >/dev/null
same "an item of a tenant is found by a name that both use" north "$(as eva ci show web01 -o json | jq -r .attributes.tenant)"
same "and in lists alone" 1 "$(as eva ci list -o json | jq '.items | length')"
exits 3 as eva ci show core
same "a search" web01 "$(as eva search "class:server" --field name)"
exits 4 as eva ci set web01 tenant=south
exits 4 as eva agent list

censo desk member web ana >/dev/null
censo desk member web bob >/dev/null
censo desk skills bob nginx linux >/dev/null
censo desk assignment set owners --pick --skill nginx >/dev/null
same "a rule gives it to the group of the item" "web bob" \
  "$(as eva ticket new --title "Shop is slow" --ci web01 -o json | jq -r '.fields.group + " " + .fields.assignee')"
holds "why is shown" grep -q "rule owners: web is the support group of web01; bob has least in hand" <(censo ticket show INC-1)
as luis ticket new --title "Mail is slow" --ci web01 >/dev/null
same "tickets are a tenant's" INC-1 "$(as eva ticket list --field number)"
same "the provider has all" "INC-2 INC-1" "$(censo ticket list --field number | tr '\n' ' ' | sed 's/ $//')"
same "or one's" INC-2 "$(censo ticket list --tenant south --field number)"
exits 3 as eva ticket show INC-2
exits 3 as eva ticket comment INC-2 hello
as eva ticket show INC-1 >"$work/shown"
holds "a ticket is shown whole" grep -q "Affected assets (1)" "$work/shown"
same "figures are of his own" 1 "$(as eva figures desk backlog --field ticket | wc -l)"

censo ci new --class workstation --name pc17 serial_number=p-17 --stage stock >/dev/null
censo ticket new --kind request --title Laptop --requester ana --set item=new_laptop --set manager=mia --set cost_owner=zoe >/dev/null
censo token new --name mia --role viewer --field token >"$work/mia.token"
censo token new --name zoe --role viewer --field token >"$work/zoe.token"
censo ticket do REQ-1 submit >/dev/null
as mia ticket do REQ-1 approve >/dev/null
censo token new --name kim --role viewer --field token >"$work/kim.token"
censo desk deputy zoe kim --from "$(date -u -d yesterday +%Y-%m-%dT%H:%MZ)" --until "$(date -u -d tomorrow +%Y-%m-%dT%H:%MZ)" >/dev/null
same "a deputy has what he may decide in his list" REQ-1 "$(as kim ticket list --field number)"
as kim ticket do REQ-1 approve >/dev/null
censo ticket do REQ-1 start group=desktops >/dev/null
same "a laptop in stock is held" "pc17 held" "$(censo ticket reservations REQ-1 -o json | jq -r '.items[0] | .ci.name + " " + .state')"
censo ticket release REQ-1 laptop >/dev/null
same "given back" released "$(censo ticket reservations REQ-1 --field state)"
censo ticket reserve REQ-1 laptop pc17 >/dev/null
holds "and shown with the request" grep -q "pc17" <(censo ticket show REQ-1)
exits 4 as mia figures desk
censo desk grant mia desk_manager >/dev/null
same "figures for a desk manager with a viewer's token" 3 "$(as mia figures desk backlog --field ticket | wc -l)"
exits 5 censo ticket excuse INC-1 respond "a drill"
censo ci new --class business_service --name billing >/dev/null
censo desk limit set billing --target resolve --limit 2h --calendar always --service billing >/dev/null
invoice=$(as kim ticket new --title "No invoices" --ci billing --field number 2>/dev/null || censo ticket new --title "No invoices" --ci billing --requester kim --field number)
same "a service has a limit of its own" 2h "$(censo ticket show "$invoice" -o json | jq -r '.targets[] | select(.target == "resolve").limit')"
exits 5 as kim ticket rate "$invoice" 5
censo ticket assign "$invoice" --group billing --assignee admin >/dev/null
censo ticket resolve "$invoice" --resolution-code fixed --solution restarted --category billing --cause none >/dev/null
as kim ticket do "$invoice" close >/dev/null
as kim ticket rate "$invoice" 4 --comment "quick"
same "the requester rates what is closed" "4 quick" "$(censo ticket show "$invoice" -o json | jq -r '.survey | "\(.score) \(.comment)"')"
exits 5 as kim ticket rate "$invoice" 1
echo "$checks checks passed"
