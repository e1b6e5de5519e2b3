#!/usr/bin/env bash
# Traps of snmptrap and snmpinform and messages of logger become incidents, their ends resolve them; strangers are counted and told.
# Usage: traps_test.sh BUILD_DIRECTORY
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
command -v snmptrap >/dev/null && command -v snmpinform >/dev/null && command -v logger >/dev/null || { echo "snmptrap, snmpinform or logger is missing"; exit 77; }
traps=$(free_port)
export CENSO_TRAPS_LISTEN=127.0.0.1:$traps CENSO_SYSLOG_LISTEN=127.0.0.1:$((traps + 1)) MIBS= SNMPCONFPATH=/nonexistent SNMP_PERSISTENT_DIR=/dev/null
start_collector
login
echo watch >"$work/community"
echo authentication-1 >"$work/auth"
echo privacy-phrase-1 >"$work/privacy"
censo scan credential set watch --community-file "$work/community"
censo scan credential set watcher --v3 --user watcher --auth sha256 --auth-passphrase-file "$work/auth" --privacy aes128 --privacy-passphrase-file "$work/privacy"
censo ci new --class network_device --name sw1
censo ci new --class server --name web01

down="1.3.6.1.6.3.1.1.5.3 1.3.6.1.2.1.2.2.1.1.3 i 3"
up="1.3.6.1.6.3.1.1.5.4 1.3.6.1.2.1.2.2.1.1.3 i 3"
v2c() { local community=$1; shift; snmptrap -v 2c -c "$community" "127.0.0.1:$traps" '' $*; }
proven="-v 3 -u watcher -l authPriv -a SHA-256 -A authentication-1 -x AES -X privacy-phrase-1"
# sources FILTER: of what was counted
sources() { censo event sources -o json | jq -r "[.items[] | select(.way == \"$1\") | .$2] | add"; }
is() { [ "$("${@:2}")" = "$1" ]; }

same "it tells where it listens" "127.0.0.1:$traps" "$(censo event listeners -o json | jq -r .items[0].traps)"
v2c watch $down
holds "a trap that nobody vouches for is counted" wait_for 10 is 1 sources snmp refused
same "and told" unknown_community "$(censo event sources --refused -o json | jq -r '.items[0].reason' | cut -d: -f1)"
same "it makes no event" 0 "$(censo event list -o json | jq '.items | length')"
exits 1 censo event trust nobody
same "trusting says what vouches now" "watch watcher" "$(censo event trust watch watcher --field credential | xargs)"
same "asking changes nothing" "watch watcher" "$(censo event trust --field credential | xargs)"
exits 2 censo event trust watch --none
same "nothing vouches when that is asked for in words" "[]" "$(censo event trust --none -o json | jq -c .items)"
exits 0 censo event trust
holds "which is told" grep -q "no credential vouches for traps" "$work/out"
exits 0 censo event trust watcher watch
same "credentials are told by name" watch,watcher "$(censo event listeners -o json | jq -r '.trap_credentials | join(",")')"
sleep 1.1

v2c watch $down
holds "a trap becomes an event" wait_for 10 is 1 sources snmp events
id=$(censo event list --state firing --field id)
censo event place "$id" sw1 >/dev/null 2>&1 || true
same "it has an incident" INC-1 "$(censo event show "$id" --field ticket)"
snmpinform -r 1 -t 5 -v 2c -c watch "127.0.0.1:$traps" '' $up
same "an inform is answered when it is kept" ended "$(censo event show "$id" --field state)"
same "the end resolves the incident" resolved "$(censo ticket show INC-1 --field state)"
snmptrap -e 0x8000000001020304 $proven "127.0.0.1:$traps" '' $down
holds "SNMPv3 is read" wait_for 10 is 3 sources snmp events
same "the incident is open again" new "$(censo ticket show INC-1 --field state)"
holds "an SNMPv3 inform is answered" snmpinform -r 1 -t 5 $proven "127.0.0.1:$traps" '' $up
same "and ends it" resolved "$(censo ticket show INC-1 --field state)"
snmptrap -e 0x8000000001020304 -v 3 -u watcher -l authPriv -a SHA-256 -A authentication-2 -x AES -X privacy-phrase-1 "127.0.0.1:$traps" '' $down
holds "a wrong passphrase proves nothing" wait_for 10 is 2 sources snmp refused

log() { local how=$1; shift; logger -n 127.0.0.1 -P $((traps + 1)) $how --rfc5424=notq -t systemd -p daemon.err "$@"; }
send_as() { # send_as HOST TEXT: over UDP, as another host
  printf '<27>Oct 11 22:14:15 %s systemd[1]: %s' "$1" "$2" >"/dev/udp/127.0.0.1/$((traps + 1))"
}
send_as web01 "shop.service: Failed with result 'exit-code'."
holds "syslog becomes an event" wait_for 10 is 1 sources syslog events
same "of the host that it names" INC-2 "$(censo event list --ci web01 --field ticket)"
send_as web01 "Started shop.service - The shop."
holds "its end is told" wait_for 10 is 2 sources syslog events
same "and resolves the incident" resolved "$(censo ticket show INC-2 --field state)"
log "-T --octet-count" "big.service: Failed with result 'oom-kill'."
holds "logger is heard over TCP, by lengths" wait_for 10 is 3 sources syslog events
log -T "lines.service: Failed with result 'oom-kill'."
holds "and by lines" wait_for 10 is 4 sources syslog events
log -d "datagram.service: Failed with result 'oom-kill'."
holds "and over UDP" wait_for 10 is 5 sources syslog events
tls() { # tls OPTIONS: what it reads goes to the syslog port through TLS
  openssl s_client -connect "127.0.0.1:$((traps + 1))" -quiet -no_ign_eof "$@" >"$work/tls.out" 2>&1
}
octets() { local message="<27>1 - web01 systemd - - - $1"; printf '%s %s' "${#message}" "$message"; }
same "it tells where it takes syslog over TLS" "127.0.0.1:$((traps + 1))" "$(censo event listeners -o json | jq -r .items[0].syslog_tls)"
{ octets "tls.service: Failed with result 'oom-kill'."; octets "Started tls.service - It."; sleep 1; } | tls -CAfile "$work/collector/ca/ca.pem" -verify_return_error -verify_hostname localhost
holds "over TLS, by octet counts, with the collector's certificate" wait_for 10 is 7 sources syslog events
same "its end too" 0 "$(censo event list --state firing -o json | jq '[.items[] | select(.condition | test("tls"))] | length')"
{ octets "older.service: Failed with result 'oom-kill'."; sleep 1; } | tls -tls1_2
holds "over TLS 1.2" wait_for 10 is 8 sources syslog events
lacks "not over TLS 1.1" tls -tls1_1 -cipher 'DEFAULT:@SECLEVEL=0' </dev/null
lacks "nor by who does not know the authority" tls -CAfile /dev/null -verify_return_error </dev/null
log -d "nothing of note"
holds "what is ordinary is passed over" wait_for 10 is 1 sources syslog passed

kill -9 "$collector"; wait "$collector" || true
start_collector
holds "an inform finds our engine after a restart" snmpinform -r 3 -t 2 $proven "127.0.0.1:$traps" '' $down
same "and is kept" new "$(censo ticket show INC-1 --field state)"
same "what was refused is still told" 2 "$(sources snmp refused)"
echo "$checks checks passed"
