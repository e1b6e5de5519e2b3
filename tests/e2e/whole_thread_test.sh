#!/usr/bin/env bash
# Agent -> collector -> scan of a real snmpd -> ticket -> affected assets, with the programs as a user runs them.
# Usage: whole_thread_test.sh BUILD_DIRECTORY
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
export CENSO_AGENT_STATE=$work/agent
api=$(free_port); snmp=$((api + 2))

start_collector
same "an unknown token is refused" 401 \
  "$(curl -s -o /dev/null -w '%{http_code}' --cacert "$work/collector/ca/ca.pem" -H 'Authorization: Bearer censo_pat_x.y' "$url/api/v1/cis")"
exits 4 "$bin/censo" login "$url" --ca "$work/collector/ca/ca.pem" --token-file <(echo wrong)
login

# Agent
token=$(censo agent token new --name test --field token)
"$bin/censo-agent" enroll "$url" - <<<"$token"
exits 4 env CENSO_AGENT_STATE="$work/second" "$bin/censo-agent" enroll "$url" "$token"
"$bin/censo-agent" run --once
host=$(uname -n)
same "this host is an item" "$host" "$(censo ci show "$host" --field name)"
class=$(censo ci show "$host" --field class)
holds "it is a computer ($class)" grep -qE '^(server|workstation|virtual_machine|container)$' <<<"$class"
packages=$(censo ci show "$host" -o json --components software_package >/dev/null; curl -fsS --cacert "$work/collector/ca/ca.pem" \
  -H "Authorization: Bearer $(cat "$work/collector/admin-token")" "$url/api/v1/cis/$host/components?class=software_package" | jq '[.items[] | select(.attributes.manager == "dpkg")] | length')
same "it has the packages that dpkg has" "$(dpkg-query -W -f '${db:Status-Status}\n' | grep -cx installed)" "$packages"
entries=$(censo ci history "$host" -o json | jq '.items | length')

# A report that says nothing new writes nothing.
"$bin/censo-agent" run --once
after=$(censo ci history "$host" -o json | jq '[.items[] | select(.what == "attribute")] | length')
same "a second report changes no attribute" 0 "$after"
holds "it was offered before it was sent" grep -q '/api/v1/reports/offer.*status.*200' "$work/collector.log"
same "nothing that was left out was missing" 0 "$(grep -c 'SECTIONS_WANTED' "$work/collector.log" || true)"
holds "the history begins with the item's creation" test "$entries" -ge 1

# Scan of a real snmpd
mkdir -p "$work/snmp"
cat >"$work/snmpd.conf" <<CONF
agentAddress udp:127.0.0.1:$snmp
sysName e2e-device
sysLocation rack 7
rocommunity e2e-secret 127.0.0.1
rouser reader priv
createUser reader SHA-256 "authentication-pass" AES "privacy-pass-phrase"
CONF
SNMP_PERSISTENT_DIR="$work/snmp" /usr/sbin/snmpd -f -Lf "$work/snmpd.log" -C -c "$work/snmpd.conf" -p "$work/snmpd.pid" &
pids+=("$!")
wait_for 10 test -s "$work/snmpd.pid" || fail "snmpd does not start"

exits 1 "$bin/censo" scan run 127.0.0.1 --port "$snmp" --credential nobody
censo scan credential set v2c --community-file <(echo e2e-secret)
censo scan credential set v3 --v3 --user reader --auth sha256 --auth-passphrase-file <(echo authentication-pass) \
  --privacy aes128 --privacy-passphrase-file <(echo privacy-pass-phrase)
censo scan credential set wrong --v3 --user reader --auth sha256 --auth-passphrase-file <(echo another-passphrase) \
  --privacy aes128 --privacy-passphrase-file <(echo privacy-pass-phrase)

