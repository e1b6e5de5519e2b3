#!/usr/bin/env bash
# The whole thread on this machine, for ./dev up: collector, agent, a scan of a local snmpd, a ticket. Expects a release build.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

once=no
case ${1:-} in
  '') ;;
  --once) once=yes ;;
  *) printf 'dev up: unknown option %s; see ./dev help\n' "$1" >&2; exit 2 ;;
esac

bin=$PWD/${CENSO_BUILD:-build/release}
var=${CENSO_VAR:-$PWD/var}
api_port=${CENSO_API_PORT:-8443}
agent_port=${CENSO_AGENT_PORT:-8444}
snmp_port=${CENSO_SNMP_PORT:-16161}
url=https://localhost:$api_port
mkdir -p "$var/log"
chmod 700 "$var"
export CENSO_CLI_CONFIG=$var/censo.json
children=()

say() { printf '%s\n' "$*"; }
step() { printf '\n== %s\n' "$*"; }
die() { printf 'dev up: %s\n' "$*" >&2; exit 1; }
stop_children() {
  trap - EXIT INT TERM
  local pid
  for pid in "${children[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${children[@]}"; do wait "$pid" 2>/dev/null || true; done
}
trap stop_children EXIT
trap 'stop_children; say; say "Stopped. Your data stays in $var; ./dev up starts again with it."; exit 0' INT TERM

censo() { "$bin/censo" "$@"; }

start_collector() {
  step "Starting the collector"
  "$bin/censo-collector" run --state-dir "$var/collector" --listen "127.0.0.1:$api_port" \
    --agent-listen "127.0.0.1:$agent_port" >>"$var/log/collector.log" 2>&1 &
  local pid=$! tries
  children+=("$pid")
  for tries in $(seq 1 100); do
    if [ -s "$var/collector/admin-token" ] && [ -s "$var/collector/ca/ca.pem" ] &&
      curl -fsS --max-time 2 --cacert "$var/collector/ca/ca.pem" "$url/healthz" >/dev/null 2>&1; then
      say "The collector answers at $url"
      return
    fi
    kill -0 "$pid" 2>/dev/null || { tail -5 "$var/log/collector.log" >&2; die "the collector did not start; its log is $var/log/collector.log"; }
    sleep 0.2
  done
  die "the collector did not answer within 20 s; its log is $var/log/collector.log"
}

log_in() {
  censo login "$url" --ca "$var/collector/ca/ca.pem" --token-file "$var/collector/admin-token"
}

inventory_this_host() {
  step "Inventory of this machine"
  local agent=("$bin/censo-agent") state=$var/agent
  export CENSO_AGENT_STATE=$state
  if [ ! -e "$state/enrolment.json" ]; then
    censo agent token new --name "this machine" --field token >"$var/enrolment-token"
    "${agent[@]}" enroll "$url" - <"$var/enrolment-token"
    rm -f "$var/enrolment-token"
  fi
  "${agent[@]}" run --once
  "${agent[@]}" run >>"$var/log/agent.log" 2>&1 &
  children+=("$!")
}

# The agent reads the engine id of net-snmp's usual folder, so that the scan meets the item that the agent reports. Where that
# folder is not ours to write, or another snmpd uses it, the scanned snmpd is an item of its own.
snmp_state_folder() {
  local usual=/var/lib/snmp
  if [ -w "$usual" ] && ! pgrep -x snmpd >/dev/null; then printf '%s' "$usual"; else printf '%s' "$var/snmpd/state"; fi
}

start_snmpd() {
  step "Starting an snmpd on 127.0.0.1:$snmp_port"
  local folder=$var/snmpd state secret
  state=$(snmp_state_folder)
  (
    umask 077
    mkdir -p "$folder" "$state"
    [ -s "$folder/passphrase" ] || od -An -tx1 -N16 /dev/urandom | tr -d ' \n' >"$folder/passphrase"
    secret=$(cat "$folder/passphrase")
    cat >"$folder/snmpd.conf" <<CONF
agentAddress udp:127.0.0.1:$snmp_port
sysLocation "the machine that runs ./dev up"
rouser censo priv
createUser censo SHA-256 "$secret" AES "$secret"
CONF
  )
  rm -f "$folder/pid"
  SNMPCONFPATH=$folder SNMP_PERSISTENT_DIR=$state /usr/sbin/snmpd -f -Lf "$var/log/snmpd.log" -p "$folder/pid" &
  local pid=$! tries
  children+=("$pid")
  for tries in $(seq 1 50); do
    [ -s "$folder/pid" ] && { say "snmpd answers to SNMPv3"; return; }
    kill -0 "$pid" 2>/dev/null || { tail -5 "$var/log/snmpd.log" >&2; die "snmpd did not start; its log is $var/log/snmpd.log"; }
    sleep 0.1
  done
  die "snmpd did not start within 5 s; its log is $var/log/snmpd.log"
}

scan_snmpd() {
  step "Scanning it"
  censo scan credential set local --v3 --user censo --auth sha256 --auth-passphrase-file "$var/snmpd/passphrase" \
    --privacy aes128 --privacy-passphrase-file "$var/snmpd/passphrase"
  if censo scan show "this machine" >/dev/null 2>&1; then
    censo scan run --job "this machine"
  else
    censo scan run 127.0.0.1 --port "$snmp_port" --credential local --name "this machine"
  fi
}

# The item that the agent of this machine reports.
this_host() { censo agent show "$(jq -r .agent_id "$var/agent/enrolment.json")" --field ci/id; }

open_ticket() {
  step "A ticket on this machine, and its affected assets"
  local number
  number=$(censo ticket list -o json | jq -r '[.items[] | select(.title == "First look at this machine")][0].number // empty')
  if [ -z "$number" ]; then
    number=$(censo ticket new --title "First look at this machine" --requester "$(id -un)" --ci "$(this_host)" --field number)
  fi
  censo ticket show "$number"
}

next_steps() {
  step "Censo is running"
  cat <<TEXT
API        $url/api/v1/   (CA: $var/collector/ca/ca.pem, admin's token: $var/collector/admin-token)
Logs       $var/log/

Try next:
  export CENSO_CLI_CONFIG=$CENSO_CLI_CONFIG PATH=$bin:\$PATH
  censo ci list
  censo ci show $(uname -n)
  censo ci history $(uname -n)
  censo search ssh
  censo scan show "this machine"
  censo ticket new --title "Disk is full" --ci $(uname -n)
  censo agent token new           # enrol another machine
TEXT
}

start_collector
log_in
start_snmpd
inventory_this_host
scan_snmpd
open_ticket
next_steps
if [ "$once" = yes ]; then
  say
  say "All of it worked."
  exit 0
fi
say
say "Ctrl-C stops everything."
wait -n "${children[@]}"
die "a part stopped by itself; see $var/log"
