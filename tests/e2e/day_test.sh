#!/usr/bin/env bash
# A day at the desk: a planned firmware upgrade is verified by a scan, an unapproved package upgrade is flagged within a minute, and an incident on
# the service above has it as its first probable cause. Runs in name spaces of its own: the package database is changed without touching the machine.
# Usage: day_test.sh BUILD_DIRECTORY
. "$(dirname "${BASH_SOURCE[0]}")/own_namespaces.sh"
own_dpkg
set_package shop-engine 4.1
api=$(free_port); snmp=$((api + 2))

mkdir "$work/snmp"
snmpd=
# run_switch VERSION: a core switch with this firmware
run_switch() {
  [ -z "$snmpd" ] || { kill "$snmpd"; wait "$snmpd" || true; }
  cat >"$work/snmpd.conf" <<CONF
agentAddress udp:127.0.0.1:$snmp
sysName sw-core-1
sysObjectID .1.3.6.1.4.1.9.1.1208
sysDescr Cisco IOS Software, C2960S Software (C2960S-UNIVERSALK9-M), Version $1, RELEASE SOFTWARE (fc1)
exactEngineID 0x80001f8804736863
rocommunity day-secret 127.0.0.1
CONF
  rm -f "$work/snmpd.pid"
  SNMP_PERSISTENT_DIR="$work/snmp" /usr/sbin/snmpd -f -LF e "$work/snmpd.log" -C -c "$work/snmpd.conf" -p "$work/snmpd.pid" &
  snmpd=$!
  pids+=("$snmpd")
  wait_for 10 test -s "$work/snmpd.pid" || fail "snmpd does not start"
}

start_collector
login
start_agent
run_switch '15.2(2)E3'
censo scan credential set day --community-file <(echo day-secret)
censo scan run 127.0.0.1 --port "$snmp" --credential day --name day
censo ci new --class business_service --name shop
censo relate shop depends_on "$host"

# Mia manages changes, Eva carries them out.
for person in mia eva; do
  censo token new --name $person --role technician --field token >"$work/$person.token"
done
as() { local person=$1; shift; CENSO_URL=$url CENSO_CA=$work/collector/ca/ca.pem CENSO_TOKEN=$(cat "$work/$person.token") censo "$@"; }
censo desk grant mia change_manager
censo desk grant eva implementer

# Planned: the switch's firmware.
as eva change new --title "Firmware of the core switch" --ci sw-core-1 --modify "sw-core-1:os_version=15.2(7)E4" --start "$(date -u -d '-1 min' +%FT%TZ)" \
  --end "$(date -u -d '+1 hour' +%FT%TZ)" --justification "bugs" --plan "copy, reload" --backout "old image" --test "show version" --outage no --assignee eva
as eva change submit CHG-1
exits 4 as eva change authorise CHG-1
as mia change authorise CHG-1
as mia change approve CHG-1
as eva change implement CHG-1
same "it is carried out" implementing "$(censo ticket show CHG-1 --field state)"
run_switch '15.2(7)E4'
censo scan run --job day
verified() { censo ticket show CHG-1 -o json | jq -e '.verification.as_planned'; }
wait_for 60 verified || { censo detected list; fail "the scan's difference does not verify the change"; }
passed "the scan verifies what was planned"
same "the difference is matched with it" "matched CHG-1" \
  "$(censo detected list --ci sw-core-1 -o json | jq -r '.items[] | select(.subject == "os_version") | "\(.state) \(.change)"')"
as eva change complete CHG-1 --result success --actual-start "$(date -u -d '-1 min' +%FT%TZ)" --actual-end "$(date -u +%FT%TZ)"
as mia change close CHG-1
same "and is closed" closed "$(censo ticket show CHG-1 --field state)"

# Not planned: a package on the server.
changed=$SECONDS
set_package shop-engine 4.2
flagged() { censo detected list --state unauthorised --ci "$host" -o json | jq -e '.items[] | select(.subject | contains("shop-engine"))'; }
wait_for 60 flagged || { censo detected list; fail "the package is not flagged after a minute"; }
passed "an unapproved package was flagged after $((SECONDS - changed)) s"

# The service above it is down.
censo ticket new --title "The shop is slow" --ci shop
censo ticket show INC-1
incident=$(censo ticket show INC-1 -o json)
same "the ticket has to be answered and resolved in time" "respond resolve" "$(jq -r '[.targets[].target] | join(" ")' <<<"$incident")"
same "and is listed by its due time" INC-1 "$(censo ticket list --open --sort due --field number | head -1)"
same "the ticket tells what changed just before, upstream" "$host" \
  "$(jq -r '[.recent_changes.items[] | select(.subject | contains("shop-engine"))][0].ci.name' <<<"$incident")"
same "the first probable cause is where it changed" "$host" "$(jq -r '.probable_causes.items[0].ci.name' <<<"$incident")"
holds "because of that package" jq -e '.probable_causes.items[0].reasons | tostring | contains("shop-engine")' <<<"$incident"
echo "$checks checks"
