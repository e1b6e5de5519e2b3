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

start_snmpd() {
  step "Starting an snmpd on 127.0.0.1:$snmp_port and scanning it"
  local folder=$var/snmpd config=$var/snmpd/snmpd.conf secret
  mkdir -p "$folder"
  if [ ! -e "$config" ]; then
    secret=$(od -An -tx1 -N16 /dev/urandom | tr -d ' \n')
    (
      umask 077
      printf '%s' "$secret" >"$folder/passphrase"
      cat >"$config" <<CONF
agentAddress udp:127.0.0.1:$snmp_port
sysLocation "the machine that runs ./dev up"
rouser censo priv
CONF
      printf 'createUser censo SHA-256 "%s" AES "%s"\n' "$secret" "$secret" >"$folder/persistent.conf"
    )
  fi
  sed -i "s/^agentAddress .*/agentAddress udp:127.0.0.1:$snmp_port/" "$config"
  [ -e "$folder/state/snmpd.conf" ] || { mkdir -p "$folder/state"; cp "$folder/persistent.conf" "$folder/state/snmpd.conf"; }
  SNMP_PERSISTENT_DIR=$folder/state /usr/sbin/snmpd -f -Lf "$var/log/snmpd.log" -C -c "$config" -p "$folder/pid" &
  local pid=$! tries
  children+=("$pid")
  for tries in $(seq 1 50); do
    [ -s "$folder/pid" ] && break
    kill -0 "$pid" 2>/dev/null || die "snmpd did not start; its log is $var/log/snmpd.log"
    sleep 0.1
  done
  censo scan credential set local --v3 --user censo --auth sha256 --auth-passphrase-file "$folder/passphrase" \
    --privacy aes128 --privacy-passphrase-file "$folder/passphrase"
  if censo scan show "this machine" >/dev/null 2>&1; then
    censo scan run --job "this machine"
  else
    censo scan run 127.0.0.1 --port "$snmp_port" --credential local --name "this machine"
  fi
}

open_ticket() {
  step "A ticket on this machine, and its affected assets"
  local number
  number=$(censo ticket list -o json | jq -r '[.items[] | select(.title == "First look at this machine")][0].number // empty')
  if [ -z "$number" ]; then
    number=$(censo ticket new --title "First look at this machine" --requester "$(id -un)" --ci "$(uname -n)" --field number)
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
inventory_this_host
start_snmpd
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
