#!/usr/bin/env bash
# A device that no definition names, a real snmpd: it waits in a list, naming it makes a file, and with the file it has its model.
# Usage: unnamed_device_test.sh BUILD_DIRECTORY
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
command -v /usr/sbin/snmpd >/dev/null || { echo "needs snmpd"; exit 77; }
command -v jq >/dev/null || { echo "needs jq"; exit 77; }

port=$(free_port)
mkdir "$work/snmp"
printf '%s\n' "agentAddress udp:127.0.0.1:$port" "sysName edge-1" "sysDescr An unheard-of thing" "sysObjectID .1.3.6.1.4.1.99999.4.7" \
  "exactEngineID 0x80001f880474657377" "rocommunity edge-secret" >"$work/snmpd.conf"
SNMP_PERSISTENT_DIR="$work/snmp" MIBS= /usr/sbin/snmpd -f -LF e "$work/snmpd.log" -C -c "$work/snmpd.conf" -p "$work/snmpd.pid" &
pids+=("$!")

mkdir -p "$work/devices/example"
export CENSO_DEVICE_DEFINITIONS=$work/devices
start_collector
login
censo scan credential set edge --community-file <(echo edge-secret)
exits 0 censo scan run 127.0.0.1 --credential edge --port "$port" --name edge
same "a device that no definition names is listed" "1.3.6.1.4.1.99999.4.7 1 edge-1 An unheard-of thing" \
  "$(censo scan unnamed -o json | jq -r '.items[] | "\(.sys_object_id) \(.devices) \(.example.name) \(.sys_description)"')"

exits 2 censo scan define not.a.number --manufacturer Example --model EX-7
exits 2 censo scan define 1.3.6.1.4.1.99999.4.7 --manufacturer Example --model EX-7 --type spaceship
file=$work/devices/example/device_1_3_6_1_4_1_99999_4_7.yaml
censo scan define 1.3.6.1.4.1.99999.4.7 --manufacturer "Example's" --model "EX-7: 48" --type firewall >"$file"
stop_collector
start_collector
exits 0 censo scan run --job edge
same "named, it has maker, model and class" "firewall Example's EX-7: 48" \
  "$(censo ci show edge-1 -o json | jq -r '"\(.class) \(.attributes.manufacturer) \(.attributes.model)"')"
same "and is listed no more" 0 "$(censo scan unnamed -o json | jq '.items | length')"
echo "$checks checks"
