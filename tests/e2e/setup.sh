# What the scripts of this folder share: `. setup.sh` first, with the build directory as $1. A folder of its own that goes away at the
# end with the processes in `pids`, checks that are counted, and a collector in $work/collector.
set -euo pipefail
bin=$(cd "$1" && pwd)
work=$(mktemp -d)
pids=()
checks=0
export CENSO_CLI_CONFIG=$work/censo.json

finish() {
  local status=$? pid
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  if [ $status != 0 ] && [ $status != 77 ]; then
    for log in "$work"/*.log; do [ ! -e "$log" ] || { echo "--- $(basename "$log"), its end:"; tail -30 "$log"; }; done
  fi
  release_own
  rm -rf --one-file-system "$work"
  exit $status
}
trap finish EXIT
# What a script has mounted; own_namespaces.sh and the scripts redefine it.
release_own() { :; }

fail() { echo "FAILED: $*" >&2; exit 1; }
passed() { checks=$((checks + 1)); echo "ok: $*"; }
# same WHAT EXPECTED FOUND
same() { [ "$2" = "$3" ] || fail "$1: expected '$2', found '$3'"; passed "$1"; }
# holds WHAT COMMAND...
holds() { local what=$1; shift; "$@" >/dev/null || fail "$what"; passed "$what"; }
lacks() { local what=$1; shift; ! "$@" >/dev/null 2>&1 || fail "$what"; passed "$what"; }
# exits STATUS COMMAND...: the command ends with this status; what it printed is in $work/out
exits() {
  local expected=$1 found=0; shift
  "$@" >"$work/out" 2>&1 || found=$?
  [ "$found" = "$expected" ] || { cat "$work/out"; fail "exit status of '$*': expected $expected, found $found"; }
  passed "exit $expected: $*"
}
# wait_for SECONDS COMMAND...
wait_for() {
  local until=$((SECONDS + $1)); shift
  until "$@" >/dev/null 2>&1; do [ $SECONDS -lt $until ] || return 1; sleep 0.1; done
}
censo() { "$bin/censo" "$@"; }
now() { date -u +%Y-%m-%dT%H:%M:%S.%3NZ; }

# The first of three ports that nobody has.
free_port() {
  local port=$((20000 + RANDOM % 20000))
  while ss -Htuln | grep -q ":$port "; do port=$((port + 3)); done
  echo $port
}
# start_collector [STATE]: sets api, url and collector (its process)
start_collector() {
  local state=${1:-collector}
  api=${api:-$(free_port)}
  url=https://localhost:$api
  "$bin/censo-collector" run --state-dir "$work/$state" --listen "127.0.0.1:$api" --agent-listen "127.0.0.1:$((api + 1))" \
    >>"$work/$state.log" 2>&1 &
  collector=$!
  pids+=("$collector")
  wait_for 20 curl -fsS --cacert "$work/$state/ca/ca.pem" "$url/healthz" || fail "the collector does not answer"
}
stop_collector() { kill "$collector"; wait "$collector" || true; }
login() { censo login "$url" --ca "$work/collector/ca/ca.pem" --token-file "$work/collector/admin-token"; }