exits 0 "$bin/censo" scan run 127.0.0.1 --port "$snmp" --credential v3 --name with-v3
same "SNMPv3 finds the device" "ok 1" "$(censo scan show with-v3 -o json | jq -r '.devices[0] | "\(.verdict) \(.ci != null | if . then 1 else 0 end)"')"
device=$(censo scan show with-v3 -o json | jq -r '.devices[0].ci.id')
same "by its system name" e2e-device "$(censo ci show "$device" --field name)"
exits 0 "$bin/censo" scan run 127.0.0.1 --port "$snmp" --credential v2c --name with-v2c
same "SNMPv2c finds the same item" "$device" "$(censo scan show with-v2c -o json | jq -r '.devices[0].ci.id')"
exits 7 "$bin/censo" scan run 127.0.0.1 --port "$snmp" --credential wrong --name with-wrong
same "a wrong passphrase is called that" auth_failed "$(censo scan show with-wrong -o json | jq -r '.devices[0].verdict')"
same "what was tried is told" "snmp v3 wrong auth_failed" \
  "$(censo scan show with-wrong --address 127.0.0.1 -o json | jq -r '.attempts[0] | "\(.what) \(.version) \(.credential) \(.verdict)"')"
exits 3 "$bin/censo" scan show with-wrong --address 127.0.0.9
exits 0 "$bin/censo" scan run 127.0.0.0/24 --exclude 127.0.0.200 --port "$snmp" --credential v3 --credential v2c --name swept
same "a sweep of 253 addresses finds the one device" "253 253 1 $device" \
  "$(censo scan show swept -o json | jq -r '"\(.total) \(.sweep.swept) \(.sweep.responding) \(.devices[] | select(.verdict == "ok").ci.id)"')"
exits 0 "$bin/censo" scan run 127.0.0.1 --port "$snmp" --credential v2c --name followed --follow
holds "a run that is followed shows its device" bash -c "'$bin/censo' scan follow followed | grep -q '^127.0.0.1 *ok *server e2e-device'"
same "and ends with its sum" "device end" "$(censo scan follow followed -o json | jq -r .event | xargs)"
exits 7 "$bin/censo" scan run 127.0.0.1-127.0.0.2 --exclude 127.0.0.1 --port "$((snmp + 1))" --credential v2c --name silent
holds "an excluded address is not scanned" test "$(censo scan show silent -o json | jq '.total')" = 1
holds "a secret is in no file of the collector" bash -c "! grep -rqa -e e2e-secret -e authentication-pass '$work/collector' '$work/collector.log'"

# Ticket
number=$(censo ticket new --title "Nothing works" --requester anna --ci "$host" --field number)
same "the first ticket" INC-1 "$number"
censo ticket show "$number"
assets=$(censo ticket show "$number" -o json | jq -r '.affected_assets.items[].name')
holds "the host is affected" grep -qx "$host" <<<"$assets"
services=$(censo ci impact "$host" -o json | jq '.items | length')
same "and every service that runs on it" "$((services + 1))" "$(wc -l <<<"$assets")"
censo ticket link "$number" "$device" --role cause
holds "a linked device is among them" bash -c "'$bin/censo' ticket show $number -o json | jq -e '.affected_assets.items[] | select(.name == \"e2e-device\")'"
exits 3 "$bin/censo" ticket show INC-99
exits 3 "$bin/censo" ci show no-such-host
exits 2 "$bin/censo" ci
same "search finds the ticket" INC-1 "$(censo search "Nothing works" -o json | jq -r '.items[] | select(.kind == "ticket") | .id')"

# A role may do what it may, no more.
viewer=$(censo token new --name looker --role viewer --field token)
exits 4 env CENSO_TOKEN="$viewer" "$bin/censo" ticket new --title x
exits 0 env CENSO_TOKEN="$viewer" "$bin/censo" ticket list

# A stop in the middle of everything, and a start with the same data.
kill -TERM "$collector"
wait "$collector" || fail "the collector does not stop cleanly"
exits 6 "$bin/censo" ci list
start_collector
same "the data is still there" "$host" "$(censo ci show "$host" --field name)"
kill -9 "$collector"
wait "$collector" 2>/dev/null || true
start_collector
same "also after kill -9" INC-1 "$(censo ticket list --field number)"

# A revoked agent reports no more.
censo agent revoke "$(censo agent list --field id)"
exits 4 "$bin/censo-agent" run --once
echo "$checks checks passed"
